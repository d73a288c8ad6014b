"""Summarize papers and themes in sentences that cite their sources.

Every public module of this package is a summarizer. It has one function::

    def make(settings: SummarizeSettings, connect: Callable[[], LlmClient], cache: ResultCache) -> Summarizer

`connect` returns the client of the language model, `cache` stores results with the survey; a summarizer that needs
neither ignores them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CitationContext, FrontMatter, PaperReview, ThemeSummary
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.summarize._contexts import choose_contexts, find_contexts, papers_of_context
from surveygen.summarize._counts import CountIndex, number_error
from surveygen.summarize._facets import dealing_with, extract_facets, recount
from surveygen.summarize._front_matter import FrontMatterInput, quote_front_matter
from surveygen.summarize._full_text import complete_review
from surveygen.summarize._grounding import (
    GroundingResult,
    VersionLookup,
    check_grounding,
    is_glue,
    is_grounded,
    is_whole_sentence,
)
from surveygen.summarize._paper_review import Statement, extract_statements
from surveygen.summarize._result_tables import collect_results, find_result_tables, result_errors
from surveygen.summarize._results import tells_finding
from surveygen.summarize._roles import ROLE_LABELS, RoleClassifier, role_features
from surveygen.summarize._sentence_quality import Flaw, flaw_reason, sentence_flaw
from surveygen.summarize._text import split_sentences, text_diff

__all__ = [
    "ROLE_LABELS",
    "CountIndex",
    "FallbackCounts",
    "Flaw",
    "FrontMatterInput",
    "GroundingResult",
    "ResultCache",
    "RoleClassifier",
    "Statement",
    "Summarizer",
    "ThemeInput",
    "VersionLookup",
    "check_grounding",
    "choose_contexts",
    "collect_results",
    "complete_review",
    "dealing_with",
    "extract_facets",
    "extract_statements",
    "find_contexts",
    "find_result_tables",
    "flaw_reason",
    "is_glue",
    "is_grounded",
    "is_whole_sentence",
    "number_error",
    "papers_of_context",
    "quote_front_matter",
    "recount",
    "result_errors",
    "role_features",
    "sentence_flaw",
    "split_sentences",
    "tells_finding",
    "text_diff",
]

T = TypeVar("T")


class ResultCache(Protocol):
    """Stores results by what they were computed from; not to be called from two threads at once."""

    def __call__(self, kind: type[T], name: str, content: Sequence[object], slot: str, make: Callable[[], T]) -> T:
        """Return the result for some content, from the cache if it is stored there.

        Args:
            kind: the dataclass of the result, or a tuple of one.
            name: what is stored, such as "card".
            content: everything that the result depends on.
            slot: for each slot of a name one result is stored; a new one replaces it.
            make: computes the result if it is not stored.
        """
        ...


@dataclass(frozen=True, slots=True)
class FallbackCounts:
    """How often a model's responses were not used.

    Attributes:
        fallbacks: papers, themes and parts of the front matter written without the model.
        replaced: claims replaced by a paper's own words. dropped: claims left out.
    """

    fallbacks: int = 0
    replaced: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class ThemeInput:
    """What the summary of one theme is written from.

    Attributes:
        theme: the node of the taxonomy.
        papers: its members, in any order.
        taxonomy: the tree that the theme is part of.
        embeddings: `(n, d)` float32 rows of length 1, of at least these papers or of none.
        reviews: the reviews of these papers.
        subtheme_summaries: the summaries of its direct sub-themes.
        deeper_summaries: those of the themes below its sub-themes.
        limit: the most sentences, those on open problems included.
        language: ISO 639-1 code of the summary; a sentence says itself which language it is in.
        newest_year: of a paper of the survey, 0 if unknown.
        citations: the papers of the survey that each of its papers cites; those without any may be left out.
        title: of the survey, in the language of the settings.
        contexts: sentences of full texts that tell of two or more of its papers.
    """

    theme: Theme
    papers: Sequence[Paper]
    taxonomy: Taxonomy
    embeddings: Embeddings
    reviews: Mapping[PaperId, PaperReview]
    subtheme_summaries: Sequence[ThemeSummary]
    limit: int
    language: str
    newest_year: int = 0
    citations: Mapping[PaperId, tuple[PaperId, ...]] = field(default_factory=dict)
    title: str = ""
    deeper_summaries: Sequence[ThemeSummary] = ()
    contexts: Sequence[CitationContext] = ()

    @property
    def summaries_below(self) -> tuple[ThemeSummary, ...]:
        """The summaries of all themes below, whose sentences are not told again."""
        return (*self.subtheme_summaries, *self.deeper_summaries)


class Summarizer(Protocol):
    """Writes reviews of papers and summaries of themes; the same arguments give the same result."""

    @property
    def fingerprint(self) -> str:
        """Name what the results depend on besides the arguments; different if they could differ."""
        ...

    @property
    def workers(self) -> int:
        """How many threads may write at once; 0 if no model is asked: results are then stored with the survey."""
        ...

    @property
    def fallbacks(self) -> FallbackCounts:
        """How often the responses of the model were not used so far."""
        ...

    def review(self, paper: Paper) -> PaperReview:
        """Write the quick review of one paper; a field that the abstract says nothing about stays empty."""
        ...

    def summarize_theme(self, source: ThemeInput) -> ThemeSummary:
        """Write what the papers of one theme say.

        Raises:
            SummaryError: the theme cannot be summarized.
        """
        ...

    def front_matter(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> FrontMatter:
        """Write introduction, abstract and outlook of the survey from the summaries of its top themes; may be empty."""
        ...
