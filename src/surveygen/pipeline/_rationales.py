"""Find the sentences that placed each paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence
from surveygen.domain.theme import Assignment
from surveygen.pipeline._codec import decode, encode
from surveygen.summarize import split_sentences
from surveygen.themes.assign import rationale_sentences

_KIND, _LAST = "reasons", "last"


@dataclass(frozen=True, slots=True)
class _StoredRationale:
    """What decided on a paper: its version, the text and the words that it follows from, and the spans."""

    paper: PaperId
    version: int
    text_hash: str
    keywords: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def rationale_spans(
    store: Store, papers: Sequence[Paper], assignments: Mapping[PaperId, Assignment]
) -> dict[PaperId, tuple[Evidence, ...]]:
    """Return for each paper the spans of its abstract that hold most of the words that decided; none without words.

    Only papers with other words than in the last run are read.
    """
    known = store.cache.get(_KIND, _LAST)
    before = {told.paper: told for told in decode(tuple[_StoredRationale, ...], known)} if known is not None else {}
    wanted = (paper for paper in papers if paper.id in assignments and assignments[paper.id].keywords)
    now = tuple(_told(paper, assignments[paper.id], before.get(paper.id)) for paper in wanted)
    if now != tuple(before.values()):
        store.cache.put(_KIND, _LAST, encode(now), slot=_LAST)
    return {
        told.paper: tuple(Evidence(told.paper, told.version, "abstract", *span) for span in told.spans) for told in now
    }


def reason(paper: Paper, place: Assignment) -> tuple[Evidence, ...]:
    """Return the spans of one paper's abstract that hold most of the words that decided."""
    return rationale_sentences(paper, place, split_sentences(paper.abstract))


def _told(paper: Paper, place: Assignment, before: _StoredRationale | None) -> _StoredRationale:
    made_of = (paper.version, paper.text_hash, place.keywords)
    if before is not None and made_of == (before.version, before.text_hash, before.keywords):
        return before
    return _StoredRationale(paper.id, *made_of, tuple((span.start, span.end) for span in reason(paper, place)))
