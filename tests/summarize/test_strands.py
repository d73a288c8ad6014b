"""Strands of a theme: which papers stand together, on which topic, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Facet, PaperReview, SubtopicSummary
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.summarize import ThemeInput, check_grounding, is_whole_sentence, recount
from surveygen.summarize.extractive import Extractive

THEME = Theme(ThemeId("judges"), "Language Model Judges")
NOTHING = Embeddings((), np.zeros((0, 2), np.float32), "none")
SUBJECTS = ("pairwise debate", "reward models", "rubric trees")
NAMES = ("Alpha", "Bravo", "Delta", "Gamma", "Kappa", "Lambda", "Omega", "Sigma", "Theta", "Vega", "Yotta", "Zeta")


FIELDS = (
    *("law courts", "song lyrics", "tax forms", "road signs", "chess games", "bird calls"),
    *("tide tables", "news wires", "star maps", "old maps", "train plans", "wine notes"),
)


def paper(number: int, year: int | None = None) -> Paper:
    """Make a paper on one of three subjects, in a field of its own."""
    name, subject, area = NAMES[number], SUBJECTS[number % 3], FIELDS[number]
    return Paper(
        PaperId(f"p{number:02}"),
        f"{name}Judge: Better Verdicts by {subject.title()}",
        f"Judges misread {area} because {area} are written by hand in {name}. In this paper, we propose "
        f"{name}Judge, which combines {subject} with {area} of {name} by asking twice. Experiments show that "
        f"{name}Judge reduces errors on {area} by {10 + number}%. However, {name}Judge fails to read {area} that are "
        f"older than {name}.",
        (Author(f"Ann {name}son"), Author("Bo Li"), Author("Cy Doe")),
        published=f"{year or 2012 + number}-01-01",
    )


PAPERS = [paper(number) for number in range(12)]


def strands(
    papers: list[Paper] = PAPERS,
    limit: int = 16,
    theme: Theme = THEME,
    reviews: Mapping[PaperId, PaperReview] = MappingProxyType({}),
    citations: Mapping[PaperId, tuple[PaperId, ...]] = MappingProxyType({}),
) -> tuple[SubtopicSummary, ...]:
    """Summarize papers without vectors."""
    source = ThemeInput(theme, papers, Taxonomy((theme,)), NOTHING, reviews, (), limit, "en", citations=citations)
    return Extractive().summarize_theme(source).strands


def cited(strand: SubtopicSummary) -> list[PaperId]:
    """List the papers of the sentences of a strand."""
    return [sentence.cites[0] for sentence in strand.sentences]


def test_a_strand_shares_its_topic() -> None:
    """The papers that speak in a strand on a topic all have it, as have all papers that it counts, each with a span."""
    by_id = {item.id: item for item in PAPERS}
    found = [strand for strand in strands() if strand.topic]

    assert {strand.topic for strand in found} <= set(SUBJECTS)
    for strand in found:
        assert set(cited(strand)) <= set(strand.papers)
        assert {item.id for item in PAPERS if recount(item, "phrase", strand.topic)} == set(strand.papers)
        assert [span.paper for span in strand.evidence] == list(strand.papers)
        assert all(is_whole_sentence(span, by_id[span.paper]) for span in strand.evidence)


def test_approach_and_finding_of_a_paper_stand_together() -> None:
    """A paper says what it does, then perhaps what it found, before the next speaks; the oldest is first."""
    for strand in (strand for strand in strands() if strand.axis == "methods"):
        roles_of: dict[PaperId, list[str]] = {}
        for sentence in strand.sentences:
            roles_of.setdefault(sentence.cites[0], []).append(sentence.role)

        assert next(iter(roles_of)) == min(roles_of)
        assert cited(strand) == [name for name, roles in roles_of.items() for _ in roles]
        assert all(roles in (["approach"], ["approach", "finding"]) for roles in roles_of.values())


def test_no_strand_has_one_paper() -> None:
    """A paper never stands alone where others could stand beside it."""
    assert all(len(set(cited(strand))) > 1 for strand in strands() if strand.axis == "methods")


def test_strands_follow_the_axis_of_a_section() -> None:
    """Background, data, analyses, methods, limits."""
    kinds = {PAPERS[number].id: kind for number, kind in ((0, "resource"), (3, "resource"), (6, "resource"))}
    span = Evidence(PAPERS[0].id, 1, "title", 0, 5)
    reviews = {name: PaperReview(name, facets=(Facet("kind", kind, span),)) for name, kind in kinds.items()}

    axes = list(dict.fromkeys(strand.axis for strand in strands(reviews=reviews)))

    order = ["background", "resources", "analyses", "methods", "limits"]
    assert axes == [axis for axis in order if axis in axes]
    assert {"background", "resources", "methods", "limits"} <= set(axes)


def test_a_paper_follows_the_one_that_it_cites() -> None:
    """Citations go before dates."""
    strand = next(strand for strand in strands() if strand.topic)
    first, second, *others = dict.fromkeys(cited(strand))

    citing = strands(citations={first: (second,)})

    [strand] = [other for other in citing if other.topic == strand.topic]
    order = list(dict.fromkeys(cited(strand)))
    assert order.index(second) < order.index(first)
    assert {*others} <= {*order}


def test_most_papers_are_cited() -> None:
    """Where there are not enough sentences for two of each paper, most papers have one."""
    made = strands(limit=12)

    assert sum(len(strand.sentences) for strand in made) <= 12
    assert len({paper for strand in made for paper in cited(strand)}) >= 2 / 3 * len(PAPERS)


def test_a_theme_has_text_if_its_papers_have_sentences() -> None:
    """A problem that names nothing of the theme is told where there is nothing else."""
    alone = Paper(PaperId("p"), "Notes on Goals", "Systems need to act as people want, but people differ.", ())

    assert [cited(strand) for strand in strands([alone], theme=Theme(ThemeId("t"), "Deception"))] == [["p"]]


def test_words_of_the_theme_are_no_topic() -> None:
    """What the theme is called does not set papers of it apart."""
    named = Theme(ThemeId("t"), "Reward models")
    made = strands(theme=named)

    assert "reward models" not in {strand.topic for strand in made}


@pytest.mark.parametrize("limit", [0, 1, 2, 5, 40])
def test_the_limit_is_kept(limit: int) -> None:
    """Never more sentences of papers than asked for."""
    assert sum(len(strand.sentences) for strand in strands(limit=limit)) <= limit


@given(st.permutations(PAPERS), st.integers(0, 30))
def test_the_order_of_papers_does_not_matter(papers: list[Paper], limit: int) -> None:
    """The same members in any order give the same strands, no sentence twice, and each is found in its paper."""
    made = strands(papers, limit)
    by_id = {item.id: item for item in PAPERS}
    sentences = [sentence for strand in made for sentence in strand.sentences]

    assert made == strands(PAPERS, limit)
    assert len({sentence.evidence for sentence in sentences}) == len(sentences)
    assert all(check_grounding(sentence, lambda name, _: by_id[name]).ok for sentence in sentences)


def test_limits_of_the_newest_papers_are_grouped() -> None:
    """A group joins two papers or more on one phrase, counts the newest papers with it, and repeats nothing."""
    source = ThemeInput(THEME, PAPERS, Taxonomy((THEME,)), NOTHING, {}, (), 5, "en")
    made = Extractive().summarize_theme(source)
    newest = [item for item in PAPERS if (item.year or 0) >= made.since]
    in_strands = {sentence.evidence for strand in made.strands for sentence in strand.sentences}

    assert made.limits
    assert len(PAPERS) / 3 <= len(newest) <= len(PAPERS) / 2
    for group in made.limits:
        assert len(set(cited(group))) > 1
        assert set(group.papers) == {item.id for item in newest if recount(item, "phrase", group.topic)}
        assert set(cited(group)) <= (set(group.papers) or {item.id for item in newest})
        assert in_strands.isdisjoint(sentence.evidence for sentence in group.sentences)
