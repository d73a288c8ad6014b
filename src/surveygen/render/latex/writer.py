"""Write inline text as TeX, and what a TeX document needs around its body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from surveygen.domain.inline import Math
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import BibliographyEntry, Note, Survey
from surveygen.languages import Language, codes, load
from surveygen.render.inline import InlineWriter, Written
from surveygen.render.latex.text import fallback_fonts, script_of, tex, tex_key, tex_math, tex_string
from surveygen.render.templates import TexSafe

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


class TexWriter(InlineWriter):
    """Writes one TeX document; `others` collects the languages that occur besides the survey's own."""

    gap = "~"

    def __init__(self, survey: Survey, language: Language, *, max_cell: int) -> None:
        super().__init__(survey, language, max_cell=max_cell)
        self.others: set[str] = set()

    def frame(self, body: str, letters: str = "") -> dict[str, object]:
        """Return what a document needs around its body: its languages, and fonts for its letters and others."""
        language = self.language
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

    def safe(self, text: str) -> TexSafe:
        """Mark TeX."""
        return TexSafe(text)

    def text(self, words: str) -> TexSafe:
        """Escape words; a long run of letters gets places to break."""
        return tex(words)

    def string(self, words: str) -> TexSafe:
        """Escape words for a bookmark."""
        return tex_string(words)

    def address(self, url: str) -> TexSafe:
        r"""Write a checked address for ``\href``."""
        return TexSafe(url.translate(_IN_ADDRESS))

    def math(self, node: Math) -> TexSafe:
        """Set mathematics in the line."""
        return tex_math(node)

    def cite(self, entries: Sequence[BibliographyEntry], more: int = 0) -> TexSafe:
        """Cite by key."""
        keys = ",".join(self.key(entry) for entry in entries)
        return TexSafe(f"\\cite[+{more}]{{{keys}}}" if more else f"\\cite{{{keys}}}")

    def claim(self, written: Written, source: Sentence | Note) -> TexSafe:
        """Add the remarks; TeX is not read back, so a claim needs no name."""
        remarks = self.words("; ".join(self.remarks(source).values()))
        return TexSafe(f"{written} {{\\footnotesize\\itshape ({remarks})}}" if remarks else written)

    def place(self, url: str, label: str, title: str) -> TexSafe:  # noqa: ARG002  # print has no room for a title
        """Link to a place in a full text."""
        words = self.words(label)
        return TexSafe(f"\\href{{{self.address(url)}}}{{{words}}}" if url else words)

    def key(self, entry: BibliographyEntry) -> TexSafe:
        """Name a reference."""
        return TexSafe(tex_key(entry.cite_key, entry.number))

    def foreign(self, written: Written, language: str) -> TexSafe:
        """Switch to a language that there is a file for."""
        if language not in codes():
            return TexSafe(written)
        self.others.add(language)
        return TexSafe(f"\\foreignlanguage{{{load(language).latex}}}{{{written}}}")
