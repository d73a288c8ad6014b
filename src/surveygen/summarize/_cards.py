"""The quick review of one paper, filled only where its abstract is clear."""

from __future__ import annotations

from collections.abc import Sequence

from surveygen.domain.paper import Paper
from surveygen.domain.writing import Card, Sentence
from surveygen.summarize._keywords import code_link, keywords
from surveygen.summarize._roles import Label
from surveygen.summarize._sentences import Statement, statements

SURE = 0.5  # probability from which a field is filled: shared/notes/roles.md, and benchmarks/train_roles.py prints it
_MOST = 3  # sentences in a field


def card(paper: Paper) -> Card:
    """Sort what a paper says of itself into aims (or, where none is told, motivation), methods, findings and limits."""
    said = statements(paper)
    return Card(
        paper=paper.id,
        one_liner=_one_liner(said),
        aims=_field(said, "objective") or _field(said, "background")[:1],
        methods=_field([each for each in said if each.labelled.role == "approach"], "method"),
        findings=_field(said, "result"),
        limits=tuple(each.sentence for each in said if each.labelled.role == "limit")[:_MOST],
        keywords=keywords(paper),
        code=code_link(paper),
    )


def _field(said: Sequence[Statement], label: Label) -> tuple[Sentence, ...]:
    sure = (each for each in said if each.labelled.label == label and each.labelled.sure >= SURE)
    return tuple(each.sentence for each in sure if each.labelled.role != "limit")[:_MOST]


def _one_liner(said: Sequence[Statement]) -> Sentence | None:
    """The first sentence in which the authors say what they do; else the first on method, then on findings."""
    own = [each for each in said if each.labelled.role == "approach" and each.sentence.rule != "quote"]
    rest = [each for role in ("approach", "finding", "problem") for each in said if each.labelled.role == role]
    foreign = [each for each in said if each.sentence.language != "en"]
    return next((each.sentence for each in [*own, *rest, *foreign]), None)
