"""Compare the numbers of a sentence with those of its translation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

# Apostrophes and spaces part thousands in some languages; U+066B and U+066C are the Arabic signs.
_GROUPS = r"\d{1,3}(?:[.,'’٫٬\u00a0\u202f ]\d{3})+"
_NUMBER = re.compile(rf"(?<!\d){_GROUPS}(?!\d)(?:[.,٫]\d+)?|\d+(?:[.,٫]\d+)*")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_GROUPED = re.compile(_GROUPS)
_SCALES = {
    "thousand": 3,
    "million": 6,
    "millions": 6,
    "billion": 9,
    "billions": 9,
    "trillion": 12,
    "百": 2,
    "千": 3,
    "万": 4,
    "萬": 4,
    "만": 4,
    "億": 8,
    "亿": 8,
    "억": 8,
    "兆": 12,
    "조": 12,
}
_SCALE = re.compile(
    "|".join(rf"\s?{re.escape(word)}" for word in sorted(_SCALES, key=len, reverse=True)), re.IGNORECASE
)
# A word that another language may write as a figure.
_SPOKEN = """
zero | one single once first | two twice both pair pairs pairwise half second | three triple third | four fourth quarter
| five fifth | six sixth | seven seventh | eight eighth | nine ninth | ten tenth | eleven | twelve | thirteen | fourteen
| fifteen | sixteen | seventeen | eighteen | nineteen | twenty
"""
_NAMED = {word: value for value, words in enumerate(_SPOKEN.split("|")) for word in words.split()}

Readings = frozenset[Decimal]


def number_fault(source: str, said: str, pair: tuple[str, str]) -> str:
    """Say which number is missing, or is new; empty if the numbers agree.

    Each number has all values that it could be read as, since 1.000 is a thousand in one language and one in another;
    English, the first or the second of `pair`, is read in one way.
    A figure may stand for a number word of the source, a Roman numeral for a figure up to 39 ("siglo XIX").
    """
    ours, theirs = (list(_numbers(text, language)) for text, language in zip((source, said), pair, strict=True))
    partner = _matched(ours, theirs)
    for place, (shown, _) in enumerate(ours):
        if place not in partner.values() and not re.search(rf"\b{_roman(shown)}\b", said):
            return f"the number {shown} is missing"
    words = [_NAMED[word] for word in re.findall(r"[a-z]+", source.lower()) if word in _NAMED]
    for place, (shown, readings) in enumerate(theirs):
        if place not in partner:
            spoken = next((value for value in words if Decimal(value) in readings), None)
            if spoken is None:
                return f"the number {shown} is not in the source"
            words.remove(spoken)
    return ""


def _numbers(text: str, language: str) -> Iterator[tuple[str, Readings]]:
    """Yield each number as it stands, with its possible values."""
    digits = "".join(str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each for each in text)
    for found in _NUMBER.finditer(digits):
        number = found[0].replace(",", "") if language == "en" and _ENGLISH.fullmatch(found[0]) else ""
        plain = (
            {Decimal(number)} if number else set(_values(found[0])) or {Decimal(re.sub(r"\D", "", found[0]))}
        )  # such as version 3.5.1
        scale = _SCALE.match(digits, found.end())
        power = _SCALES[scale[0].strip().lower()] if scale else 0
        yield found[0], frozenset(plain | {value.scaleb(power) for value in plain})


def _values(number: str) -> Iterator[Decimal]:
    """Yield what a number can mean: its last sign begins a fraction, or parts thousands like the others."""
    if _GROUPED.fullmatch(number):
        yield Decimal(re.sub(r"\D", "", number))
    whole, sign, fraction = re.sub(r"[,٫]", ".", number).rpartition(".")
    if not sign:
        yield Decimal(re.sub(r"\D", "", number))
    elif re.fullmatch(r"\d+", whole) or _GROUPED.fullmatch(whole):
        yield Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{fraction}")


def _roman(number: str) -> str:
    """Return a number as a Roman numeral; what no text holds where it is none of 1 to 39."""
    if not number.isdecimal() or not 1 <= int(number) < 40:
        return r"(?!)"
    tens, ones = divmod(int(number), 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def _matched(ours: list[tuple[str, Readings]], theirs: list[tuple[str, Readings]]) -> dict[int, int]:
    """Pair as many numbers as possible that can mean the same; return the place of the partner of each of theirs."""
    partner: dict[int, int] = {}

    def place(mine: int, tried: set[int]) -> bool:
        for yours, (_, readings) in enumerate(theirs):
            if yours not in tried and readings & ours[mine][1]:
                tried.add(yours)
                if yours not in partner or place(partner[yours], tried):
                    partner[yours] = mine
                    return True
        return False

    for mine in range(len(ours)):
        place(mine, set())
    return partner
