r"""Write untrusted words as TeX: the one place that escapes for it.

Brackets are braced because ``\\`` and ``\item`` read a bracket after them as an option.
A run without a space gets places where a line may break, so that it fits any column.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable

from surveygen.domain.inline import Math
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
# Of a run in a script without spaces, words and numbers of Latin letters stay whole.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_PIECE = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z0-9]{{1,{_LONG_RUN - 1}}}(?![A-Za-z0-9])|.", re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9]+\Z")

# Fallback fonts. Only fonts that are needed are named, for loading a CJK font takes over 1 GB of memory. TeX itself
# checks whether they are installed, so that rendering stays pure. Files are those of Debian's fonts-noto-core,
# fonts-noto-cjk and lmodern.
_MAIN = "main"  # Latin Modern, which needs no fallback
_LATIN = "NotoSerif-Regular.ttf"
_SIGNS = "latinmodern-math.otf"
_CJK = "NotoSerifCJK-Regular.ttc"
EMOJI = "NotoColorEmoji.ttf"

# First code point of a run of Unicode blocks, and the font that has them; empty where none is known.
_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x0000, _MAIN),
    (0x0180, _LATIN),
    (0x0530, "NotoSerifArmenian-Regular.ttf"),
    (0x0590, "NotoSerifHebrew-Regular.ttf"),
    (0x0600, "NotoNaskhArabic-Regular.ttf"),
    (0x0700, ""),
    (0x0750, "NotoNaskhArabic-Regular.ttf"),
    (0x0780, ""),
    (0x0900, "NotoSerifDevanagari-Regular.ttf"),
    (0x0980, "NotoSerifBengali-Regular.ttf"),
    (0x0A00, "NotoSerifGurmukhi-Regular.ttf"),
    (0x0A80, "NotoSerifGujarati-Regular.ttf"),
    (0x0B00, ""),
    (0x0B80, "NotoSerifTamil-Regular.ttf"),
    (0x0C00, "NotoSerifTelugu-Regular.ttf"),
    (0x0C80, "NotoSerifKannada-Regular.ttf"),
    (0x0D00, "NotoSerifMalayalam-Regular.ttf"),
    (0x0D80, ""),
    (0x0E00, "NotoSerifThai-Regular.ttf"),
    (0x0E80, ""),
    (0x10A0, "NotoSerifGeorgian-Regular.ttf"),
    (0x1100, _CJK),
    (0x1200, "NotoSerifEthiopic-Regular.ttf"),
    (0x1380, ""),
    (0x1E00, _LATIN),
    (0x2010, _MAIN),  # dashes, quotes, dots
    (0x2027, _LATIN),
    (0x2039, _MAIN),
    (0x203B, _LATIN),
    (0x2100, _SIGNS),
    (0x2400, "NotoSansSymbols-Regular.ttf"),
    (0x25A0, "NotoSansSymbols2-Regular.ttf"),
    (0x27C0, _SIGNS),
    (0x2800, "NotoSansSymbols2-Regular.ttf"),
    (0x2900, _SIGNS),
    (0x2B00, "NotoSansSymbols2-Regular.ttf"),
    (0x2C00, ""),
    (0x2E80, _CJK),
    (0xA000, ""),
    (0xAC00, _CJK),
    (0xD7B0, ""),
    (0xF900, _CJK),
    (0xFB00, _LATIN),
    (0xFB1D, "NotoSerifHebrew-Regular.ttf"),
    (0xFB50, "NotoNaskhArabic-Regular.ttf"),
    (0xFE00, ""),
    (0xFE20, _LATIN),
    (0xFE30, _CJK),
    (0xFE70, "NotoNaskhArabic-Regular.ttf"),
    (0xFF00, _CJK),
    (0x10000, ""),
    (0x1D400, _SIGNS),
    (0x1D800, ""),
    (0x1F000, EMOJI),
    (0x1FB00, ""),
    (0x20000, _CJK),
    (0x2FA20, ""),
)
# OpenType script of the fonts that need one named to join or order their letters.
_SHAPING = {
    "NotoNaskhArabic-Regular.ttf": "arab",
    "NotoSerifHebrew-Regular.ttf": "hebr",
    "NotoSerifDevanagari-Regular.ttf": "dev2",
    "NotoSerifBengali-Regular.ttf": "bng2",
    "NotoSerifGurmukhi-Regular.ttf": "gur2",
    "NotoSerifGujarati-Regular.ttf": "gjr2",
    "NotoSerifTamil-Regular.ttf": "tml2",
    "NotoSerifTelugu-Regular.ttf": "tel2",
    "NotoSerifKannada-Regular.ttf": "knd2",
    "NotoSerifMalayalam-Regular.ttf": "mlm2",
    "NotoSerifThai-Regular.ttf": "thai",
}
_STARTS = [start for start, _ in _BLOCKS]


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
        clusters: list[str] = []  # a letter with the marks on it stays whole
        for piece in _PIECE.findall(run[0]) if _UNSPACED.search(run[0]) else run[0]:
            if clusters and unicodedata.combining(piece[0]):
                clusters[-1] += piece
            else:
                clusters.append(piece)
        written = [_written(cluster) for cluster in clusters]
        pieces.append(_written(words[last : run.start()]))
        pieces.append(BREAK.join("".join(written[at : at + _STEP]) for at in range(0, len(written), _STEP)))
        last = run.end()
    return TexSafe("".join([*pieces, _written(words[last:])]))


def tex_string(words: str) -> TexSafe:
    r"""Escape words for a bookmark, a title in the file's properties or a bibliography: nothing there may break.

    >>> tex_string("--lang")
    '-{}-lang'
    """
    return TexSafe(_JOINING.sub("{}", words.translate(_TABLE)))


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


def font_of(character: str) -> str:
    """Return the file of the fallback font for a character; empty if none is known."""
    return _BLOCKS[bisect_right(_STARTS, ord(character)) - 1][1]


def fallback_fonts(text: Iterable[str]) -> tuple[str, ...]:
    """Return the fonts that a text needs, in a fixed order."""
    needed = {font_of(character) for character in set(text)}
    order = dict.fromkeys(font for _, font in _BLOCKS if font)
    return tuple(font for font in order if font in needed - {_MAIN})


def script_of(font: str) -> str:
    """Return the OpenType script to ask of a font; empty for the default one."""
    return _SHAPING.get(font, "")


def has_font(character: str) -> bool:
    """Whether a character is in the main font or a fallback that may be counted on; emoji are not."""
    return font_of(character) not in {"", EMOJI}
