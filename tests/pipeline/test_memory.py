"""What is remembered of papers between runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from no_cache import no_cache
from small_surveys import corpus_lines
from surveygen import plugins
from surveygen.config import SummarizeSettings
from surveygen.corpus import Store
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import ThemeSummary
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.pipeline.state import StoredResults
from surveygen.summarize import ResultCache, ThemeInput

T = TypeVar("T")
THEME = Theme(ThemeId("all"), "Alignment", keywords=("reward", "feedback"))


def _papers(root: Path) -> list[Paper]:
    rows = map(json.loads, corpus_lines(root, 12).splitlines())
    return [
        Paper(PaperId(row["arxiv_id"]), row["title"], row["abstract"], tuple(Author(name) for name in row["authors"]))
        for row in rows
    ]


def _summary(papers: Sequence[Paper], keep: ResultCache) -> ThemeSummary:
    nothing = Embeddings((), np.zeros((0, 2), np.float32), "none")
    summarizer = plugins.load("summarize", "extractive").make(SummarizeSettings(), lambda: pytest.fail("asked"), keep)
    summary: ThemeSummary = summarizer.summarize_theme(
        ThemeInput(
            THEME,
            papers,
            taxonomy=Taxonomy((THEME,)),
            embeddings=nothing,
            reviews={},
            subtheme_summaries=(),
            limit=12,
            language="en",
        )
    )
    return summary


class _Counting:
    """A memory that notes what it had to make."""

    def __init__(self, memory: ResultCache) -> None:
        self.made: list[str] = []
        self._memory = memory

    def __call__(self, kind: type[T], name: str, content: Sequence[object], slot: str, make: Callable[[], T]) -> T:
        def noted() -> T:
            self.made.append(slot)
            return make()

        return self._memory(kind, name, content, slot, noted)


def test_a_theme_with_a_new_paper_reads_that_paper_alone(tmp_path: Path, root: Path) -> None:
    """What the others say is remembered to the letter; a corrected paper is read again."""
    papers = _papers(root)
    with Store.open(tmp_path / "corpus.db") as store:
        _summary(papers[:-1], StoredResults(store))
    with Store.open(tmp_path / "corpus.db") as store:
        counting = _Counting(StoredResults(store))
        summary = _summary(papers, counting)
        corrected = Paper(papers[0].id, papers[0].title, f"{papers[0].abstract} We show it.", papers[0].authors)
        _summary([corrected, *papers[1:]], counting)

    assert counting.made == [papers[-1].id, corrected.id]
    assert summary == _summary(papers, no_cache)
