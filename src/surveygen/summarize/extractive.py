"""Write themes out of the papers' own sentences, without a language model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from surveygen.config import Summarize
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.domain.writing import Card, Frame, ThemeSummary
from surveygen.summarize import Ask, Keep, Outcome
from surveygen.summarize._cards import card
from surveygen.summarize._select import Member, members, strands
from surveygen.summarize._sentences import Statement, statements


def make(settings: Summarize, connect: Callable[[], Ask], keep: Keep) -> Extractive:
    """Make the summarizer; the length of a theme is asked for in each call, and no model is asked."""
    del settings, connect
    return Extractive(keep)


@dataclass(frozen=True, slots=True)
class Extractive:
    """Chooses and rewrites sentences of abstracts by fixed rules; what papers say is read again from `keep`, if any."""

    keep: Keep | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of the rules, the word lists and the classifier's numbers."""
        return f"extractive-{rules_hash()}"

    @property
    def workers(self) -> int:
        """Nobody is asked."""
        return 0

    @property
    def outcome(self) -> Outcome:
        """There are no answers."""
        return Outcome()

    def card(self, paper: Paper) -> Card:
        """Write the quick review of one paper."""
        return card(paper)

    def theme(
        self,
        theme: Theme,
        papers: Sequence[Paper],
        *,
        taxonomy: Taxonomy,
        vectors: Embeddings,
        limit: int,
        language: str,
        cards: Mapping[PaperId, Card],
        below: Sequence[ThemeSummary],
    ) -> ThemeSummary:
        """Choose what a theme says: central, near its subject, of many papers, some of them new."""
        del taxonomy, below
        chosen: tuple[Member, ...] = members(theme, papers, vectors)
        found, ahead = strands(theme, chosen, limit, cards, self._said)
        return ThemeSummary(theme.id, language, found, ahead, self.fingerprint)

    def _said(self, paper: Paper) -> tuple[Statement, ...]:
        """Read a paper once, however often its themes are written: new papers of a theme bring all of its members."""
        if self.keep is None:
            return statements(paper)
        content = (rules_hash(), paper.id, paper.version, paper.text_hash, paper.abstract_kind, paper.authors)
        return self.keep(tuple[Statement, ...], "said", content, paper.id, lambda: statements(paper))

    def frame(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> Frame:
        """Write nothing: the fixed words of the draft introduce it."""
        del title, summaries, papers, taxonomy
        return Frame()


@cache
def rules_hash() -> str:
    """Return a hash of every file of this room that the words depend on."""
    digest = hashlib.sha256()
    for entry in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if entry.name == "extractive.py" or (entry.name[0] == "_" and entry.name.endswith((".py", ".toml", ".gz"))):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:16]
