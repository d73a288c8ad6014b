"""Summaries from the papers' own sentences, without a language model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from surveygen.config import SummarizeSettings
from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import FrontMatter, PaperReview, ThemeSummary
from surveygen.domain.theme import Taxonomy
from surveygen.summarize import FallbackCounts, ResultCache, ThemeInput
from surveygen.summarize._contexts import add_contexts
from surveygen.summarize._full_text import limit_statements
from surveygen.summarize._open_limits import group_limits
from surveygen.summarize._paper_review import Statement, extract_statements, review_paper
from surveygen.summarize._strands import write_strands


def make(settings: SummarizeSettings, connect: Callable[[], LlmClient], cache: ResultCache) -> Extractive:
    """Make the summarizer; no model is connected."""
    del settings, connect
    return Extractive(cache)


@dataclass(frozen=True, slots=True)
class Extractive:
    """Selects and rewrites sentences of abstracts by fixed rules.

    Attributes:
        cache: stores the sentences of each paper, None for no cache.
    """

    cache: ResultCache | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of the rules, the word lists and the classifier's weights."""
        return f"extractive-{rules_hash()}"

    @property
    def workers(self) -> int:
        """No model is asked."""
        return 0

    @property
    def fallbacks(self) -> FallbackCounts:
        """No model is asked."""
        return FallbackCounts()

    def review(self, paper: Paper) -> PaperReview:
        """Write the quick review of one paper."""
        return review_paper(paper)

    def summarize_theme(self, source: ThemeInput) -> ThemeSummary:
        """Select sentences: central, near the theme's description, of many papers, in strands that belong together."""

        def statements_of(paper: Paper) -> tuple[Statement, ...]:
            if self.cache is None:
                return extract_statements(paper)
            content = (rules_hash(), paper.id, paper.version, paper.text_hash, paper.abstract_kind, paper.authors)
            return self.cache(tuple[Statement, ...], "said", content, paper.id, lambda: extract_statements(paper))

        strands = add_contexts(write_strands(source, statements_of), source)
        top = source.theme.parent is None

        def all_statements(paper: Paper) -> tuple[Statement, ...]:
            review = source.reviews.get(paper.id)
            return (*statements_of(paper), *(limit_statements(review) if review is not None else ()))

        limits, since = group_limits(source, all_statements, strands) if top else ((), 0)
        return ThemeSummary(source.theme.id, source.language, strands, (), self.fingerprint, limits, since)

    def front_matter(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> FrontMatter:
        """Return none: the fixed words of the draft introduce it."""
        del title, summaries, papers, taxonomy
        return FrontMatter()


@cache
def rules_hash() -> str:
    """Return a hash of every file that the words of an extractive summary depend on."""
    package = [
        entry
        for entry in files(__package__).iterdir()
        if entry.name == "extractive.py" or (entry.name[0] == "_" and entry.name.endswith((".py", ".toml", ".gz")))
    ]
    digest = hashlib.sha256()
    for entry in sorted([*package, files("surveygen.domain") / "text.py"], key=lambda entry: entry.name):
        digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:16]
