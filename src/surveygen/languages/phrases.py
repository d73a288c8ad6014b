"""Divide a text into phrases that may be terms, in the way of its language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from surveygen.languages.detection import stop_words

# A word keeps the vowel signs of Indic scripts and the marks of Arabic, which are no letters to Python.
WORD = "[^\\W\\d_](?:[\\w\u0300-\u036f\u064b-\u0670\u0900-\u0963\u0980-\u0dff-])*"
_TOKEN = rf"{WORD}|[^\w\s]"
_ELIDED = r"[^\W\d_]{1,5}'(?=\w)|"  # a short word that an apostrophe joins to the next
# Patterns of words that join nouns to one term ("prévision du vent"), in languages that compose terms so.
_LINKS = {
    "ca": "de la|de les|de l'|dels?|de|d'",
    "es": "de la|de los|de las|del|de",
    "fr": "de la|de l'|des|du|de|d'",
    "it": "dell'|della|delle|dello|degli|dei|del|di|d'",
    "pt": "d[aeo]s?",
    "ro": "de",
}
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_RUN = re.compile("[\u3400-\u9fff々〆ァ-ヴーA-Za-z0-9]+")  # hiragana writes what joins the words of Japanese
_RUN_OF_SCRIPT = re.compile("[\u3400-\u9fff々〆]+|[ァ-ヴー]+|[A-Za-z0-9]+")
_RUN_OF_HAN = re.compile("[\u3400-\u9fff]+")
# Words of Chinese that belong to no term, besides its stop words of two or more characters.
_PARTICLES = frozenset("的了在是和与及或并等把被将从而且也都其之这那该")
_SHORTEST, _LONGEST = 2, 12  # characters of a phrase without spaces


def phrases(text: str, language: str, breaks: Collection[str], max_words: int) -> Iterator[str]:
    """Yield the phrases of a text as they are written; none crosses a word of `breaks` or a punctuation mark.

    Words that join nouns to one term may stand inside a phrase. Chinese and Japanese have no spaces: their phrases are
    runs of 2 to 12 characters between particles.

    >>> list(phrases("La prévision du vent", "fr", {"la"}, 3))
    ['prévision', 'prévision du vent', 'vent']
    """
    if language == "zh":
        yield from _chinese_phrases(text)
        return
    if language == "ja":
        yield from (phrase for phrase in _japanese_phrases(text) if phrase not in breaks)
        return
    pattern, links = _tokens(language)
    run: list[str] = []
    for token in [*pattern.findall(text.replace("’", "'")), "."]:
        lower = token.lower()
        is_content = lower not in breaks and not token.endswith("'") and len(token) > 1
        if is_content or (links and run and links.fullmatch(lower) and not links.fullmatch(run[-1].lower())):
            run.append(token)
        else:
            yield from _parts(run, links, max_words)
            run = []


def is_unspaced(text: str) -> bool:
    """Whether a text begins in a script that puts no spaces between words."""
    return _UNSPACED.match(text) is not None


def _parts(run: Sequence[str], links: re.Pattern[str] | None, max_words: int) -> Iterator[str]:
    """Yield the parts of a run of words that neither begin nor end with a linking word."""
    ends = [links is None or not links.fullmatch(word.lower()) for word in run]
    for start in range(len(run)):
        for end in range(start, min(start + max_words, len(run))):
            if ends[start] and ends[end]:
                yield " ".join(run[start : end + 1]).replace("' ", "'")


@cache
def _tokens(language: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """Return the pattern of the tokens of a language, and that of its linking words if it has any."""
    links = _LINKS.get(language)
    if not links:
        return re.compile(_TOKEN), None
    linking = rf"(?<!\w)(?:{links})(?:(?<=')|(?!\w))|"
    return re.compile(f"{linking}{_ELIDED}{_TOKEN}", re.IGNORECASE), re.compile(links)


def _chinese_phrases(text: str) -> Iterator[str]:
    """Yield all runs of characters between particles: which of them are words, only their frequency shows."""
    for run in _RUN_OF_HAN.findall(_particles().sub(" ", text)):
        for start in range(len(run)):
            for end in range(start + _SHORTEST, min(start + _LONGEST, len(run)) + 1):
                yield run[start:end]


def _japanese_phrases(text: str) -> Iterator[str]:
    """Yield runs of Chinese characters and katakana, and their parts.

    Most words of Chinese origin have two characters, so that a longer run divides at even distances from its ends.
    """
    for run in _RUN.findall(text):
        words = _RUN_OF_SCRIPT.findall(run)
        pairs = [part for word in words for n in range(2, len(word), 2) for part in (word[:n], word[-n:])]
        for part in dict.fromkeys((run, *words, *(pairs if is_unspaced(run) else ()))):
            if _SHORTEST <= len(part) <= _LONGEST and _UNSPACED.search(part):
                yield part


@cache
def _particles() -> re.Pattern[str]:
    """Return a pattern of what parts two terms of Chinese."""
    longer = {word for word in stop_words("zh") if len(word) > 1} | {"本文", "我们", "提出"}
    return re.compile("|".join(sorted(longer | _PARTICLES, key=lambda word: (-len(word), word))))
