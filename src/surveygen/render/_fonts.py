"""Choose fallback fonts for the scripts that a text uses.

Only fonts that are needed are named, for loading a CJK font takes over 1 GB of memory (notes/outputs.md 1.1). Whether
they are installed is asked in TeX itself, so that rendering stays pure. Files are Debian's fonts-noto-core,
fonts-noto-cjk and lmodern.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

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
