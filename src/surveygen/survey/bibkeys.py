"""Mint citation keys once; they never change afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.person_names import fold, split_name

# fmt: off
_SMALL_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "in", "into", "is",
    "it", "its", "of", "on", "or", "the", "this", "to", "toward", "towards", "under", "using", "via", "we", "what",
    "when", "where", "which", "why", "with",
})
# fmt: on


def make_cite_keys(papers: Iterable[Paper], known: Mapping[PaperId, str]) -> dict[PaperId, str]:
    """Return keys for the papers that have none, as ``family2023word``, with a, b, ... on a clash.

    The order of `papers` decides who gets the bare key, so pass them sorted. Keys hold ``[a-z0-9]`` only, which
    every BibTeX program accepts.
    """
    taken = set(known.values())
    minted: dict[PaperId, str] = {}
    for paper in papers:
        if paper.id in known:
            continue
        stem = _stem(paper)
        key = next(key for key in _candidates(stem) if key not in taken)
        taken.add(key)
        minted[paper.id] = key
    return minted


def _stem(paper: Paper) -> str:
    family = fold(split_name(paper.authors[0].name)[0]) if paper.authors else ""
    words = (fold(word) for word in re.split(r"[^\w$\\]+", paper.title))
    word = next((word for word in words if len(word) > 1 and word not in _SMALL_WORDS), "")
    stem = f"{family[:24]}{paper.year or ''}{word[:24]}"
    return stem if stem and not stem.isdigit() else f"paper{fold(paper.id)}"


def _candidates(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    yield from (f"{stem}x{number}" for number in count(1))
