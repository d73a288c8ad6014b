"""Sentences that count papers: what is counted, what is left out, and how it is written in every language."""

from __future__ import annotations

from collections.abc import Sequence

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Facet, FacetName, PaperReview, Sentence
from surveygen.domain.survey import Paragraph
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.languages import load
from surveygen.survey import SurveyData
from surveygen.survey._aggregates import write_profile
from surveygen.survey.context import ComposeContext

TOP, SUB, OTHER = ThemeId("top"), ThemeId("top-sub"), ThemeId("other")
TAXONOMY = Taxonomy((Theme(TOP, "German parsing"), Theme(SUB, "Treebanks", TOP), Theme(OTHER, "Speech")))
Values = dict[FacetName, list[str]]


def context(
    facets: Sequence[Values], themes: Sequence[ThemeId] = (), code: str = "en", years: Sequence[int] = ()
) -> ComposeContext:
    """Return the context of papers with these values; all are in the theme "German parsing" unless said otherwise."""
    papers = [
        Paper(
            PaperId(f"p{at:03}"),
            f"Title {at}",
            abstract=f"Sentence {at} tells all.",
            published=f"{years[at]}-01-01" if years else None,
        )
        for at in range(len(facets))
    ]
    placed = {
        paper.id: Assignment(paper.id, theme, TAXONOMY.path(theme), 0.5, None, 0.1, uncertain=False, method="nearest")
        for paper, theme in zip(papers, themes or [TOP] * len(papers), strict=True)
    }
    reviews = {
        paper.id: PaperReview(
            paper.id,
            facets=tuple(
                Facet(name, value, Evidence(paper.id, 1, "abstract", 0, len(paper.abstract)))
                for name, values in found.items()
                for value in values
            ),
        )
        for paper, found in zip(papers, facets, strict=True)
    }
    data = SurveyData(papers=tuple(papers), taxonomy=TAXONOMY, assignments=placed, reviews=reviews, title="Reading")
    return ComposeContext.from_data(data, load(code))


def sentences(paragraph: Paragraph | None) -> list[Sentence]:
    """Return the sentences of a paragraph, none without one."""
    return list(paragraph.sentences) if paragraph else []


def plain(paragraph: Paragraph | None) -> list[str]:
    """Return the words of a paragraph without the marks."""
    return [sentence.plain for sentence in sentences(paragraph)]


MIXED: list[Values] = [
    *[Values({"kind": ["method"], "data": ["SQuAD"], "access": ["fine-tuning"], "code": ["yes"]})] * 3,
    *[Values({"kind": ["resource"], "data": ["s-quads"], "language": ["de", "fr"], "people": ["yes"]})] * 2,
    {"kind": ["survey"], "data": ["MMLU"], "language": ["fr"]},
    {},
]


def test_a_profile_tells_kinds_first_then_what_papers_share() -> None:
    """A part has the number of its papers; what one paper has alone, or the theme is named after, is not told."""
    words = plain(write_profile(context(MIXED), TAXONOMY[TOP]))

    assert words == [
        "Of the 7 papers, 3 propose methods and 2 present data sets or benchmarks.",
        "Several papers use the same data set or benchmark: SQuAD (5 papers).",
        "Several papers study the same language: French (3 papers).",
        "Among them, 3 fine-tune models, 3 name published code, and 2 involve human judges or participants.",
    ]
