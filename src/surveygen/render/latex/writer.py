"""Write inline words in TeX, and what a TeX document needs around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from surveygen.domain.inline import Math
from surveygen.domain.survey import BibliographyEntry
from surveygen.languages import Language, codes, load
from surveygen.render._fonts import fallback_fonts, script_of
from surveygen.render.latex.text import tex, tex_key, tex_math, tex_string
from surveygen.render.templates import Safe, TexSafe

PALETTE = tuple(TexSafe(f"survey{letter}") for letter in "ABCDEF")  # defined in latex/words.tex.j2
DELIMITERS = {
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "block_start_string": "<%",
    "block_end_string": "%>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}
_IN_ADDRESS = str.maketrans({sign: f"\\{sign}" for sign in "#%&_~"})  # hyperref reads these escapes in a link


def pdf_date(generated_at: str) -> TexSafe:
    """Write an ISO 8601 time in UTC as the properties of a PDF want it (ISO 32000-1, 7.9.4)."""
    return TexSafe(f"D:{re.sub(r'[^0-9]', '', generated_at)}Z")


class TexScript:
    """Writes the pieces of one document; `others` are the languages met besides the survey's own."""

    gap = "~"

    def __init__(self) -> None:
        self.others: set[str] = set()

    def frame(self, body: str, language: Language, letters: str = "") -> dict[str, object]:
        """Return what a document needs around its body: its languages, and fonts for its letters and others."""
        names = {"en"} if language.direction == "rtl" else set()  # those of authors run from left to right
        return {
            "body": TexSafe(body),
            "fallback_fonts": [
                {"file": TexSafe(font), "script": TexSafe(script_of(font))} for font in fallback_fonts(body + letters)
            ],
            "babel": TexSafe(language.latex),
            "others": [TexSafe(load(code).latex) for code in sorted(self.others | names)],
            "language": TexSafe(language.code),
            "rtl": language.direction == "rtl",
        }

    def text(self, words: str) -> Safe:
        """Escape words; a long run of letters gets places to break."""
        return tex(words)

    def string(self, words: str) -> Safe:
        """Escape words for a bookmark."""
        return tex_string(words)

    def address(self, url: str) -> Safe:
        r"""Write a checked address for ``\href``."""
        return TexSafe(url.translate(_IN_ADDRESS))

    def math(self, node: Math) -> Safe:
        """Set mathematics in the line."""
        return tex_math(node)

    def cite(self, entries: Sequence[BibliographyEntry]) -> Safe:
        """Cite by key."""
        keys = ",".join(tex_key(entry.cite_key, entry.number) for entry in entries)
        return TexSafe(f"\\cite{{{keys}}}")

    def claimed(self, claim: str, written: Safe, by: Safe) -> Safe:  # noqa: ARG002  # as in Script
        """Write a claim, and who wrote it; TeX is not read back."""
        return TexSafe(f"{written} {{\\footnotesize\\itshape ({by})}}") if by else written

    def key(self, entry: BibliographyEntry) -> Safe:
        """Name a reference."""
        return TexSafe(tex_key(entry.cite_key, entry.number))

    def foreign(self, words: Safe, language: str) -> Safe:
        """Switch to a language that there is a file for."""
        if language not in codes():
            return words
        self.others.add(language)
        return TexSafe(f"\\foreignlanguage{{{load(language).latex}}}{{{words}}}")
