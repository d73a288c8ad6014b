r"""Write untrusted words as TeX: the one place that escapes for it.

Rules R5 and R6 of notes/outputs.md. Brackets are braced because ``\\`` and ``\item`` read a bracket after them as an
option. A run without a space gets places where a line may break, so that it fits any column.
"""

from __future__ import annotations

import re
import unicodedata

from surveygen.domain.inline import Math
from surveygen.render._fonts import has_font
from surveygen.render.templates import TexSafe

BREAK = "\\brk{}"  # defined in latex/words.tex.j2
_LONG_RUN = 24  # code points without a space; a longer word than any that hyphenation serves
_STEP = 8
_WIDE_MATH = 60  # characters of TeX that may not fit a column of 35 mm at footnote size

_ESCAPES = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "$": "\\$",
    "&": "\\&",
    "%": "\\%",
    "#": "\\#",
    "_": "\\_",
    "^": "\\textasciicircum{}",
    "~": "\\textasciitilde{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    '"': "\\textquotedbl{}",
    "`": "\\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "\u00ad": "\\-",
    "\ue000": "{\\kern0pt}",
}
_TABLE = str.maketrans(_ESCAPES)
# Signs that fonts join to a dash or a quotation mark (Ligatures=TeX); what was meant so is that sign already. The mark
# put between them is of private use, which no clean text holds.
_JOINING = re.compile("(?<=-)(?=-)|(?<=,)(?=,)|(?<=<)(?=<)|(?<=>)(?=>)|(?<=')(?=')")
_RUN = re.compile(rf"\S{{{_LONG_RUN},}}")
_KEY = re.compile(r"[A-Za-z0-9]+\Z")


def tex(words: str) -> TexSafe:
    r"""Escape words so that TeX prints them and runs nothing.

    >>> tex("50% of R&D_2")
    '50\\% of R\\&D\\_2'
    >>> tex("--lang")
    '-{\\kern0pt}-lang'
    """
    pieces = []
    last = 0
    words = _JOINING.sub("\ue000", words)
    for run in _RUN.finditer(words):
        pieces += [_written(words[last : run.start()]), _breakable(run[0])]
        last = run.end()
    return TexSafe("".join([*pieces, _written(words[last:])]))


def tex_string(words: str) -> TexSafe:
    """Escape words for a bookmark or a title in the file's properties: nothing there may break or be mathematics."""
    return TexSafe(words.translate(_TABLE))


def tex_math(node: Math) -> TexSafe:
    r"""Set mathematics that passed the allowlist, always inline; what may be too wide is shrunk to fit."""
    if len(node.tex) > _WIDE_MATH:
        return TexSafe(f"\\fitmath{{{node.tex}}}")
    return TexSafe(f"\\({node.tex}\\)")


def tex_key(key: str, number: int) -> str:
    """Return a citation key of letters and digits; one that holds anything else is replaced by the number."""
    return key if _KEY.match(key) else f"paper{number}"


def _written(words: str) -> str:
    escaped = words.translate(_TABLE)
    return escaped if escaped.isascii() else "".join(_sign(character) for character in escaped)


def _sign(character: str) -> str:
    """Name a pictograph beside it, for a computer without an emoji font; drop marks that have no picture."""
    if has_font(character):
        return character
    if unicodedata.category(character) in {"Cf", "Mn"}:
        return ""
    name = unicodedata.name(character, f"u+{ord(character):04x}").lower()
    return f"\\pictograph{{{character}}}{{{name}}}"


def _breakable(run: str) -> str:
    clusters: list[str] = []
    for character in run:
        if clusters and unicodedata.combining(character):
            clusters[-1] += character
        else:
            clusters.append(character)
    written = [_written(cluster) for cluster in clusters]
    return BREAK.join("".join(written[start : start + _STEP]) for start in range(0, len(written), _STEP))
