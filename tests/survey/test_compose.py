"""The document: what it holds, in which order, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveygen.domain.citation import Citations, Told, Work, resolve
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.survey import Facts, Note, PaperList, Paragraph, Provenance, Survey, Table, YearChart
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.domain.writing import Card, Evidence, Sentence, Strand, ThemeSummary
from surveygen.languages import load
from surveygen.survey import Checks, Material, compose, mint

ENGLISH = load("en")
TOP, SUB, BARE = ThemeId("top"), ThemeId("top-sub"), ThemeId("bare")
TAXONOMY = Taxonomy(
    (Theme(TOP, "Top", description="What belongs here."), Theme(SUB, "Sub", TOP), Theme(BARE, "Bare")),
)


def _paper(number: int, **known: object) -> Paper:
    paper = Paper(
        PaperId(f"2001.{number:05}"),
        f"Title {number}",
        abstract=f"Problem {number} is open. We solve it. Results are good.",
        authors=(Author(f"Zoe Family{number}"),),
        published=f"20{10 + number}-01-01",
    )
    return paper.with_changes(**known)


def _sentence(paper: Paper, start: int, end: int) -> Sentence:
    evidence = Evidence(paper.id, paper.version, "abstract", start, end)
    return Sentence(f"{paper.abstract[start : end - 1]} [@{paper.id}].", (paper.id,), (evidence,))


def _material(*papers: Paper, themes: dict[str, ThemeId] | None = None) -> Material:
    placed = themes or {paper.id: SUB for paper in papers}
    cards = {paper.id: _card(paper) for paper in papers}
    return Material(
        slug="sample",
        title="Sample",
        generated_at="2026-01-01T00:00:00Z",
        papers=papers,
        taxonomy=TAXONOMY,
        assignments={
            PaperId(paper): Assignment(
                PaperId(paper), theme, TAXONOMY.path(theme), 0.5, None, 0.1, uncertain=False, method="nearest"
            )
            for paper, theme in placed.items()
        },
        summaries={
            SUB: ThemeSummary(SUB, "en", (Strand("approach", tuple(_sentence(paper, 19, 32) for paper in papers)),))
        },
        cards=cards,
        neighbours={},
        cite_keys=mint(papers, {}),
        selection={"delivered": 3, "quarantined": 1},
        provenance=Provenance("0", "c" * 64, "d" * 64, "lsa", "extractive", 0, ("a.jsonl",)),
        checks=Checks(lambda sentence: bool(sentence.evidence), lambda _sentences: 0.0),
    )


def _placed(paper: PaperId, theme: ThemeId) -> Assignment:
    path = TAXONOMY.path(theme)
    return Assignment(paper, theme, path, 0.5, None, 0.1, uncertain=False, method="nearest")


def _card(paper: Paper) -> Card:
    if not paper.abstract:
        return Card(paper.id)
    return Card(paper.id, aims=(_sentence(paper, 0, 18),), findings=(_sentence(paper, 33, 50),))


def _section(survey: Survey, name: str) -> list[object]:
    return [block for section in survey.sections if section.id == name for block in section.blocks]


def test_sections_stand_in_reading_order() -> None:
    """Front, themes from parent to child, back; a theme without papers has no section."""
    survey = compose(_material(_paper(1), _paper(2)), ENGLISH)

    assert [section.id for section in survey.sections] == [
        *("abstract", "glance", "method", "taxonomy", "overview", "theme-top", "theme-top-sub"),
        *("catalogue", "quality", "references"),
    ]
    assert [section.level for section in survey.sections if section.theme] == [1, 2]


def test_no_sentence_is_told_twice() -> None:
    """A span that one section has quoted is not quoted in the running text again."""
    material = _material(_paper(1), _paper(2))
    summary = material.summaries[SUB]
    survey = compose(replace(material, summaries={TOP: replace(summary, theme=TOP), SUB: summary}), ENGLISH)

    prose = [s for section in survey.sections for b in section.blocks if isinstance(b, Paragraph) for s in b.sentences]
    assert len({item for sentence in prose for item in sentence.evidence}) == len(prose)


def test_references_are_sorted_and_numbered_from_one() -> None:
    """The order does not depend on the order of the store."""
    first, second = _paper(1, authors=(Author("Z Zuse"),)), _paper(2, authors=(Author("A Babbage"),))
    survey = compose(_material(first, second), ENGLISH)

    assert [(entry.number, entry.paper.id) for entry in survey.entries] == [(1, second.id), (2, first.id)]


def test_quality_counts_every_claim() -> None:
    """Prose and table cells count; claims without evidence lower the share."""
    material = _material(_paper(1), _paper(2))
    bare = Sentence("Nothing supports it.", (), ())
    summaries = {TOP: ThemeSummary(TOP, "en", (Strand("finding", (bare,)),))}
    survey = compose(replace(material, summaries=summaries), ENGLISH)

    assert survey.quality.claim_sentences == len(list(survey.sentences())) == 6
    assert survey.quality.citation_coverage == pytest.approx(5 / 6)
    assert survey.quality.grounded_share == pytest.approx(5 / 6)
    assert survey.quality.quarantined_records == 1


def test_the_draft_says_that_notes_are_not_abstracts() -> None:
    """A reader learns which texts the editors wrote."""
    survey = compose(_material(_paper(1, abstract_kind="note"), _paper(2)), ENGLISH)

    notices = [block.text for block in _section(survey, "abstract") if isinstance(block, Note)]
    assert any("For 1 paper the text is a note written by the editors" in notice for notice in notices)
    assert survey.quality.editor_notes == 1


def test_papers_without_abstract_or_date_are_kept() -> None:
    """A bare record stands in the catalogue, is counted, and breaks nothing."""
    bare = _paper(1, abstract="", published=None, authors=())
    survey = compose(_material(bare), ENGLISH)

    assert survey.quality.papers_without_abstract == 1
    assert not _section(survey, "overview")
    assert not any(isinstance(block, Table) for block in _section(survey, "theme-top-sub"))


def test_years_are_charted_without_gaps() -> None:
    """A year with no papers is a gap in the field, not on the axis."""
    survey = compose(_material(_paper(1), _paper(4)), ENGLISH)

    chart, _ = _section(survey, "overview")
    assert isinstance(chart, YearChart)
    assert chart.years == (2011, 2012, 2013, 2014)
    assert chart.counts == ((1, 0), (0, 0), (0, 0), (1, 0))


def test_the_selection_is_accounted_for() -> None:
    """The method section gives the numbers of the store."""
    survey = compose(_material(_paper(1)), ENGLISH)

    rows = dict(row for block in _section(survey, "method") if isinstance(block, Facts) for row in block.rows)
    assert rows["Records read"] == "3"
    assert rows["Records set aside as unreadable"] == "1"


def test_composing_is_pure() -> None:
    """The same material gives an equal document."""
    material = _material(_paper(1), _paper(2), _paper(3))

    assert compose(material, ENGLISH) == compose(material, ENGLISH)


def _cited(*pairs: tuple[int, int]) -> Citations:
    ids = [PaperId(f"2001.{n:05}") for n in range(5)]
    told = [
        Told(ids[citing], "graph", (f"own:{citing}",), None, (Work((f"arxiv:{ids[cited]}",), "T"),), at="2026")
        for citing, cited in pairs
    ]
    return resolve([_paper(n) for n in range(1, 4)], told)


def test_the_most_cited_papers_are_listed() -> None:
    """Those that most others of the survey cite come first, with who told it; those never cited are left out."""
    citations = _cited((1, 2), (3, 2), (2, 1))
    material = replace(_material(_paper(1), _paper(2), _paper(3)), citations=citations, graphs={"graph": "A Graph"})
    survey = compose(material, ENGLISH)
    _, _, listed, note = _section(survey, "overview")

    assert isinstance(listed, PaperList)
    assert [(item.paper, item.detail) for item in listed.items] == [
        ("2001.00002", "citations in this survey: 2"),
        ("2001.00001", "citations in this survey: 1"),
    ]
    assert note == Note("Known citations between papers of this survey: 3, as told by A Graph.")
    assert [entry.standing.cited_by for entry in survey.entries if entry.standing] == [
        ("2001.00002",), ("2001.00001", "2001.00003"), (),
    ]  # fmt: skip
    assert survey.citations == citations.edges


def test_citations_need_no_dates() -> None:
    """Without a chart the section is about citations alone; without either there is none."""
    papers = [_paper(n, published=None) for n in range(1, 4)]
    material = _material(*papers)
    survey = compose(replace(material, citations=_cited((1, 2))), ENGLISH)

    (section,) = [section for section in survey.sections if section.id == "overview"]
    assert section.heading == "Most cited within this survey"
    assert not _section(compose(material, ENGLISH), "overview")


def test_a_paper_that_fits_no_theme_is_a_member_of_none() -> None:
    """It is not in counts, chart, sections or tables of themes; it is counted in the quality and in the method."""
    inside, stranger = _paper(1), _paper(2)
    material = _material(inside, stranger)
    places = {**material.assignments, stranger.id: replace(material.assignments[stranger.id], outside=True)}

    survey = compose(replace(material, assignments=places), ENGLISH)

    assert [(count.own, count.size) for count in survey.counts] == [((), 1), ((inside.id,), 1), ((), 0)]
    [chart] = [block for block in _section(survey, "overview") if isinstance(block, YearChart)]
    assert sum(map(sum, chart.counts)) == 1
    tables = [block for section in survey.sections for block in section.blocks if isinstance(block, Table)]
    assert [row.paper for table in tables for row in table.rows] == [inside.id]
    assert survey.quality.outside_papers == 1
    facts = [block.rows for block in _section(survey, "method") if isinstance(block, Facts)]
    assert ("Papers that fit no theme", "1") in facts[0]
    assert [entry.paper.id for entry in survey.entries] == [inside.id, stranger.id]


def test_reasons_and_border_cases_reach_the_document() -> None:
    """What placed a paper stands with its entry, the border cases with the count of their theme."""
    paper = _paper(1)
    why = Evidence(paper.id, 1, "abstract", 0, 18)

    survey = compose(replace(_material(paper), reasons={paper.id: (why,)}, border={SUB: (paper.id,)}), ENGLISH)

    assert survey.entries[0].reasons == (why,)
    assert [count.border for count in survey.counts] == [(), (paper.id,), ()]
