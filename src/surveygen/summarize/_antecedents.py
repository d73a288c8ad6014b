"""Find what a sentence needs from another one of its paper.

A sentence may use a name that it does not explain, or words that look back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

from surveygen.domain.paper import Paper
from surveygen.summarize._english import phrases
from surveygen.summarize._facet_words import units

_COMMON = 3  # papers of a theme with a name that its readers then know
_MAX_NAME = 3  # words before the colon of a title that can be a name
_TOKEN = re.compile(r"(?<![\w-])[A-Za-z][\w+]*(?:[-–][\w+]+)*")
_PLURAL = re.compile(r"(?<=[A-Z])s\Z")
_EXPLAINED = re.compile(r"\(([A-Za-z][\w+–-]*)\)")
_NAMING = re.compile(rf"\b{phrases('naming')} [“\"']?(?P<name>[A-Za-z][\w+–-]*)", re.IGNORECASE)
_APPOSED = r"(?:, (?:an?|the|which|whose)\b| (?:is|are) (?:an?|the)\b|: an?\b)"
_MAKES = re.compile(rf"\b{phrases('makes')}\b", re.IGNORECASE)
_LOOKS_BACK = re.compile(rf"{phrases('looks_back')}", re.IGNORECASE)
_BARE_WORK = re.compile(rf"\bthe {phrases('bare_work')}(?! (?:of|by|for|that|which|in|to|with)\b)", re.IGNORECASE)
_OWN_WORK = re.compile(rf"\b{phrases('own_work')}", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\b(?!.{1,120}\band\b)", re.IGNORECASE)


def names_in(text: str) -> frozenset[str]:
    """Return the words of a text that are written like names or acronyms, in the singular.

    >>> sorted(names_in("We test PDE-Net and LLMs on mid-size SQuAD data with Multi-Agent teams."))
    ['LLM', 'PDE-Net', 'SQuAD']
    """
    return frozenset(_PLURAL.sub("", word) for word in _TOKEN.findall(text) if _is_name(word))


def _is_name(word: str) -> bool:
    if word.islower():  # as most are
        return False
    parts = re.split("[-–]", word)
    return any(
        sum(char.isupper() or char.isdigit() for char in part) > 1 and any(map(str.isupper, part)) for part in parts
    )


def own_names(papers: Sequence[Paper]) -> dict[str, frozenset[str]]:
    """Return for each paper, by id, the names that it made, and that fewer than three of the papers have."""
    uses = Counter(name for paper in papers for name in _names_of(paper))
    return {paper.id: frozenset(name for name in _made(paper) if uses[name] < _COMMON) for paper in papers}


@lru_cache(maxsize=4096)
def _names_of(paper: Paper) -> frozenset[str]:
    return names_in(paper.text)


@lru_cache(maxsize=4096)
def _made(paper: Paper) -> frozenset[str]:
    """Return the name before the colon of the title, and those explained where the authors tell of their work."""
    head, colon, _ = paper.title.partition(":")
    names = {head} if colon and len(head.split()) <= _MAX_NAME and head in paper.abstract else set()
    for unit in units(paper):
        if unit.own:
            found = [*_EXPLAINED.findall(unit.text), *(match["name"] for match in _NAMING.finditer(unit.text))]
            names.update(_PLURAL.sub("", name) for name in found if _is_name(name))
    return frozenset(names)


def explained_names(text: str, names: Collection[str], *, own_work: bool) -> frozenset[str]:
    """Return which of some names a sentence introduces.

    Args:
        text: the rewritten sentence without citation marks.
        names: those that its paper made.
        own_work: whether the authors tell in it what they made.
    """
    introduced = {name for name in names if own_work and _has(text, name) and _MAKES.search(text.partition(name)[0])}
    for name in filter(text.__contains__, names):
        written = rf"(?<![\w-]){re.escape(name)}s?"
        if re.search(rf"\({written}\)|{written}{_APPOSED}|\b{phrases('naming')} [“\"']?{written}", text):
            introduced.add(name)
    return frozenset(introduced)


def unexplained_names(text: str, names: Collection[str], *, own_work: bool) -> frozenset[str]:
    """Return which of the names of its paper a sentence uses without introducing them."""
    used = {name for name in names if _has(text, name)}
    return frozenset(used - explained_names(text, used, own_work=own_work))


def _has(text: str, name: str) -> bool:
    return name in text and re.search(rf"(?<![\w-]){re.escape(name)}s?(?![\w-])", text) is not None


@lru_cache(maxsize=16_384)
def looks_back(text: str) -> bool:
    """Whether a sentence says "also", "both" or "the method" of something that stands before it.

    >>> looks_back("The accuracy is also verified."), looks_back("Both speed and size matter.")
    (True, False)
    """
    if _LOOKS_BACK.search(text) or _BOTH.search(text):
        return True
    bare = _BARE_WORK.search(text)
    return bare is not None and bare["head"].lower() not in text[: bare.start()].lower()


@lru_cache(maxsize=16_384)
def names_own_work(text: str) -> bool:
    """Whether a sentence calls what its authors made no more than a method of theirs, so that it must be told before.

    Args:
        text: the rewritten sentence with citation marks.

    >>> names_own_work("The method of Li and Wu [@a] halves errors."), names_own_work("Li [@a] finds that age counts.")
    (True, False)
    """
    return _OWN_WORK.search(text) is not None
