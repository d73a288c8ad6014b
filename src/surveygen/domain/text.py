"""Cleaning of untrusted text, slugs, and hashes."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_TITLE = 500
MAX_TEXT = 10_000
_MAX_COMBINING = 4
# Bidi overrides and marks, which can reorder the text around them, and the zero-width no-break space.
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROLS = {code: None for code in range(128) if unicodedata.category(chr(code)) == "Cc" and not chr(code).isspace()}


def clean(text: str, limit: int = MAX_TEXT) -> str:
    r"""Normalize untrusted text to one line of NFC without control or bidi characters.

    Unassigned, private and surrogate code points are dropped, at most four combining marks stay on a letter, and text
    longer than `limit` code points is cut at a word and gets an ellipsis. Idempotent.

    >>> clean("Go\u0308del\n  sets")
    'Gödel sets'
    """
    if text.isascii():  # the fast path, for most texts
        line = " ".join((text if text.isprintable() else text.translate(_CONTROLS)).split())
    else:
        line = unicodedata.normalize("NFC", " ".join(_safe(text).split()))
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0] + "…"


def _safe(text: str) -> str:
    safe: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", _BIDI.sub("", text)):
        category = unicodedata.category(char)
        if category in {"Cs", "Co", "Cn"} or (category == "Cc" and not char.isspace()):
            continue
        marks = marks + 1 if category == "Mn" else 0
        if marks <= _MAX_COMBINING:
            safe.append(char)
    return "".join(safe)


def slugify(text: str) -> str:
    """Return a folder name of lower-case ASCII letters, digits and hyphens; "survey" if nothing is left.

    >>> slugify("Large Language Model Alignment")
    'large-language-model-alignment'
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:80].strip("-") or "survey"


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, hexadecimal; halves of surrogate pairs are allowed.

    >>> text_sha256("")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
