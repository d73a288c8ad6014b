"""Tell feed readers what a refresh changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from surveygen.domain.changes import Changes
from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Survey
from surveygen.domain.text import clean
from surveygen.languages import Language
from surveygen.render._templates import TemplateRoots

_MOST = 500  # entries: readers that are shown more drop them


def make(language: Language, templates: TemplateRoots) -> AtomRenderer:  # noqa: ARG001  # a feed has no template
    """Make the renderer of ``changes.atom``."""
    return AtomRenderer(language)


@dataclass(frozen=True, slots=True)
class AtomRenderer:
    """Writes an Atom feed (RFC 4287): an entry a paper that a refresh changed, the last refresh first."""

    language: Language

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``changes.atom``; a feed without entries before the first refresh."""
        parts = [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(survey.language)}>',
            f"<title>{_text(survey.title)}</title>",
            f"<id>{_urn(survey.slug)}</id>",
            f"<updated>{survey.changes.at if survey.changes else survey.generated_at}</updated>",
            "<author><name>surveygen</name></author>",
            *self._entries(survey),
            "</feed>",
        ]
        return {"changes.atom": "\n".join(parts) + "\n"}

    def _entries(self, survey: Survey) -> Iterator[str]:
        reports = (survey.changes, *survey.earlier) if survey.changes else ()
        entries = (entry for changes in reports for entry in self._report(survey.slug, changes))
        return islice(entries, _MOST)

    def _report(self, slug: str, changes: Changes) -> Iterator[str]:
        titles = dict(changes.titles)
        for key, papers in happened(changes):
            kind = self.language.say(key)
            for paper in papers:
                yield (
                    f"<entry><title>{_text(kind)}: {_text(titles.get(paper, paper))}</title>"
                    f"<id>{_urn(slug, str(changes.run), key.removeprefix('change_'), paper)}</id>"
                    f"<updated>{changes.at}</updated>{_link(paper)}<summary>{_text(kind)}</summary></entry>"
                )


def happened(changes: Changes) -> tuple[tuple[str, tuple[PaperId, ...]], ...]:
    """Return (key of the wording, papers) for each kind of change, in the order of the report."""
    return (
        ("change_added", changes.added),
        ("change_revised", tuple(item.paper for item in changes.revised)),
        ("change_withdrawn", changes.withdrawn),
        ("change_reinstated", changes.reinstated),
        ("change_metadata", tuple(item.paper for item in changes.metadata)),
        ("change_moved", tuple(item.paper for item in changes.moved)),
        ("change_abstract", tuple(item.paper for item in changes.reworded)),
    )


def _text(words: str) -> str:
    return escape(clean(words))


def _urn(*parts: str) -> str:
    return ":".join(["urn:surveygen", *(quote(part, errors="replace") for part in parts)])


def _link(paper: PaperId) -> str:
    return f'<link href="https://arxiv.org/abs/{paper}"/>' if is_arxiv_id(paper) else ""
