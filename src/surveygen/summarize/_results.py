"""Find what a sentence measured: a few of its words with the number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveygen.summarize._content import content_value, is_empty
from surveygen.summarize._english import phrases

_MAX_WORDS = 10
_UNIT = (
    r"(?:\$?\\?%\$?|\$? ?\\?%|[ -]?(?:percent\b|percentage points?\b|pp\b|times\b|-?fold\b|x\b|×|\\times)"
    r"|(?: ?/ ?| out of )\d+)"
)
_AMOUNT = rf"(?:~|≈ ?|[+<>≥≤] ?)?\$?[-+−]?\d(?:[\d,]*\d)?(?:\.\d+)?{_UNIT}?\$?(?: ?\(?(?:±|\+/-|\\pm) ?\d[\d.]*%?\)?)?"
_SPAN = rf"{_AMOUNT}(?:(?: ?[-–—] ?| to | and | ?→ ?){_AMOUNT})?(?! ?[-–]?\w*(?:shot|bit|billion|million)\b)"
_WORD = rf"(?!{phrases('no_measure_word')}\b)[\w@/'’.-]*\w"
_MEASURE = rf"(?:{_WORD} ){{0,2}}{phrases('measures')}(?: (?:scores?|rates?|values?))?"
_MUCH = rf"(?:{phrases('about_so_much')} )?{_SPAN}"
# A bare number goes with the words for what it counts, where some follow.
_COUNTED = rf"(?:(?<=%)|(?<=\$)|(?: {_WORD}){{1,2}}|(?= ?[,.;:)(]|\Z))"
_NOUNS = phrases("change_nouns")

# Such as: an accuracy of 92.3%, F1-score is improved by 27%, AUROC = 0.63.
_MEASURE_FIRST = (
    rf"{_MEASURE}(?: \([^()\d]{{1,30}}\))? ?"
    rf"(?:{phrases('so_much')}|(?:(?:is|are|was|were|has|have) (?:\w+ )?)?{phrases('reached')} {phrases('changed_to')})"
    rf" ?{_MUCH}"
)
# Such as: 95.3% accuracy, +16.9 F1, 0.058 reduction in MAE, 36% fewer operations.
_NUMBER_FIRST = (
    rf"{_SPAN} (?:BLEU |relative |absolute |average )?(?:{_MEASURE}"
    rf"|{_NOUNS}(?: (?:in|of) (?:the )?{_WORD}(?: {_WORD}){{0,2}})?|(?:{_WORD} ){{1,2}}{_NOUNS}"
    rf"|{phrases('comparatives')} {_WORD}(?: {_WORD})?|{phrases('speed')})"
)
# Such as: reduces annotation effort by over 80%, improve accuracy from 61% to 74%.
_VERB_FIRST = (
    rf"{phrases('changes')} (?:(?!(?:and|which|that|while|when|but)\b)[\w@/'’.-]+ ){{1,5}}?"
    rf"(?:by|from) {_MUCH}{_COUNTED}"
)
# Such as: gains of +16.9 F1.
_CHANGE_FIRST = (
    rf"{_NOUNS} (?:in {_WORD}(?: {_WORD})? )?(?:of|by|from) {_MUCH}{_COUNTED}(?: (?:in|of) {_WORD}(?: {_WORD})?)?"
)
_PATTERNS = tuple(
    re.compile(rf"(?<![\w.$-])(?P<told>{pattern})(?![\w$]|[.,]\d)", re.IGNORECASE)
    for pattern in (_MEASURE_FIRST, _NUMBER_FIRST, _VERB_FIRST, _CHANGE_FIRST)
)
_UNCERTAIN = re.compile(rf"\b{phrases('hope')} (?:\S+ )?\Z", re.IGNORECASE)


def extract_result(span: str) -> str:
    """Return the first words of a span that tell a measure with its number, verbatim; "" if there are none.

    >>> extract_result("On GLUE, our pruning reduces training time by over 40% and keeps an accuracy of 92.3%.")
    'reduces training time by over 40%'
    """
    text = " ".join(span.split())
    return min(_results(text), key=lambda found: (found[0], -len(found[1])), default=(0, ""))[1]


def tells_finding(text: str, title: str) -> bool:
    """Whether a sentence of the paper with this title tells a result that can be understood, and not only praise.

    >>> tells_finding("The results demonstrate a significant improvement in efficiency.", "Robots that sort")
    False
    """
    return not is_empty(text) and content_value(text, title, "finding") >= 0


def _results(text: str) -> Iterator[tuple[int, str]]:
    """Yield each phrase with where it starts."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            phrase = match["told"].rstrip(" ,;:")
            whole = phrase.count("$") % 2 == 0 and text[: match.start()].count("$") % 2 == 0
            if whole and len(phrase.split()) <= _MAX_WORDS and not _UNCERTAIN.search(text[: match.start()]):
                yield match.start(), phrase
