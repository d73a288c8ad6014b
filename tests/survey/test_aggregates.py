"""Sentences that count papers: what is counted, what is left out, and how it is written in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen import languages
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CITATION_MARK, Evidence, Facet, FacetName, PaperReview, Sentence
from surveygen.domain.survey import Paragraph
from surveygen.domain.text import MAX_TEXT
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.languages import load
from surveygen.summarize import number_error
from surveygen.survey import SurveyData
from surveygen.survey._aggregates import compare_themes, count_kinds, count_limits, write_profile
from surveygen.survey._introduction import write_conclusion
from surveygen.survey.context import ComposeContext

ENGLISH = load("en")
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
    """Each sentence counts one property; what fewer than three have, or the theme is named after, is not told."""
    words = plain(write_profile(context(MIXED), TAXONOMY[TOP]))

    assert words == [
        "Of the 7 papers, 3 propose methods, 2 present data sets or benchmarks, and 1 is a survey.",
        "Of these papers, 3 fine-tune models.",
        "Also among these papers, 3 name published code.",
        "Several papers use the same data set or benchmark: SQuAD (5 papers).",
        "Several papers study the same language: French (3 papers).",
    ]


def test_what_all_or_one_have_is_not_told() -> None:
    """Neither a kind of all papers nor one that a single paper has tells papers apart."""
    alike: list[Values] = [{"kind": ["method"], "model": ["BERT"]} for _ in range(6)]
    alike[0]["people"] = ["yes"]

    assert write_profile(context(alike), TAXONOMY[TOP]) is None


def test_published_code_of_a_sub_theme_is_not_told() -> None:
    """Code and people are told of top themes only, the kinds of work of all."""
    facets: list[Values] = [*[Values({"kind": ["method"], "code": ["yes"]})] * 3, {}, {}]

    kinds = "Of the 5 papers, 3 propose methods."
    assert plain(write_profile(context(facets), TAXONOMY[TOP])) == [kinds, "Of these papers, 3 name published code."]
    assert plain(write_profile(context(facets, [SUB] * 5), TAXONOMY[SUB])) == [kinds]


def test_neighboring_themes_name_what_they_share_in_other_words() -> None:
    """The first theme and the next have two wordings of the same sentence."""
    facets: list[Values] = [{"model": ["BERT"]}, {"model": ["BERT"]}, {"model": ["BERT"]}, {}]

    assert plain(write_profile(context(facets), TAXONOMY[TOP])) == [
        "Several papers test or use the same model: BERT (3 papers)."
    ]
    assert plain(write_profile(context(facets, [SUB] * 4), TAXONOMY[SUB])) == [
        "One model recurs in these papers: BERT (3 papers)."
    ]


@pytest.mark.parametrize("code", languages.codes())
def test_limits_since_a_year_are_counted_in_every_language(code: str) -> None:
    """The claim has the papers from that year on, or all; a single one is not told."""
    facets: list[Values] = [*[Values({"limit": ["yes"]})] * 4, {}]
    made = context(facets, code=code, years=[2020, 2023, 2024, 2025, 2025])
    sentence = count_limits(made, TAXONOMY[TOP], 2023)

    assert sentence is not None
    assert [(len(count.papers), count.total, count.since) for count in sentence.counts] == [(3, 4, 2023)]
    assert number_error(sentence, (), load(code).number) == ""
    assert {span.paper for span in sentence.evidence} == set(sentence.cites)
    assert count_limits(made, TAXONOMY[TOP], 2025) is None
    whole = count_limits(made, TAXONOMY[TOP])
    assert whole is not None
    assert [(len(count.papers), count.total, count.since) for count in whole.counts] == [(4, 5, 0)]
    assert number_error(whole, (), load(code).number) == ""


def test_papers_below_a_theme_and_of_the_survey_are_counted_alike() -> None:
    """The same function counts for a theme with sub-themes, and without a theme for all papers."""
    themes = [TOP, SUB, SUB, OTHER, OTHER, OTHER, OTHER]
    made = context(MIXED, themes)
    claims = {
        theme: [(count.value, len(count.papers), count.total, count.theme) for count in found[0].counts]
        for theme, found in ((it, sentences(write_profile(made, TAXONOMY[it] if it else None))) for it in (OTHER, None))
    }

    assert claims == {
        OTHER: [("resource", 2, 4, OTHER), ("survey", 1, 4, OTHER)],
        None: [("method", 3, 7, None), ("resource", 2, 7, None), ("survey", 1, 7, None)],
    }
    assert write_profile(made, TAXONOMY[TOP]) is None  # all three are methods on one data set


def test_a_theme_tells_what_sets_it_apart() -> None:
    """What the other papers use as often says nothing of a theme, but something of the survey; kinds always do."""
    method, analysis = Values({"kind": ["method"], "model": ["BERT"]}), Values({"kind": ["analysis"]})
    prompting = Values({"kind": ["analysis"], "access": ["prompting"]})
    facets = [method] * 3 + [prompting] * 3
    others = [method] * 3 + [analysis] * 3
    made = context(facets + others, [TOP] * 6 + [OTHER] * 6)

    assert plain(write_profile(made, TAXONOMY[TOP])) == [
        "Of the 6 papers, 3 are analyses and 3 propose methods.",
        "Of these papers, 3 work by prompting.",
    ]
    assert any("BERT (6 papers)" in text for text in plain(write_profile(made, None)))


def test_recent_papers_are_told_where_a_theme_has_more_of_them() -> None:
    """A theme that is newer than the others says so; the others do not."""
    kinds: list[Values] = [{"kind": ["method"]}, {"kind": ["method"]}, {"kind": ["analysis"]}, {"kind": ["analysis"]}]
    made = context(kinds * 2, [TOP] * 4 + [OTHER] * 4, years=[2018, 2024, 2025, 2025, 2015, 2016, 2017, 2018])

    assert plain(write_profile(made, TAXONOMY[TOP]))[-1] == "Of these papers, 3 are from 2024 or later."
    assert plain(write_profile(made, TAXONOMY[OTHER])) == ["Of the 4 papers, 2 are analyses and 2 propose methods."]


@pytest.mark.parametrize("code", languages.codes())
def test_every_language_counts_the_same(code: str) -> None:
    """Each edition has the counts of the English one, writes them itself, and marks each paper behind its count."""
    english = sentences(write_profile(context(MIXED), TAXONOMY[TOP]))
    own = sentences(write_profile(context(MIXED, code=code), TAXONOMY[TOP]))

    assert [sentence.counts for sentence in own] == [sentence.counts for sentence in english]
    for sentence in own:
        marks = [paper for count in sentence.counts for paper in count.papers]
        assert CITATION_MARK.findall(sentence.text) == marks
        assert {span.paper for span in sentence.evidence} == set(sentence.cites) == set(marks)
        assert number_error(sentence, (), load(code).number) == ""
        assert sentence.language == code
        assert "{" not in sentence.text


def test_a_translated_title_does_not_change_what_is_counted() -> None:
    """What the survey is named after is left out in every edition, also where the title does not name it."""
    made = context([Values({"data": ["Reading"], "model": ["BERT"]})] * 3 + [Values({})] * 3)
    data = replace(made.data, source_title="Reading", title="Lesen")
    german = ComposeContext.from_data(data, load("de"))

    own = sentences(write_profile(german, TAXONOMY[TOP]))
    english = sentences(write_profile(made, TAXONOMY[TOP]))

    assert [sentence.counts for sentence in own] == [sentence.counts for sentence in english]
    assert {count.facet for sentence in own for count in sentence.counts} == {"model"}


@pytest.mark.parametrize("code", languages.codes())
def test_every_wording_has_its_number_before_its_marks(code: str) -> None:
    """A part of a sentence has no other digit than its number, in each plural form."""
    language = load(code)
    for key in (key for key in ENGLISH.words if key.startswith("count_") and "{marks}" in str(ENGLISH.words[key])):
        for n in (1, 2, 3, 11, 25, 1000):
            text = language.say(key, n=n, value="V", marks="[@m]")
            before, number, after = text.partition(language.number(n))

            assert not any(map(str.isdigit, before + after))
            assert number
            assert "[@m]" in after


def contrasting(code: str = "en", less: int = 1) -> Paragraph | None:
    """Compare twelve papers, of which ten present data, with twelve of another theme."""
    resource: list[Values] = [{"kind": ["resource"]}]
    none: list[Values] = [{}]
    facets = resource * 10 + none * 2 + resource * less + none * 12
    return compare_themes(context(facets[:24], [TOP] * 12 + [OTHER] * 12, code))


def test_themes_are_compared_where_they_differ() -> None:
    """The largest and the smallest share stand side by side, each of its theme."""
    (sentence,) = sentences(contrasting())

    assert sentence.plain == (
        "Of the 12 papers on “German parsing”, 10 present data sets or benchmarks; "
        "of the 12 papers on “Speech”, 1 presents a data set or benchmark."
    )
    assert [(len(count.papers), count.theme) for count in sentence.counts] == [(10, TOP), (1, OTHER)]
    (none,) = plain(contrasting(less=0))
    assert none.endswith("10 present data sets or benchmarks, but none of the 12 papers on “Speech”.")


def test_a_difference_that_may_be_chance_is_not_told() -> None:
    """Ten of twelve against eight of twelve says nothing."""
    assert contrasting(less=8) is None


@pytest.mark.parametrize("code", languages.codes())
@pytest.mark.parametrize("less", [0, 1, 2])
def test_comparisons_are_written_in_every_language(code: str, less: int) -> None:
    """Numbers and marks are those of the claim."""
    (sentence,) = sentences(contrasting(code, less))

    assert CITATION_MARK.findall(sentence.text) == [paper for count in sentence.counts for paper in count.papers]
    assert number_error(sentence, ("German parsing", "Speech"), load(code).number) == ""


@given(st.lists(st.sampled_from(["method", "resource", "analysis", ""]), min_size=1, max_size=30))
def test_counts_are_right(kinds: list[str]) -> None:
    """Every count has exactly the papers that have the value, among all papers of the theme."""
    facets: list[Values] = [{"kind": [kind]} if kind else {} for kind in kinds]
    sentence = count_kinds(context(facets), TAXONOMY[TOP])

    assert sentence is None or len(sentence.counts[0].papers) >= 2
    for count in sentence.counts if sentence else ():
        assert [int(paper[1:]) for paper in count.papers] == [at for at, it in enumerate(kinds) if it == count.value]
        assert 1 <= len(count.papers) < count.total == len(kinds)


def test_a_count_of_thousands_is_left_out() -> None:
    """A sentence whose marks would not fit a stored text names the smaller counts only."""
    methods: list[Values] = [{"kind": ["method"]}] * 1500
    analyses: list[Values] = [{"kind": ["analysis"]}] * 150
    sentence = count_kinds(context([*methods, *analyses, {}]), TAXONOMY[TOP])

    assert sentence is not None
    assert [count.value for count in sentence.counts] == ["analysis"]
    assert len(sentence.text) < MAX_TEXT


def test_a_sentence_that_cites_too_many_papers_is_left_out() -> None:
    """Its marks would be cut where it is stored, so that it could not be checked again."""
    few, many = (context([{"limit": ["yes"]}] * size, years=[2010, *[2020] * (size - 1)]) for size in (150, 1500))

    assert count_limits(few, TAXONOMY[TOP], 2020) is not None
    assert count_limits(many, TAXONOMY[TOP], 2020) is None
    assert [len(write_conclusion(edition)) for edition in (few, many)] == [1, 0]
