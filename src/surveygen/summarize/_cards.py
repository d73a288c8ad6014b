"""The quick review of one paper, filled only where its abstract is clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Field, PaperReview, Sentence
from surveygen.summarize._candidates import Statement, statements
from surveygen.summarize._english import either
from surveygen.summarize._keywords import code_link, keywords
from surveygen.summarize._language import language_of
from surveygen.summarize._rewrite import replay
from surveygen.summarize._roles import Label, speaks_of_problem, tells_result
from surveygen.summarize._split import split_sentences

SURE = 0.5  # probability from which a field is filled: shared/notes/roles.md, and benchmarks/train_roles.py prints it
SURER = 0.7  # where the words do not tell either whose method it is
_MOST = 3  # sentences in a field
_ASKS = re.compile(rf"\] (?:[\w-]+ ){{0,2}}{either('asks')},? (?:\w+ly )?{either('asked')}\b", re.IGNORECASE)
_SIGNIFICANCE = re.compile(rf"\b{either('significance')}", re.IGNORECASE)


def card(paper: Paper) -> PaperReview:
    """Sort what a paper says of itself into the fields that a reader looks for; what is unsure is left out."""
    said = statements(paper)
    significance = _picked(said, _matters)
    told = {sentence.evidence for sentence in significance}
    rest = [each for each in said if each.sentence.evidence not in told]
    code, where = code_link(paper)
    return PaperReview(
        paper=paper.id,
        one_liner=_one_liner(said),
        motivation=_picked(said, lambda each: each.labelled.role == "problem" and _sure(each, "background")),
        aims=_picked(rest, lambda each: _sure(each, "objective")),
        questions=tuple(islice(_questions(paper, said), _MOST)),
        methods=_picked(rest, _does),
        data=_data(paper),
        findings=_picked(rest, _finds),
        limits=_picked(said, lambda each: each.labelled.role == "limit"),
        significance=significance,
        keywords=keywords(paper),
        code=code,
        code_evidence=where,
    )


def _picked(said: Sequence[Statement], fits: Callable[[Statement], bool]) -> tuple[Sentence, ...]:
    return tuple(islice((each.sentence for each in said if fits(each)), _MOST))


def _sure(each: Statement, label: Label) -> bool:
    return each.labelled.label == label and each.labelled.sure >= SURE and each.labelled.role != "limit"


def _finds(each: Statement) -> bool:
    """Whether a result is told for sure: by its label and its words, or by words that leave no doubt."""
    if each.labelled.role != "finding" or each.labelled.sure < SURE:
        return False
    return each.labelled.label in ("method", "result") and tells_result(each.sentence.text)


def _does(each: Statement) -> bool:
    """Whether the authors, or what they made, do something; a sentence that names no authors must leave no doubt."""
    if each.labelled.role != "approach" or not _sure(each, "method"):
        return False
    return each.own == 1 or (each.labelled.sure >= SURER and not speaks_of_problem(each.sentence.plain))


def _matters(each: Statement) -> bool:
    text = each.sentence.plain
    said = each.late and each.labelled.role != "limit" and each.labelled.label != "background"
    return said and not text.startswith(("To ", "In order to ")) and bool(_SIGNIFICANCE.search(text))


def _one_liner(said: Sequence[Statement]) -> Sentence | None:
    """The first sentence in which the authors say what they do; else the first on aim, method or finding."""
    own = [each for each in said if each.labelled.role == "approach" and each.sentence.rule != "quote"]
    rest = [each for each in said if _does(each) or _sure(each, "objective") or (each.own == 1 and _finds(each))]
    foreign = [each for each in said if each.sentence.language != "en"]
    return next((each.sentence for each in [*own, *rest, *foreign]), None)


def _questions(paper: Paper, said: Sequence[Statement]) -> Iterator[Sentence]:
    """Yield what the paper asks: in its title, outright, or as what its authors investigate."""
    for start, end in _asked_in(paper.title):
        yield from _extracted(paper, "question", "title", start, end)
    for start, end in split_sentences(paper.abstract):
        if paper.abstract[end - 1] == "?":
            yield from _extracted(paper, "question", "abstract", start, end)
    yield from (
        each.sentence for each in said if each.labelled.label != "background" and _ASKS.search(each.sentence.text)
    )


def _asked_in(title: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a title that end in a question mark, without what a colon sets before them."""
    start = 0
    for mark in re.finditer(r"[?!.:]+(?=\s|\Z)", title):
        if mark[0] == "?":
            yield start + len(title[start:]) - len(title[start:].lstrip()), mark.end()
        start = mark.end()


def _data(paper: Paper) -> tuple[Sentence, ...]:
    """Return the sentence part that names most data sets and benchmarks; nothing if none is named."""
    if language_of(paper.abstract) != "en":
        return ()
    named = (
        made
        for start, end in split_sentences(paper.abstract)
        for made in _extracted(paper, "data", "abstract", start, end)
    )
    best = max(named, key=lambda each: each.plain.count(";"), default=None)
    return (best,) if best else ()


def _extracted(paper: Paper, rule: str, field: Field, start: int, end: int) -> Iterator[Sentence]:
    text = replay(rule, getattr(paper, field)[start:end], paper)
    if text is not None:
        yield Sentence(text, (paper.id,), (Evidence(paper.id, paper.version, field, start, end),), rule=rule)
