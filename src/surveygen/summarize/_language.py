"""Tell in which language a short text is written."""

from __future__ import annotations

import re
from functools import lru_cache

from surveygen.summarize._english import words

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = ("de", "es", "fr", "it", "pt")


@lru_cache(maxsize=4096)
def language_of(text: str) -> str:
    """Return an ISO 639-1 code; English where nothing speaks against it.

    A script of its own decides if it holds a third of the letters; among Latin scripts the function words do.
    """
    own_script = None if text.isascii() else _script(text)
    if own_script:
        return own_script
    found = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in words("function_words") for word in found)
    if 6 * english > len(found):
        return "en"
    counts = {code: sum(word in words(f"stop_words.{code}") for word in found) for code in _FOREIGN}
    best = max(_FOREIGN, key=lambda code: (counts[code], code))
    return best if counts[best] >= 3 and counts[best] > 2 * english else "en"


def _script(text: str) -> str | None:
    letters = sum(char.isalpha() for char in text)
    for code, script in _SCRIPTS:
        if 3 * len(script.findall(text)) * (3 if code == "ja" else 1) > letters:
            return code
    return None
