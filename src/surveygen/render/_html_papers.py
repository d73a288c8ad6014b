"""Lay single papers out for the page's templates: rows and references."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from surveygen.domain.paper import is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.survey import BibliographyEntry
from surveygen.render._links import doi_of, link_of
from surveygen.render.html.context import HtmlContext
from surveygen.render.html.markup import anchor, string, words

_MAX_AUTHORS = 8  # in the references
_MAX_ROWS = 100  # of the catalogue without scripts; the references hold all papers
_SOME = 40  # rows that a larger one shows


class PaperViews:
    """Turns papers into mappings whose links start from one page."""

    def __init__(self, book: HtmlContext, here: str) -> None:
        self._book = book
        self._here = here

    def short(self, entry: BibliographyEntry) -> dict[str, object]:
        """Return what a row or a link shows of a paper."""
        paper, place = entry.paper, entry.assignment
        mark = self._book.marks.get(place.theme) if place and not place.outside else None
        return {
            "anchor": anchor(paper.id),
            "href": self._book.layout.to_paper(self._here, paper.id),
            "ref": self._book.layout.to_reference(self._here, entry),
            "number": entry.number,
            "title": words(paper.title),
            "authors": words(short_authors(paper.authors)),
            "year": paper.year,
            "theme": mark,
            "outside": bool(place and place.outside),
            "unsure": bool(place and place.uncertain),
            "withdrawn": paper.status == "withdrawn",
            "latest": paper.latest if paper.latest > paper.version else None,
            "version": paper.version,
        }

    def some(self, order: Sequence[BibliographyEntry]) -> list[BibliographyEntry]:
        """Choose the papers that a catalogue shows without scripts: of a large one some of each top theme."""
        if len(order) <= _MAX_ROWS:
            return list(order)
        most = max(_SOME // max(len(self._book.survey.taxonomy.children(None)), 1), 1)
        seen: dict[str, int] = defaultdict(int)
        rows: list[BibliographyEntry] = []
        for entry in order:
            top = entry.assignment.path[0] if entry.assignment and not entry.assignment.outside else ""
            seen[top] += 1
            if seen[top] <= most:
                rows.append(entry)
        return rows

    def reference(self, entry: BibliographyEntry, *, row: bool) -> dict[str, object]:
        """Return what the references show of a paper; `backs` grows with the claims still to be written.

        Where the catalogue has no row for it without scripts, links to the paper lead here: `place` is their target.
        """
        paper = entry.paper
        more = len(paper.authors) > _MAX_AUTHORS
        names = [string(author.name) for author in paper.authors[:_MAX_AUTHORS]]
        link = link_of(paper)
        return {
            **self.short(entry),
            "authors": ", ".join(names) + (" et al." if more else ""),
            "venue": words(paper.journal_ref),
            "arxiv": paper.id if is_arxiv_id(paper.id) else "",
            "doi": doi_of(paper),
            "link": link if link.startswith("https://") else "",
            "place": "" if row else f"p-{anchor(paper.id)}",
            "backs": self._book.claims.backs(entry) if not self._book.lean else (),
        }
