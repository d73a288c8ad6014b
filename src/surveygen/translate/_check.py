"""Tell what is wrong with a translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from surveygen.domain.paper import PaperId
from surveygen.translate._glossary import Glossary
from surveygen.translate._mask import mask
from surveygen.translate._numbers import number_fault
from surveygen.translate._script_profile import ScriptProfile, scripts_of, tongue

# How far a length may be from what the language files lead one to expect: their own 220 sentences lie from 0.66 to 1.39
# (tests/translate/test_checking.py).
_SHORTEST, _LONGEST = 0.6, 1.6
_SLACK = 15  # code points that say nothing in a short sentence
_OWN = 0.6  # share of the words that must be in the language's own scripts; the rest may be names
_COPIED = 0.5  # share of the longer words of the source from which nothing was translated
_FEW = 4  # words from which these shares mean something
_SIGNS = re.compile(
    r"[\\$\[\]{}<>`*_#|^~@&\ufffd]|https?:|www\."
)  # mark-up and addresses, which only the source may bring
_WORD = re.compile(r"[^\W\d_]+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def validation_error(
    source: str, said: str, cites: Collection[PaperId], glossary: Glossary, *, pair: tuple[str, str]
) -> str:
    """Say what does not agree; empty if nothing.

    Args:
        source: the sentence with its citation marks.
        said: the translation, with the same marks.
        cites: the papers cited.
        glossary: terms whose translation is given.
        pair: the languages, from and to, ISO 639-1.
    """
    masked = mask(source, cites, glossary)
    rest = said
    for piece in sorted((*(kept.target for kept in masked.placeholders), masked.tail.strip()), key=len, reverse=True):
        found = re.search(re.escape(piece), rest, re.IGNORECASE)
        if found is None:
            return f"{piece} is missing"
        rest = f"{rest[: found.start()]} {rest[found.end() :]}" if piece else rest
    words = masked.words
    if not rest.strip() and words.strip():
        return "it is empty"
    return (
        _sign_fault(words, rest)
        or number_fault(words, rest, pair)
        or _length_fault(words, rest, tongue(pair[0]), tongue(pair[1]))
        or _script_fault(rest, tongue(pair[1]))
        or _echo_fault(words, rest)
    )


def _sign_fault(source: str, said: str) -> str:
    extra = Counter(_SIGNS.findall(said)) - Counter(_SIGNS.findall(source))
    return f"{min(extra)} is not in the source" if extra else ""


def _length_fault(source: str, said: str, ours: ScriptProfile | None, theirs: ScriptProfile | None) -> str:
    if ours is None or theirs is None:
        return ""
    expected = len(source.strip()) * theirs.length / ours.length
    slack = _SLACK * theirs.length
    ratio = (len(said.strip()) + slack) / (expected + slack)
    if _SHORTEST <= ratio <= _LONGEST:
        return ""
    return f"its length is {ratio:.2f} of what is expected"


def _script_fault(said: str, theirs: ScriptProfile | None) -> str:
    counts = scripts_of(said)
    if theirs is None or counts.total() < _FEW:
        return ""
    own = sum(counts[script] for script in theirs.scripts) / counts.total()
    if own < _OWN or not counts[theirs.main]:
        return f"{own:.0%} of it is in the script of the language"
    return ""


def _echo_fault(source: str, said: str) -> str:
    """Find what still stands in the words of the source."""
    words = [word.casefold() for word in _LONG_WORD.findall(source)]
    known = {word.casefold() for word in _LONG_WORD.findall(said)}
    copied = sum(word in known for word in words)
    same = _WORD.findall(source) == _WORD.findall(said)
    if (same and words) or (len(words) >= _FEW and copied > _COPIED * len(words)):
        return f"{copied} of {len(words)} words are those of the source"
    return ""
