"""Reports of the last refresh: an Atom feed and a digest in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from surveygen.domain.changes import Changes
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import PaperId, is_arxiv_id
from surveygen.domain.survey import Survey
from surveygen.domain.text import clean
from surveygen.languages import Language
from surveygen.render.markdown import escape_markdown

_MAX_FEED_ENTRIES = 500  # feed readers drop older entries of a longer feed
_MAX_DIGEST_PAPERS = 20  # under one heading, so that the digest is one page


def render_reports(survey: Survey, language: Language) -> dict[str, str]:
    """Return the text of each report by file name."""
    return {name: write(survey, language) for name, write in REPORTS.items()}


def atom_feed(survey: Survey, language: Language) -> str:
    """Write an Atom feed (RFC 4287) with one entry for each changed paper, the last refresh first.

    Before the first refresh the feed has no entries.
    """
    reports = (survey.changes, *survey.earlier) if survey.changes else ()
    entries: list[str] = []
    for changes in reports:
        titles = dict(changes.titles)
        for key, papers in _papers_by_change(changes):
            change = _xml(language.say(key))
            for paper in papers:
                link = f'<link href="https://arxiv.org/abs/{paper}"/>' if is_arxiv_id(paper) else ""
                entries.append(
                    f"<entry><title>{change}: {_xml(titles.get(paper, paper))}</title>"
                    f"<id>{_urn(survey.slug, str(changes.run), key.removeprefix('change_'), paper)}</id>"
                    f"<updated>{changes.at}</updated>{link}<summary>{change}</summary></entry>"
                )
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(survey.language)}>',
        f"<title>{_xml(survey.title)}</title>",
        f"<id>{_urn(survey.slug)}</id>",
        f"<updated>{survey.changes.at if survey.changes else survey.generated_at}</updated>",
        "<author><name>surveygen</name></author>",
        *entries[:_MAX_FEED_ENTRIES],
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def digest(survey: Survey, language: Language) -> str:
    """Write one page of Markdown for a mailing list that reads well as plain text."""
    changes = survey.changes
    lines = [f"# {_plain_markdown(survey.title)}", ""]
    if changes is None:
        return "\n".join([*lines, language.say("no_changes")]) + "\n"
    titles = dict(changes.titles)
    lines.append(f"{language.say('changes_date')}: {language.day(changes.at)}")
    for key, papers in _papers_by_change(changes):
        if papers:
            lines += ["", f"## {language.say(key)} ({language.number(len(papers))})", ""]
        for paper in papers[:_MAX_DIGEST_PAPERS]:
            link = f" <https://arxiv.org/abs/{paper}>" if is_arxiv_id(paper) else ""
            lines.append(f"- {_plain_markdown(titles.get(paper, paper))}{link}")
        if len(papers) > _MAX_DIGEST_PAPERS:
            lines.append(f"- {language.say('and_more', n=len(papers) - _MAX_DIGEST_PAPERS)}")
    return "\n".join(lines).rstrip() + "\n"


def _papers_by_change(changes: Changes) -> tuple[tuple[str, tuple[PaperId, ...]], ...]:
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


def _xml(text: str) -> str:
    return escape(clean(text))


def _urn(*parts: str) -> str:
    return ":".join(["urn:surveygen", *(quote(part, errors="replace") for part in parts)])


def _plain_markdown(text: str) -> str:
    return escape_markdown(plain(parse_inline(text)))


REPORTS: Mapping[str, Callable[[Survey, Language], str]] = MappingProxyType(
    {"changes.atom": atom_feed, "digest.md": digest}
)
