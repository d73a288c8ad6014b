"""Tell how a language looks on paper, from its fixed words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from surveygen import languages

_LEAST = 40  # code points of an English wording: sentences tell the length of a language, labels do not
_OWN = 0.05  # share of a script in the fixed words from which it is one of the language's own
_WORD = re.compile(r"[^\W\d_]+")
_FIELD = re.compile(r"\{[^{}]*\}")
_DENSE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})  # a letter of these says as much as a part of a word


@dataclass(frozen=True, slots=True)
class ScriptProfile:
    """One language: its scripts by Unicode's names, the one it uses most, and its length relative to English."""

    scripts: frozenset[str]
    main: str
    length: float


@cache
def tongue(code: str) -> ScriptProfile | None:
    """Measure the fixed sentences of a language file; None if there is none for the language."""
    if code not in languages.codes():
        return None
    words, english = languages.load(code).words, languages.load("en").words
    pairs = [
        (_FIELD.sub("", said), _FIELD.sub("", told))
        for key, told in english.items()
        if isinstance(told, str) and len(told) >= _LEAST and isinstance(said := words[key], str)
        if said != told or code == "en"  # a wording that the language lacks is the English one
    ]
    counts = scripts_of(" ".join(said for said, _ in pairs))
    own = frozenset(script for script, count in counts.items() if count >= _OWN * counts.total())
    length = sum(len(said) for said, _ in pairs) / sum(len(told) for _, told in pairs)
    return ScriptProfile(own, counts.most_common(1)[0][0], length)


def scripts_of(text: str) -> Counter[str]:
    """Count words by script; of Chinese, Japanese and Korean writing the single characters."""
    counts: Counter[str] = Counter()
    for word in _WORD.findall(text):
        last = ""
        for letter in word:
            script = _script(letter)
            if script != last or script in _DENSE:
                counts[script] += 1
            last = script
    return counts


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    return re.split("[ -]", unicodedata.name(letter, "UNKNOWN"), maxsplit=1)[0]
