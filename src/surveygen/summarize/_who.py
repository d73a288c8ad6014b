"""Whose words a sentence repeats, as the steps of rewriting see it."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.summarize._english import words

# Private use, so that no later step reads an author's name or a title as words of the sentence.
NAMED = "\ue000"  # the authors with their citation
CITED = "\ue001"  # the citation alone


@dataclass(frozen=True, slots=True)
class Who:
    """The first family name ("" if unknown), whether the authors take a plural verb, and the first six names."""

    first: str
    plural: bool
    authors: tuple[str, ...]


def one_of(name: str) -> str:
    """Return a pattern that matches any word of a list, the longest first."""
    return "|".join(sorted(words(name), key=lambda word: (-len(word), word)))
