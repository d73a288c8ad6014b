"""Detect the language of a text, and list the stop words of a language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache

from surveygen.domain.text import letter_words

# The most frequent function words of English. Those of the second list are words of other languages too.
_ENGLISH_ONLY = {
    *("the", "and", "that", "with", "from", "this", "which", "have", "our", "these", "their", "its", "between", "than"),
    *("also", "both", "such", "using", "into", "how", "while", "but", "they", "are", "were", "not", "by", "to", "can"),
}
_ENGLISH = {
    *("of", "in", "a", "is", "for", "as", "on", "we", "be", "an", "it", "at", "or", "has", "was", "more"),
    *_ENGLISH_ONLY,
}
# Each script with the languages that are told apart by their stop words, the one assumed without evidence first.
_SCRIPTS = (
    (("ja",), re.compile("[\u3040-\u30ff]")),
    (("ko",), re.compile("[\uac00-\ud7af]")),
    (("zh",), re.compile("[\u3400-\u9fff]")),
    (("ar", "fa", "ur"), re.compile("[\u0600-\u06ff]")),
    (("hi", "mr"), re.compile("[\u0900-\u097f]")),
    (("ru", "bg", "uk"), re.compile("[\u0400-\u04ff]")),
    (("el",), re.compile("[\u0370-\u03ff]")),
    (("he",), re.compile("[\u0590-\u05ff]")),
)
_LATIN = (
    *("ca", "cs", "da", "de", "es", "fi", "fr", "hr", "hu", "id", "it", "nl", "no", "pl", "pt", "ro", "sv", "tr", "vi"),
)
_FEWEST = 3  # different stop words that show a language of the Latin script
_SHARE = 6  # and at least one word in so many


@cache
def stop_words(code: str) -> frozenset[str]:
    """Return the stop words of a language, in lower case; none for a language that is not listed.

    The lists are those of Stopwords ISO. Spellings of several words are left out.
    """
    import stopwordsiso  # noqa: PLC0415  # reads a megabyte, and texts in English do without

    words = (unicodedata.normalize("NFC", word.lower()) for word in stopwordsiso.stopwords(code))
    return frozenset(word for word in words if " " not in word and any(map(str.isalpha, word)))


@lru_cache(maxsize=4096)
def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of a short text; English where no other language is clear.

    A script of its own decides if a third of the letters are in it; languages of one script differ in their stop words.
    """
    words = [word.lower() for word in letter_words(text)]
    if not text.isascii():
        letters = sum(char.isalpha() for char in text)
        for codes, script in _SCRIPTS:
            if 3 * len(script.findall(text)) * (3 if codes == ("ja",) else 1) > letters:
                return codes[0] if len(codes) == 1 else _most_stop_words(words, codes)
    english = sum(word in _ENGLISH for word in words)
    clearly = sum(word in _ENGLISH_ONLY for word in words)
    if clearly and _SHARE * english > len(words):
        return "en"
    best = _most_stop_words(words, _LATIN)
    found = [word for word in words if word in stop_words(best) and len(word) > 1 and word not in _ENGLISH]
    return best if len(set(found)) >= _FEWEST and len(found) > max(2 * clearly, len(words) / _SHARE) else "en"


def _most_stop_words(words: list[str], codes: tuple[str, ...]) -> str:
    """Return the language with the most stop words among some words, the first of equals.

    Function words of English count for no other language, and a single letter for none: it may be a variable.
    """
    numbers = Counter(word for word in words if len(word) > 1 and word not in _ENGLISH)
    return max(codes, key=lambda code: sum(n for word, n in numbers.items() if word in stop_words(code)))
