"""Write themes out of the papers' own sentences, without a language model."""

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
from surveygen.summarize._candidates import Statement, statements
from surveygen.summarize._cards import card
from surveygen.summarize._selection import RankedPaper, members, strands


def make(settings: SummarizeSettings, connect: Callable[[], LlmClient], keep: ResultCache) -> Extractive:
    """Make the summarizer; the length of a theme is asked for in each call, and no model is asked."""
    del settings, connect
    return Extractive(keep)


@dataclass(frozen=True, slots=True)
class Extractive:
    """Chooses and rewrites sentences of abstracts by fixed rules; what papers say is read again from `keep`, if any."""

    keep: ResultCache | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of the rules, the word lists and the classifier's numbers."""
        return f"extractive-{rules_hash()}"

    @property
    def workers(self) -> int:
        """Nobody is asked."""
        return 0

    @property
    def fallbacks(self) -> FallbackCounts:
        """There are no answers."""
        return FallbackCounts()

    def review(self, paper: Paper) -> PaperReview:
        """Write the quick review of one paper."""
        return card(paper)

    def summarize_theme(self, source: ThemeInput) -> ThemeSummary:
        """Choose what a theme says: central, near its subject, of many papers, some of them new."""
        chosen: tuple[RankedPaper, ...] = members(source.theme, source.papers, source.embeddings)
        subtopics, open_problems = strands(source.theme, chosen, source.limit, source.reviews, self._said)
        return ThemeSummary(source.theme.id, source.language, subtopics, open_problems, self.fingerprint)

    def _said(self, paper: Paper) -> tuple[Statement, ...]:
        """Read a paper once, however often its themes are written: new papers of a theme bring all of its members."""
        if self.keep is None:
            return statements(paper)
        content = (rules_hash(), paper.id, paper.version, paper.text_hash, paper.abstract_kind, paper.authors)
        return self.keep(tuple[Statement, ...], "said", content, paper.id, lambda: statements(paper))

    def front_matter(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> FrontMatter:
        """Write nothing: the fixed words of the draft introduce it."""
        del title, summaries, papers, taxonomy
        return FrontMatter()


@cache
def rules_hash() -> str:
    """Return a hash of every file of this room that the words depend on."""
    digest = hashlib.sha256()
    for entry in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if entry.name == "extractive.py" or (entry.name[0] == "_" and entry.name.endswith((".py", ".toml", ".gz"))):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:16]
