"""Write sentences that count papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Count, Evidence, Role, Sentence
from surveygen.survey.context import ComposeContext


def count_sentence(
    context: ComposeContext,
    key: str,
    counts: Sequence[Count],
    evidence: Sequence[Evidence],
    *,
    role: Role = "other",
    **values: object,
) -> Sentence:
    """Write fixed words of the edition's language around counts, citing the papers that are counted.

    Args:
        context: of the edition.
        key: of the wording, which may name `{n}`, `{all}` and `{marks}` of the first count and the other values.
        counts: what the sentence counts; all are repeated by `verify`.
        evidence: a span for each paper counted.
        role: of the sentence.
        **values: further values of the wording, written as they are.
    """
    first = counts[0]
    text = context.say(key, n=len(first.papers), all=first.total, marks=citation_marks(first.papers), **values)
    return Sentence(
        text=text,
        cites=tuple(dict.fromkeys(paper for count in counts for paper in count.papers)),
        evidence=tuple(evidence),
        method="aggregate",
        role=role,
        language=context.language.code,
        counts=tuple(counts),
    )


def citation_marks(papers: Iterable[PaperId]) -> str:
    """Return the citation marks of papers, as they stand in the text of a sentence."""
    return " ".join(f"[@{paper}]" for paper in papers)
