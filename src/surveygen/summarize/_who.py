"""Whose words a sentence repeats, as the steps of rewriting see it."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.domain.paper import Paper
from surveygen.domain.person_names import short_authors
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


def called(paper: Paper) -> tuple[str, bool]:
    """Return what a sentence calls the authors, and whether that takes a plural verb.

    One author "Casper", two "Casper and Davies", more "Casper et al."; without a usable name the title in quotes.
    """
    names = short_authors(paper.authors)
    return (names, len(paper.authors) > 1) if names else (f"“{paper.title}”", False)


def one_of(name: str) -> str:
    """Return a pattern that matches any word of a list, the longest first."""
    return "|".join(sorted(words(name), key=lambda word: (-len(word), word)))
