"""Gather who cites whom for the page's scripts."""

from __future__ import annotations

from collections.abc import Mapping

from surveygen.domain.citation import CitationStats, CitedWork
from surveygen.domain.paper import is_arxiv_id
from surveygen.domain.survey import Survey
from surveygen.render._links import is_doi
from surveygen.render.html.markup import parsed, rich, string

Json = dict[str, object]


class Shelf:
    """The works outside a survey, each once; papers name them by their place."""

    def __init__(self, survey: Survey, where: Mapping[str, int]) -> None:
        self._where = where
        self._titles = dict(survey.graphs)
        self._places: dict[CitedWork, int] = {}

    def works(self) -> list[Json]:
        """Return what is known of each work, in the order of their places."""
        return [_work(work) for work in self._places]

    def standing(self, standing: CitationStats | None) -> Json:
        """Write whom a paper cites; who cites it follows from the others."""
        if standing is None:
            return {}
        return {
            "cites": [self._where[paper] for paper in standing.references if paper in self._where],
            "works": [self._places.setdefault(work, len(self._places)) for work in standing.outside],
            "more_works": standing.more or None,
            "count": standing.count,
            "told": [[string(self._titles.get(name, name)), at[:10]] for name, at in standing.providers],
        }


def _work(work: CitedWork) -> Json:
    names = dict(name.split(":", 1) for name in reversed(work.ids) if ":" in name)
    arxiv, doi = names.get("arxiv", ""), names.get("doi", "")
    known: Json = {
        "title": rich(parsed(work.title)),
        "by": string(work.authors),
        "year": work.year,
        "arxiv": arxiv if is_arxiv_id(arxiv) else "",
        "doi": doi if is_doi(doi) else "",
    }
    return {name: value for name, value in known.items() if value}
