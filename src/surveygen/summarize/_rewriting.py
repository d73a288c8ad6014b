"""Rewrite a span of a paper as a sentence that names its source.

Only who said it is added to the words: rules, each with a name, run in a fixed order. The names of the rules that
changed something are stored with the sentence, and applying them to the same span again gives the same sentence.
Questions, names of data sets, results in numbers and quotations are extracted by rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from surveygen.domain.paper import Paper
from surveygen.domain.summary import QUOTATION
from surveygen.languages.detection import detect_language
from surveygen.summarize._data_names import data_names
from surveygen.summarize._english import phrases, word_list
from surveygen.summarize._full_text_words import names_on, phrase, quoted
from surveygen.summarize._results import extract_result
from surveygen.summarize._rewrite_rules import (
    AUTHORS,
    CITATION,
    DOCUMENT,
    RULES,
    Authorship,
    add_citation,
    author_label,
)
from surveygen.summarize._sentence_quality import flaw_reason, foreign_flaw_reason, has_dangling_reference

_UNCITABLE = re.compile(r"[\[\]\s]")
_LOWER_START = re.compile(r"[a-z]+(?:[-' ,]|\Z)")  # not mT5, which has a spelling of its own
_HEADING = re.compile(rf"\A{phrases('heading')}\s*[:.—–-]\s+(?=\S)", re.IGNORECASE)
LOOKING_BACK = re.compile(
    rf"\A{phrases('looking_back')} (?:(?!, )[^;:.]){{0,140}}?\b(?:this|these|those|such|that|them|it)\b"
    r"(?:(?!, )[^;:.]){0,90}, (?=(?:we|our|this|the authors?|the proposed|a|an|the)\b)",
    re.IGNORECASE,
)
_SPACED_STOPS = re.compile(r"(?<=[.!?])(?: \.)+\Z")
_IN_THIS_PAPER = re.compile(
    rf"\A(?:here|in (?:this|the present|the current|our) (?:\w+ )?(?:{DOCUMENT}))\b,? (?=\S)", re.IGNORECASE
)
_CONNECTIVE = re.compile(
    r"(?:But|And|Yet|So|Thus|Hence|Therefore|Then|Finally|Moreover|However|First|Second|Third|Next) "
    r"(?=we |our |this paper )"
)
_BARE_CONNECTIVE = re.compile(
    r"\A(?:But|And|Yet|(?:Accordingly|Additionally|Also|Consequently|Furthermore|Hence|Moreover|Therefore|Thus)"
    r"(?= [a-z])) (?=\w)"
)
_INNER_CONNECTIVES = (
    (re.compile(r"(?<=[\w)]), (?:however|therefore|thus|moreover|furthermore|hence|in turn), (?=\w)"), " "),
    (
        re.compile(r"\b(can|may|will|is|are|must|should|could|might) (?:therefore|thus|hence|consequently) "),
        r"\1 ",
    ),
    (re.compile(r"(?<=\w) (?:thus|hence|instead(?! of\b)) (?=\w)"), " "),
)

_ASKING = re.compile(rf"(?:{phrases('asking')})\b", re.IGNORECASE)
_MIN_QUESTION, _MAX_QUESTION = 4, 30  # words
_MAX_DATA = 6  # names


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The words with their citation, the rule that made them, and the language they are in."""

    text: str
    rule: str
    language: str


def rewrite(span: str, paper: Paper) -> Rewritten | None:
    """Rewrite one sentence of a paper so that it can stand alone.

    Returns:
        None if it cannot: it needs its neighbours, is a fragment or not prose, or the id cannot be in a citation mark.
    """
    if not _is_citable(span, paper):
        return None
    language = detect_language(span)
    if language != "en":
        return None if foreign_flaw_reason(span) else Rewritten(_quote(span, paper), "foreign", language)
    if _LOWER_START.match(span):
        return None  # the rest of a sentence that was cut
    text, applied = _apply(RULES, _without_links(span), paper)
    if flaw_reason(text):
        return None
    return Rewritten(_with_names(text, paper), "+".join(applied), "en")


def replay(rule: str, span: str, paper: Paper) -> str | None:
    """Apply a stored rule again; None if there is no such rule, or if it extracts nothing from the span."""
    if not _is_citable(span, paper):
        return None
    if rule in EXTRACTORS:
        text = EXTRACTORS[rule](span, paper)
        return _quote(text, paper) if text else None
    if rule == "foreign":
        return _quote(span, paper)
    names = rule.split("+")
    if not set(names) <= set(RULES):
        return None
    return _with_names(_apply(names, _without_links(span), paper)[0], paper)


def extract_question(span: str) -> str:
    """Return a question that can be understood alone, "" if the span is none."""
    text = " ".join(span.split())
    if not text.endswith("?") or not _ASKING.match(text) or not _MIN_QUESTION <= len(text.split()) <= _MAX_QUESTION:
        return ""
    return "" if has_dangling_reference(text) else text


def extract_data(span: str, context: str = "") -> str:
    """Return the names of data sets and benchmarks that a span mentions as such, "" if there are none.

    >>> extract_data("It wins on the MNIST, CIFAR-10 and SVHN datasets, and we also train GPT-4 on it.")
    'MNIST; CIFAR-10; SVHN'
    """
    return "; ".join(data_names(span, context)[:_MAX_DATA])


EXTRACTORS: Mapping[str, Callable[[str, Paper], str]] = {
    "question": lambda span, _: extract_question(span),
    "data": lambda span, paper: extract_data(span, paper.text),
    "result": lambda span, _: extract_result(span),
    "caption": lambda span, _: "; ".join(names_on(span)),
    "phrase": lambda span, _: phrase(span),
    QUOTATION: lambda span, paper: f"{AUTHORS} {'write' if author_label(paper)[1] else 'writes'}: {quoted(span)}.",
}


def _is_citable(span: str, paper: Paper) -> bool:
    return not _UNCITABLE.search(paper.id) and not any(mark in span for mark in (AUTHORS, CITATION, "[@"))


def _apply(rules: Iterable[str], text: str, paper: Paper) -> tuple[str, list[str]]:
    """Return the text after the rules, and the names of those that changed it."""
    authors = Authorship.of(paper)
    applied: list[str] = []
    for name in rules:
        changed = RULES[name](text, authors)
        if changed != text:
            applied.append(name)
            text = _capitalized(changed)
    return text, applied


def _quote(text: str, paper: Paper) -> str:
    return _with_names(add_citation(text, Authorship.of(paper)), paper)


def _with_names(text: str, paper: Paper) -> str:
    return text.replace(AUTHORS, f"{author_label(paper)[0]} [@{paper.id}]").replace(CITATION, f"[@{paper.id}]")


def _without_links(span: str) -> str:
    """Drop what only ties a sentence to the one before: headings, connectives, "to address this"."""
    text = _HEADING.sub("", " ".join(span.split()).replace("``", "“").replace("''", "”"))
    text = _SPACED_STOPS.sub("", text)
    for _ in range(4):
        head, comma, rest = text.partition(", ")
        if comma and head.lower() in word_list("connectives"):
            shorter = rest
        elif match := _CONNECTIVE.match(text):
            shorter = text[match.end() :]
        else:
            shorter = _BARE_CONNECTIVE.sub("", text)
        shorter = _IN_THIS_PAPER.sub("", LOOKING_BACK.sub("", shorter))
        if shorter == text:
            break
        text = _capitalized(shorter)
    for pattern, replacement in _INNER_CONNECTIVES:
        text = pattern.sub(replacement, text)
    return _capitalized(text)


def _capitalized(text: str) -> str:
    """Begin with a capital, unless the first word has a spelling of its own (mT5)."""
    return text[:1].upper() + text[1:] if _LOWER_START.match(text) else text
