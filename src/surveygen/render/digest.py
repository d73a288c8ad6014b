"""One page for a mailing list: what a refresh changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveygen.domain.changes import Changes
from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render._markdown import markdown
from surveygen.render._templates import TemplateRoots
from surveygen.render.atom import happened

_MOST = 20  # papers named under a heading: the digest is one page


def make(language: Language, templates: TemplateRoots) -> DigestRenderer:  # noqa: ARG001  # plain lines, no template
    """Make the renderer of ``digest.md``."""
    return DigestRenderer(language)


@dataclass(frozen=True, slots=True)
class DigestRenderer:
    """Writes Markdown that reads well as plain text."""

    language: Language

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``digest.md``; one line where nothing changed yet."""
        head = [f"# {_plain(survey.title)}", ""]
        lines = self._lines(survey.changes) if survey.changes else [self.language.say("no_changes")]
        return {"digest.md": "\n".join([*head, *lines]).rstrip() + "\n"}

    def _lines(self, changes: Changes) -> Iterator[str]:
        titles = dict(changes.titles)
        yield f"{self.language.say('changes_date')}: {self.language.day(changes.at)}"
        for key, papers in happened(changes):
            if papers:
                yield from ("", f"## {self.language.say(key)} ({self.language.number(len(papers))})", "")
                for paper in papers[:_MOST]:
                    link = f" <https://arxiv.org/abs/{paper}>" if is_arxiv_id(paper) else ""
                    yield f"- {_plain(titles.get(paper, paper))}{link}"
                if len(papers) > _MOST:
                    yield f"- {self.language.say('and_more', n=len(papers) - _MOST)}"


def _plain(words: str) -> str:
    return markdown(plain(parse_inline(words)))
