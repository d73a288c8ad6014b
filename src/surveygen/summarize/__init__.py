"""Turn papers into sentences that keep their sources.

Every public module here is a way to summarize. It has one function::

    def make(settings: config.Summarize) -> Summarizer
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.domain.writing import Card, ThemeSummary
from surveygen.summarize._difference import difference
from surveygen.summarize._ground import Lookup, Verdict, check, redundancy
from surveygen.summarize._split import split
from surveygen.summarize._style import fault

__all__ = ["Lookup", "Summarizer", "Verdict", "check", "difference", "fault", "redundancy", "split"]


class Summarizer(Protocol):
    """What every way to summarize can do; the same arguments give the same answer."""

    @property
    def fingerprint(self) -> str:
        """Name what the answers depend on besides the arguments; different if they could differ."""
        ...

    def card(self, paper: Paper) -> Card:
        """Write the quick review of one paper; a field that the abstract says nothing about stays empty."""
        ...

    def theme(
        self,
        theme: Theme,
        papers: Sequence[Paper],
        *,
        taxonomy: Taxonomy,
        vectors: Embeddings,
        limit: int,
        language: str,
    ) -> ThemeSummary:
        """Write what the papers of one theme say.

        Args:
            theme: the node.
            papers: its members, in any order.
            taxonomy: the tree that it stands in.
            vectors: `(n, d)` float32 rows of length 1, of at least these papers or of none.
            limit: sentences at most, those on open problems included.
            language: ISO 639-1 code the summary is asked for; a sentence says itself which language it is in.

        Raises:
            SummaryError: the theme cannot be written about.
        """
        ...
