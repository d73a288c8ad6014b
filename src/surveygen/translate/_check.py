"""Check a translation against its source: terms, markup, numbers, length, script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from surveygen import languages
from surveygen.domain.paper import PaperId
from surveygen.domain.text import letter_words
from surveygen.translate._mask import Glossary, mask

# How far a length may be from what the language files lead one to expect: their own 220 sentences lie from 0.66 to 1.39
# (tests/translate/test_checking.py).
_MIN_LENGTH, _MAX_LENGTH = 0.6, 1.6
_LENGTH_SLACK = 15  # code points by which short sentences may differ
_OWN_SCRIPT = 0.6  # share of the words that must be in the language's own scripts; the rest may be names
_MAX_COPIED = 0.5  # share of the longer words of the source from which the sentence counts as not translated
_MIN_WORDS = 4  # words from which these shares are meaningful
_LONG_WORD = 4  # letters
_MARKUP = re.compile(
    r"[\\$\[\]{}<>`*_#|^~@&\ufffd]|https?:|www\."
)  # markup and addresses, which a translation must not add

_MIN_SENTENCE = 40  # code points of a fixed wording: sentences show the length of a language, labels do not
_MIN_SCRIPT_SHARE = 0.05  # share of the fixed words from which a script is one of the language's own
_TEMPLATE_FIELD = re.compile(r"\{[^{}]*\}")
_COUNTED_BY_LETTER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})  # no spaces, or a syllable a letter

# Apostrophes and spaces part thousands in some languages; U+066B and U+066C are the Arabic signs.
_GROUPS = r"\d{1,3}(?:[.,'’٫٬\u00a0\u202f ]\d{3})+"
_NUMBER = re.compile(rf"(?<!\d){_GROUPS}(?!\d)(?:[.,٫]\d+)?|\d+(?:[.,٫]\d+)*")
_ENGLISH_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_GROUPED = re.compile(_GROUPS)
_SCALES = {"thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12}
_SCALES |= {"百": 2, "千": 3, "万": 4, "萬": 4, "만": 4, "億": 8, "亿": 8, "억": 8, "兆": 12, "조": 12}
_SCALE = re.compile(
    "|".join(rf"\s?{re.escape(word)}" for word in sorted(_SCALES, key=len, reverse=True)), re.IGNORECASE
)
# Words that another language may write as a figure.
_NUMBER_WORDS = """
zero | one single once first | two twice both pair pairs pairwise half second | three triple third | four fourth quarter
| five fifth | six sixth | seven seventh | eight eighth | nine ninth | ten tenth | eleven | twelve | thirteen | fourteen
| fifteen | sixteen | seventeen | eighteen | nineteen | twenty
"""
_VALUE_OF_WORD = {word: value for value, words in enumerate(_NUMBER_WORDS.split("|")) for word in words.split()}
_ENGLISH_WORD = re.compile(r"[a-z]+")
_ROMAN = [
    tens + ones
    for tens in ("", "X", "XX", "XXX")
    for ones in ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
]

_Values = frozenset[Decimal]


def validation_error(
    source: str, target: str, cites: Collection[PaperId], glossary: Glossary, *, pair: tuple[str, str]
) -> str:
    """Return what does not agree between a sentence and its translation; empty if everything agrees.

    Args:
        source: the sentence with its citation marks.
        target: the translation, with the same marks.
        cites: the papers cited.
        glossary: terms whose translation is prescribed.
        pair: the languages of source and target, ISO 639-1.
    """
    masked = mask(source, cites, glossary)
    rest = target
    pieces = (*(placeholder.target for placeholder in masked.placeholders), masked.tail.strip())
    for piece in sorted(pieces, key=len, reverse=True):
        match = re.search(re.escape(piece), rest, re.IGNORECASE)
        if match is None:
            return f"{piece} is missing"
        rest = f"{rest[: match.start()]} {rest[match.end() :]}" if piece else rest
    words = masked.words
    if not rest.strip() and words.strip():
        return "it is empty"
    if markup := Counter(_MARKUP.findall(rest)) - Counter(_MARKUP.findall(words)):
        return f"{min(markup)} is not in the source"
    return _number_error(words, rest, pair) or _language_error(words, rest, pair)


def _language_error(source: str, target: str, pair: tuple[str, str]) -> str:
    """Return why a text cannot be the sentence in the other language: its length, its script, or words copied."""
    source_profile, target_profile = (script_profile(code) for code in pair)
    if source_profile is not None and target_profile is not None:
        expected = len(source.strip()) * target_profile.length / source_profile.length
        slack = _LENGTH_SLACK * target_profile.length
        ratio = (len(target.strip()) + slack) / (expected + slack)
        if not _MIN_LENGTH <= ratio <= _MAX_LENGTH:
            return f"its length is {ratio:.2f} of what is expected"
    counts = _script_counts(target)
    if target_profile is not None and counts.total() >= _MIN_WORDS:
        own = sum(counts[script] for script in target_profile.scripts) / counts.total()
        if own < _OWN_SCRIPT or not counts[target_profile.main]:
            return f"{own:.0%} of it is in the script of the language"
    source_words, target_words = letter_words(source), letter_words(target)
    long = [word.casefold() for word in source_words if len(word) >= _LONG_WORD]
    in_target = {word.casefold() for word in target_words if len(word) >= _LONG_WORD}
    copied = sum(word in in_target for word in long)
    if (source_words == target_words and long) or (len(long) >= _MIN_WORDS and copied > _MAX_COPIED * len(long)):
        return f"{copied} of {len(long)} words are those of the source"
    return ""


@dataclass(frozen=True, slots=True)
class ScriptProfile:
    """How a language is written.

    Attributes:
        scripts: its own scripts, by their Unicode names. main: the one it uses most.
        length: length of its sentences relative to English.
    """

    scripts: frozenset[str]
    main: str
    length: float


@cache
def script_profile(code: str) -> ScriptProfile | None:
    """Measure the fixed sentences of a language file; None if there is no file for the language."""
    if code not in languages.codes():
        return None
    words, english = languages.load(code).words, languages.load("en").words
    pairs = [
        (_TEMPLATE_FIELD.sub("", wording), _TEMPLATE_FIELD.sub("", original))
        for key, original in english.items()
        if isinstance(original, str) and len(original) >= _MIN_SENTENCE and isinstance(wording := words[key], str)
        if wording != original or code == "en"  # a wording that the language lacks is the English one
    ]
    counts = _script_counts(" ".join(wording for wording, _ in pairs))
    own = frozenset(script for script, count in counts.items() if count >= _MIN_SCRIPT_SHARE * counts.total())
    length = sum(len(wording) for wording, _ in pairs) / sum(len(original) for _, original in pairs)
    return ScriptProfile(own, counts.most_common(1)[0][0], length)


def _script_counts(text: str) -> Counter[str]:
    """Count words by script; of Chinese, Japanese and Korean writing the single characters."""
    counts: Counter[str] = Counter()
    for word in letter_words(text):
        last = ""
        for letter in word:
            script = _script_of(letter)
            if script != last or script in _COUNTED_BY_LETTER:
                counts[script] += 1
            last = script
    return counts


@lru_cache(maxsize=8192)
def _script_of(letter: str) -> str:
    return re.split("[ -]", unicodedata.name(letter, "UNKNOWN"), maxsplit=1)[0]


def _number_error(source: str, target: str, pair: tuple[str, str]) -> str:
    """Return which number is missing or new; empty if the numbers agree.

    Each number has every value that it could be read as, since 1.000 is a thousand in one language and one in another;
    English is read in one way. A figure may replace a number word of the source, a Roman numeral a figure up to 39
    ("siglo XIX").
    """
    of_source, of_target = (list(_numbers(text, code)) for text, code in zip((source, target), pair, strict=True))
    partner = _match_values([values for _, values in of_source], [values for _, values in of_target])
    for index, (figure, _) in enumerate(of_source):
        roman = _ROMAN[int(figure)] if figure.isdecimal() and int(figure) < len(_ROMAN) else ""
        if index not in partner.values() and not (roman and re.search(rf"\b{roman}\b", target)):
            return f"the number {figure} is missing"
    spoken = [_VALUE_OF_WORD[word] for word in _ENGLISH_WORD.findall(source.lower()) if word in _VALUE_OF_WORD]
    for index, (figure, values) in enumerate(of_target):
        if index not in partner:
            value = next((value for value in spoken if Decimal(value) in values), None)
            if value is None:
                return f"the number {figure} is not in the source"
            spoken.remove(value)
    return ""


def _numbers(text: str, language: str) -> Iterator[tuple[str, _Values]]:
    """Yield each number as it is written, with its possible values.

    In other languages than English the last sign begins a fraction, or parts thousands like the others.
    """
    text = "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in text)
    for match in _NUMBER.finditer(text):
        figure = match[0]
        if language == "en" and _ENGLISH_NUMBER.fullmatch(figure):
            values = {Decimal(figure.replace(",", ""))}
        else:
            values = set()
            whole, sign, fraction = re.sub(r"[,٫]", ".", figure).rpartition(".")
            if sign and (re.fullmatch(r"\d+", whole) or _GROUPED.fullmatch(whole)):
                values.add(Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{fraction}"))
            if not values or _GROUPED.fullmatch(figure):  # an integer, or the digits of a version such as 3.5.1
                values.add(Decimal(re.sub(r"\D", "", figure)))
        scale = _SCALE.match(text, match.end())
        power = _SCALES[scale[0].strip().lower()] if scale else 0
        yield figure, frozenset(values | {value.scaleb(power) for value in values})


def _match_values(of_source: list[_Values], of_target: list[_Values]) -> dict[int, int]:
    """Pair as many numbers as possible that can mean the same: a maximum bipartite matching by augmenting paths.

    Returns:
        The index of the source's number by the index of the target's.
    """
    partner: dict[int, int] = {}

    def augment(index: int, tried: set[int]) -> bool:
        for other, values in enumerate(of_target):
            if other not in tried and values & of_source[index]:
                tried.add(other)
                if other not in partner or augment(partner[other], tried):
                    partner[other] = index
                    return True
        return False

    for index in range(len(of_source)):
        augment(index, set())
    return partner
