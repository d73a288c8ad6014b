"""Turn papers into sentences that keep their sources.

Every public module here is a way to summarize. It has one function::

    def make(settings: config.Summarize, connect: Callable[[], Ask], keep: Keep) -> Summarizer

`connect` opens the way to the language model of the survey, `keep` is the memory of the survey's store; who needs
them not leaves them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from surveygen.domain.embedding import Embeddings
from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import FrontMatter, PaperReview, ThemeSummary
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.summarize._grounding import GroundingResult, Lookup, check_grounding, is_grounded, redundancy
from surveygen.summarize._sentence_quality import Flaw, fault, sentence_flaw
from surveygen.summarize._split import split
from surveygen.summarize._text_diff import text_diff

__all__ = [
    "FallbackCounts",
    "Flaw",
    "GroundingResult",
    "LlmClient",
    "Lookup",
    "ResultCache",
    "Summarizer",
    "check_grounding",
    "fault",
    "is_grounded",
    "redundancy",
    "sentence_flaw",
    "split",
    "text_diff",
]

T = TypeVar("T")


class ResultCache(Protocol):
    """Remembers what follows from something; not to be called from two threads at once."""

    def __call__(self, kind: type[T], name: str, content: Sequence[object], slot: str, make: Callable[[], T]) -> T:
        """Return what was made of this content, from memory where it is there.

        Args:
            kind: the dataclass, or a tuple of one.
            name: what is remembered, such as "card".
            content: all that the answer depends on.
            slot: one answer of a name is remembered for each; a new one replaces the old.
            make: called where nothing is remembered.
        """
        ...


@dataclass(frozen=True, slots=True)
class FallbackCounts:
    """What befell a model's answers: items written without it, claims replaced by a paper's own words, or dropped."""

    fallbacks: int = 0
    replaced: int = 0
    dropped: int = 0


class Summarizer(Protocol):
    """What every way to summarize can do; the same arguments give the same answer."""

    @property
    def fingerprint(self) -> str:
        """Name what the answers depend on besides the arguments; different if they could differ."""
        ...

    @property
    def workers(self) -> int:
        """How many threads may write at once; 0 if nobody is asked: what is written is then kept in the store."""
        ...

    @property
    def outcome(self) -> FallbackCounts:
        """What befell the answers so far."""
        ...

    def card(self, paper: Paper) -> PaperReview:
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
        cards: Mapping[PaperId, PaperReview],
        below: Sequence[ThemeSummary],
    ) -> ThemeSummary:
        """Write what the papers of one theme say.

        Args:
            theme: the node.
            papers: its members, in any order.
            taxonomy: the tree that it stands in.
            vectors: `(n, d)` float32 rows of length 1, of at least these papers or of none.
            limit: sentences at most, those on open problems included.
            language: ISO 639-1 code the summary is asked for; a sentence says itself which language it is in.
            cards: the reviews of these papers.
            below: the summaries of its direct sub-themes.

        Raises:
            SummaryError: the theme cannot be written about.
        """
        ...

    def frame(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> FrontMatter:
        """Write what opens and closes the survey, from what its top themes say; may be empty."""
        ...
