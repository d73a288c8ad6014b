"""Turn a span of a paper into a sentence that names its source.

Nothing is added to the words but who said them: fixed steps, each with a name, run in a fixed order. The names of the
steps that changed something are the rule of the sentence, and replaying them on the same span gives the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from surveygen.domain.paper import Paper
from surveygen.domain.person_names import family_name
from surveygen.summarize._english import either, words
from surveygen.summarize._extracts import EXTRACTS
from surveygen.summarize._language import language_of
from surveygen.summarize._sentence_quality import flaw_reason, foreign_flaw_reason
from surveygen.summarize._steps import STEPS, TEXTS, quote
from surveygen.summarize._who import CITED, NAMED, Who, called

_UNCITABLE = re.compile(r"[\[\]\s]")
_LABEL = re.compile(rf"\A{either('heading')}\s*[:.—–-]\s+(?=\S)", re.IGNORECASE)
_OPENER = re.compile(
    rf"\A{either('looking_back')} (?:(?!, )[^;:.]){{0,140}}?\b(?:this|these|those|such|that|them|it)\b"
    r"(?:(?!, )[^;:.]){0,90}, (?=(?:we|our|this|the authors?|the proposed|a|an|the)\b)",
    re.IGNORECASE,
)
_IN_THIS_PAPER = re.compile(
    rf"\A(?:here|in (?:this|the present|the current|our) (?:\w+ )?(?:{TEXTS}))\b,? (?=\S)", re.IGNORECASE
)

_BARE_CONNECTIVE = re.compile(
    r"\A(?:But|And|Yet|(?:Accordingly|Additionally|Also|Consequently|Furthermore|Hence|Moreover|Therefore|Thus)"
    r"(?= [a-z])) (?=\w)"
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The words with their citation, the rule that made them, and the language they are in."""

    text: str
    rule: str
    language: str


def rewrite(span: str, paper: Paper) -> Rewritten | None:
    """Rewrite one sentence of a paper so that it stands on its own.

    Returns:
        None if it cannot: it leans on its neighbours, is a fragment or no prose, or the id cannot stand in a marker.
    """
    if _uncitable(span, paper):
        return None
    language = language_of(span)
    if language != "en":
        text = None if foreign_flaw_reason(span) else _finish(quote(span, _who(paper)), paper)
        return Rewritten(text, "foreign", language) if text else None
    if re.match(r"[a-z]+(?:[-' ,]|\Z)", span):
        return None  # the rest of a sentence that was cut
    text, applied = _run(_open(span), paper, STEPS)
    if flaw_reason(text):
        return None
    return Rewritten(_finish(text, paper), "+".join(applied), "en")


def replay(rule: str, span: str, paper: Paper) -> str | None:
    """Apply a recorded rule again; None if there is no such rule, or nothing that it could take out."""
    if _uncitable(span, paper):
        return None
    if rule in EXTRACTS:
        found = EXTRACTS[rule](span)
        return _finish(quote(found, _who(paper)), paper) if found else None
    if rule == "foreign":
        return _finish(quote(span, _who(paper)), paper)
    names = rule.split("+")
    if not set(names) <= set(STEPS):
        return None
    return _finish(_run(_open(span), paper, names)[0], paper)


def _uncitable(span: str, paper: Paper) -> bool:
    return bool(_UNCITABLE.search(paper.id)) or any(mark in span for mark in (NAMED, CITED, "[@"))


def _run(text: str, paper: Paper, names: Iterable[str]) -> tuple[str, list[str]]:
    who = _who(paper)
    applied: list[str] = []
    for name in names:
        changed = STEPS[name](text, who)
        if changed != text:
            applied.append(name)
            text = _capital(changed)
    return text, applied


def _who(paper: Paper) -> Who:
    authors = tuple(author.name for author in paper.authors[:6])
    return Who(first=family_name(authors[0]) if authors else "", plural=called(paper)[1], authors=authors)


def _finish(text: str, paper: Paper) -> str:
    name, _ = called(paper)
    return text.replace(NAMED, f"{name} [@{paper.id}]").replace(CITED, f"[@{paper.id}]")


def _open(span: str) -> str:
    """Drop what only ties a sentence to the one before: headings, connectives, "to address this"."""
    text = _LABEL.sub("", " ".join(span.split()).replace("``", "“").replace("''", "”"))
    for _ in range(4):
        shorter = _IN_THIS_PAPER.sub("", _OPENER.sub("", _without_connective(text)))
        if shorter == text:
            break
        text = _capital(shorter)
    text = re.sub(r"(?<=[\w)]), (?:however|therefore|thus|moreover|furthermore|hence|in turn), (?=\w)", " ", text)
    text = re.sub(
        r"\b(can|may|will|is|are|must|should|could|might) (?:therefore|thus|hence|consequently) ", r"\1 ", text
    )
    text = re.sub(r"(?<=\w) (?:thus|hence|instead(?! of\b)) (?=\w)", " ", text)
    return _capital(text)


def _without_connective(text: str) -> str:
    head, comma, rest = text.partition(", ")
    if comma and head.lower() in words("connectives"):
        return rest
    match = re.match(
        r"(?:But|And|Yet|So|Thus|Hence|Therefore|Then|Finally|Moreover|However|First|Second|Third|Next) "
        r"(?=we |our |this paper )",
        text,
    )
    if match:
        return text[match.end() :]
    return _BARE_CONNECTIVE.sub("", text)


def _capital(text: str) -> str:
    """Begin with a capital, unless the first word has a spelling of its own (mT5)."""
    first = re.match(r"[a-z]+(?:[-' ,]|\Z)", text)
    return text[:1].upper() + text[1:] if first else text
