"""The document: what it holds, in which order, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.changes import Changes
from surveygen.domain.citation import FULL_TEXT, CitationRecord, Citations, CitedWork, resolve_citations
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import (
    MAX_GLUE_SHARE,
    Evidence,
    Facet,
    Field,
    FrontMatter,
    PaperReview,
    Sentence,
    SubtopicSummary,
    ThemeSummary,
)
from surveygen.domain.survey import (
    ComparisonTable,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    PrismaFlow,
    Provenance,
    SimilarityMatrix,
    Survey,
    YearChart,
)
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.languages import codes, load
from surveygen.survey import QualityChecks, SurveyData, compose, make_cite_keys, with_change_report

ENGLISH = load("en")
_FLAWS = {"They": "dangling", "Head": "fragment", "Odd:": "other"}
TOP, SUB, BARE = ThemeId("top"), ThemeId("top-sub"), ThemeId("bare")
TAXONOMY = Taxonomy(
    (
        Theme(TOP, "Top", description="What belongs here.", keywords=("judges",)),
        Theme(SUB, "Sub", TOP),
        Theme(BARE, "Bare"),
    ),
)


def _paper(number: int, **known: object) -> Paper:
    paper = Paper(
        PaperId(f"2099.{number:05}"),  # there is no month 99, so that the id tells no date
        f"Title {number}",
        abstract=f"Problem {number} is open. We solve it. Results are good.",
        authors=(Author(f"Zoe Family{number}"),),
        published=f"{2010 + number % 50}-01-01",
    )
    return paper.with_changes(**known)


def _sentence(paper: Paper, start: int, end: int) -> Sentence:
    evidence = Evidence(paper.id, paper.version, "abstract", start, end)
    return Sentence(f"{paper.abstract[start : end - 1]} [@{paper.id}].", (paper.id,), (evidence,))


def _material(*papers: Paper, themes: dict[str, ThemeId] | None = None) -> SurveyData:
    placed = themes or {paper.id: SUB for paper in papers}
    cards = {paper.id: _card(paper) for paper in papers}
    return SurveyData(
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
            SUB: ThemeSummary(
                SUB, "en", (SubtopicSummary("approach", tuple(_sentence(paper, 19, 32) for paper in papers)),)
            )
        },
        reviews=cards,
        neighbors={},
        cite_keys=make_cite_keys(papers, {}),
        selection={"delivered": 3, "quarantined": 1},
        provenance=Provenance("0", "c" * 64, "d" * 64, "lsa", "extractive", 0, ("a.jsonl",)),
        checks=QualityChecks(
            lambda sentence: bool(sentence.evidence),
            lambda sentence: _FLAWS.get(sentence.text[:4], ""),
        ),
    )


def _placed(paper: PaperId, theme: ThemeId) -> Assignment:
    path = TAXONOMY.path(theme)
    return Assignment(paper, theme, path, 0.5, None, 0.1, uncertain=False, method="nearest")


def _card(paper: Paper) -> PaperReview:
    if not paper.abstract:
        return PaperReview(paper.id)
    finding = _sentence(paper, 33, 50)
    return PaperReview(
        paper.id, _sentence(paper, 19, 32), (_sentence(paper, 0, 18),), (), (finding,), results=(finding,)
    )


def _section(survey: Survey, name: str) -> list[object]:
    return [block for section in survey.sections if section.id == name for block in section.blocks]


def test_sections_stand_in_reading_order() -> None:
    """Front, themes from parent to child, back; a theme without papers has no section."""
    survey = compose(_material(_paper(1), _paper(2)), ENGLISH)

    assert [section.id for section in survey.sections] == [
        *("abstract", "glance", "introduction", "taxonomy", "overview", "theme-top", "theme-top-sub"),
        *("method", "catalogue", "quality", "references"),
    ]
    assert [section.level for section in survey.sections if section.theme] == [1, 2]


def test_no_sentence_is_told_twice() -> None:
    """A span that one section has quoted is not quoted in the running text again."""
    material = _material(_paper(1), _paper(2))
    summary = material.summaries[SUB]
    survey = compose(replace(material, summaries={TOP: replace(summary, theme=TOP), SUB: summary}), ENGLISH)

    prose = [s for section in survey.sections for b in section.blocks if isinstance(b, Paragraph) for s in b.sentences]
    assert len({item for sentence in prose for item in sentence.evidence}) == len(prose)


def _glue(number: int) -> Sentence:
    return Sentence(f"Further papers turn to results of kind {'i' * number}.", (), (), method="glue")


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), st.booleans()), min_size=1, max_size=6))
def test_what_other_sections_quote_leaves_no_surplus_of_glue(shape: list[tuple[int, int, bool]]) -> None:
    """Of the sentences of a section at most 15 % only connect others; glue is left out, nothing else is."""
    papers = [_paper(number) for number in range(sum(size for size, *_ in shape))]
    left, strands, quoted = iter(papers), [], []
    for at, (size, glue, elsewhere) in enumerate(shape):
        sentences = [_sentence(next(left), 19, 32) for _ in range(size)]
        quoted += sentences if elsewhere else []
        connecting = [_glue(10 * at + number) for number in range(glue)]
        strands.append(SubtopicSummary("approach", (*sentences, *connecting), topic=f"topic {at}"))
    material = replace(
        _material(*papers),
        summaries={SUB: ThemeSummary(SUB, "en", tuple(strands))},
        front_matter=FrontMatter(introduction=tuple(quoted)),
    )

    survey = compose(material, ENGLISH)

    for section in survey.sections:
        methods = [sentence.method for sentence in section.sentences()]
        assert methods.count("glue") <= MAX_GLUE_SHARE * len(methods)
    cited = [sentence.plain for sentence in survey.sentences() if sentence.method == "extractive"]
    assert {sentence.plain for paper in papers for sentence in [_sentence(paper, 19, 32)]} <= set(cited)


def test_references_are_sorted_and_numbered_from_one() -> None:
    """The order does not depend on the order of the store."""
    first, second = _paper(1, authors=(Author("Z Zuse"),)), _paper(2, authors=(Author("A Babbage"),))
    survey = compose(_material(first, second), ENGLISH)

    assert [(entry.number, entry.paper.id) for entry in survey.entries] == [(1, second.id), (2, first.id)]


def test_quality_counts_every_claim() -> None:
    """Prose and table cells count; claims without evidence lower the share."""
    material = _material(*(_paper(n) for n in range(3)))
    bare = Sentence("Nothing supports it.", (), ())
    summaries = {TOP: ThemeSummary(TOP, "en", (SubtopicSummary("finding", (bare,)),))}
    survey = compose(replace(material, summaries=summaries), ENGLISH)

    assert survey.quality.claim_sentences == len(list(survey.sentences())) == 5
    assert survey.quality.citation_coverage == pytest.approx(4 / 5)
    assert survey.quality.grounded_share == pytest.approx(4 / 5)
    assert survey.quality.quarantined_records == 1


def _told(paper: Paper, text: str, start: int, *others: Paper, name: str = "") -> Sentence:
    """A sentence of a paper, by a span of its own."""
    papers = [paper, *others]
    marks = " ".join(f"[@{one.id}]" for one in papers)
    spans = tuple(Evidence(one.id, 1, "abstract", start, start + 1) for one in papers)
    return Sentence(f"{name}{text} {marks}.", tuple(one.id for one in papers), spans)


def test_quality_counts_what_a_reader_sees_twice() -> None:
    """Sentences that differ in the authors' name and the mark only, titles in lists, and lines of the catalogue."""
    text = "propose judges that score pairs of long answers"
    papers = [_paper(n, title=f"A title of more than thirty letters, number {n}") for n in range(2)]
    told = [_told(paper, text, 0, name=f"Family{n} ") for n, paper in enumerate(papers)]
    material = _material(*papers)
    cards = {paper.id: PaperReview(paper.id, one_liner=told[1]) for paper in papers}
    summaries = {SUB: ThemeSummary(SUB, "en", (SubtopicSummary("approach", tuple(told)),))}

    twice = compose(replace(material, reviews=cards, summaries=summaries), ENGLISH).quality
    once = compose(replace(material, reviews=cards, summaries={}), ENGLISH).quality
    listed = _material(*papers, themes={papers[0].id: SUB, papers[1].id: BARE})
    bridge = replace(listed.assignments[papers[0].id], secondary=(BARE,))
    listed = replace(listed, reviews=_bare_cards(papers), assignments={**listed.assignments, papers[0].id: bridge})
    again = compose(replace(listed, summaries={}), ENGLISH).quality

    assert twice.redundancy == pytest.approx(2 / 4)  # two sentences, two titles
    assert once.redundancy == pytest.approx(2 / 4)  # the lines of the catalogue in place of the sentences
    assert again.redundancy == pytest.approx(2 / 3)  # a title in the list and in the catalogue


def test_quality_measures_the_running_text() -> None:
    """Papers cited, sentences that cite several papers, sentences of a paragraph."""
    papers = [_paper(n) for n in range(4)]
    first, second, third, fourth = papers
    told = (_told(first, "It works", 0), _told(first, "Both work", 1, second), _told(third, "It fails", 0))
    summaries = {SUB: ThemeSummary(SUB, "en", (SubtopicSummary("approach", told),))}

    quality = compose(replace(_material(*papers), summaries=summaries, reviews=_bare_cards(papers)), ENGLISH).quality

    assert quality.papers_in_prose == pytest.approx(3 / 4)
    assert quality.joint_citations == pytest.approx(1 / 3)
    assert quality.paragraph_sentences == 3
    assert fourth.id not in {paper for sentence in told for paper in sentence.cites}


def _bare_cards(papers: Sequence[Paper]) -> dict[PaperId, PaperReview]:
    return {paper.id: PaperReview(paper.id) for paper in papers}


def test_quality_counts_flaws_of_the_running_text() -> None:
    """Words that point at nothing and fragments are counted apart; what a person wrote is theirs."""
    paper = _paper(1)
    texts = ("They work", "They fail", "Headline", "Odd: text", "Good text")
    told = [
        Sentence(f"{text} [@{paper.id}].", (paper.id,), (Evidence(paper.id, 1, "abstract", n, n + 1),))
        for n, text in enumerate(texts)
    ]
    told[1] = replace(told[1], method="human")
    summaries = {SUB: ThemeSummary(SUB, "en", (SubtopicSummary("finding", tuple(told)),))}

    survey = compose(replace(_material(paper), summaries=summaries), ENGLISH)

    assert (survey.quality.dangling_sentences, survey.quality.fragments) == (1, 1)


def test_quality_tells_the_theme_that_cites_least_of_its_papers() -> None:
    """Text and table count, sub-themes with their parent; papers that fit no theme do not."""
    papers = [_paper(n, abstract="" if n < 2 else "Problem is open. We solve it. Results are good.") for n in range(5)]
    summaries: dict[ThemeId, ThemeSummary] = {}

    survey = compose(replace(_material(*papers), summaries=summaries), ENGLISH)
    alone = compose(replace(_material(papers[0]), summaries=summaries), ENGLISH)

    assert survey.quality.least_theme_cited == pytest.approx(3 / 5)  # those with a row in the table
    assert alone.quality.least_theme_cited == 0.0


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
    assert not any(isinstance(block, ComparisonTable) for block in _section(survey, "theme-top-sub"))


def test_years_are_charted_without_gaps() -> None:
    """A year with no papers is a gap in the field, not on the axis."""
    survey = compose(_material(_paper(1), _paper(4)), ENGLISH)

    chart, _ = _section(survey, "overview")
    assert isinstance(chart, YearChart)
    assert chart.years == (2011, 2012, 2013, 2014)
    assert chart.counts == ((1,), (0,), (0,), (1,))


def test_long_runs_of_empty_years_are_left_out() -> None:
    """One old paper adds no column for each year since; the caption names the years without papers."""
    old = _paper(1, published="1637-01-01")
    survey = compose(_material(old, _paper(2), _paper(4)), ENGLISH)

    chart = _section(survey, "overview")[0]
    assert isinstance(chart, YearChart)
    assert chart.years == (1637, 2012, 2013, 2014)
    assert chart.caption.endswith("No papers: 1638–2011.")


def test_a_chart_of_scattered_years_has_few_columns() -> None:
    """A paper in every tenth year: the runs between them are short, and left out as they are many."""
    papers = [_paper(n, published=f"{1600 + 10 * n}-01-01") for n in range(40)]
    survey = compose(_material(*papers), ENGLISH)

    chart = _section(survey, "overview")[0]
    assert isinstance(chart, YearChart)
    assert len(chart.years) == 40


def test_papers_of_one_year_have_one_year() -> None:
    """No range from a year to itself."""
    survey = compose(_material(_paper(1), _paper(11, published="2011-05-01")), ENGLISH)

    notes = [block.text for section in survey.sections for block in section.blocks if isinstance(block, Note)]
    assert any("First versions date from 2011." in note for note in notes)
    assert not any("2011 to 2011" in note for note in notes)


def test_themes_without_papers_are_left_out() -> None:
    """No figure, count or list of themes shows a theme that has no paper."""
    survey = compose(_material(_paper(1)), ENGLISH)

    assert [theme.id for theme in survey.taxonomy] == [count.theme for count in survey.counts] == [TOP, SUB]


def test_the_selection_is_accounted_for() -> None:
    """What a stage keeps, less what it sets aside, is what the next keeps; before a refresh nothing is compared."""
    papers = [_paper(n) for n in range(5)]
    material = _material(*papers, themes={paper.id: SUB for paper in papers[:4]})
    odd = {papers[0].id: replace(material.assignments[papers[0].id], outside=True)}
    counts = {"delivered": 9, "duplicates": 2, "quarantined": 1, "withdrawn": 1, "excluded": 1}
    found = {"a.jsonl": 6, "b.bib": 4}
    material = replace(material, selection=counts, records_by_source=found, assignments={**material.assignments, **odd})

    flow = _flow(compose(material, ENGLISH))

    kept = [stage.remaining.total for stage in flow.stages]
    aside = [sum(count.total for count in stage.aside) for stage in flow.stages]
    assert kept == [10, 7, 5, 3]
    assert [one - other for one, other in zip(kept, aside, strict=True)] == [7, 5, 3, 3]
    assert [(part.label, part.total) for part in flow.stages[0].parts] == [("a.jsonl", 6), ("b.bib", 4)]
    assert {count.before for count in flow.counts()} == {None}
    assert flow.caption == "Records found: 10; papers in this draft: 5, 3 of them with a theme."


def test_the_selection_tells_what_the_last_refresh_changed() -> None:
    """Each number stands beside what it was; a source that is new had brought nothing; many sources are summed up."""
    found = {f"{n}.jsonl": n for n in range(1, 9)}
    before = (("found", 30), ("included", 3), ("source:8.jsonl", 7), ("source:2.jsonl", 2))
    material = replace(_material(_paper(1)), records_by_source=found)
    survey = compose(material, ENGLISH)

    flow = _flow(
        with_change_report(
            survey, replace(material, changes=Changes(2, 1, "2026-01-01T00:00:00Z", counts=before)), ENGLISH
        )
    )

    was = {count.name: count.before for count in flow.counts()}
    assert (was["found"], was["included"], was["placed"]) == (30, 3, 0)
    assert [(part.label, part.total, part.before) for part in flow.stages[0].parts][::5] == [
        ("8.jsonl", 8, 7),
        ("and 3 more", 6, 2),
    ]


def test_the_matrix_names_the_most_and_the_least_alike() -> None:
    """Themes stand in reading order with themselves at one; two alone make no matrix."""
    papers = [_paper(n) for n in range(3)]
    tops = [ThemeId(f"top{n}") for n in range(3)]
    likeness = {(tops[a], tops[b]): round(0.2 * (a + b), 1) for a in range(3) for b in range(3) if a != b}
    material = replace(
        _material(*papers),
        taxonomy=Taxonomy(tuple(Theme(top, f"Theme {n}") for n, top in enumerate(tops))),
        assignments={p.id: replace(_placed(p.id, TOP), theme=t, path=(t,)) for p, t in zip(papers, tops, strict=True)},
        summaries={},
        similarity=likeness,
    )

    survey = compose(material, ENGLISH)
    (matrix,) = (block for block in _section(survey, "similarity") if isinstance(block, SimilarityMatrix))
    two = {pair: value for pair, value in likeness.items() if tops[2] not in pair}

    assert (matrix.themes, matrix.values) == (tuple(tops), ((1.0, 0.2, 0.4), (0.2, 1.0, 0.6), (0.4, 0.6, 1.0)))
    assert "Most similar are Theme 1 and Theme 2 (0.60), least similar Theme 0 and Theme 1 (0.20)." in matrix.caption
    assert not _section(compose(replace(material, similarity=two), ENGLISH), "similarity")


def test_the_abstract_gives_its_numbers_in_the_other_languages() -> None:
    """Each under the name of its language, in the order of the settings; the edition's own is not said again."""
    titles = {"en": "Sample", "ar": "عينة", "ja": "見本"}
    abstract = _section(compose(replace(_material(_paper(1)), titles=titles), ENGLISH), "abstract")

    foreign = [block for block in abstract if isinstance(block, Note) and block.language]
    assert [note.language for note in foreign] == ["ar", "ja"]
    assert [note.text.split(":")[0] for note in foreign] == ["العربية", "日本語"]
    assert all(title in note.text for title, note in zip(["عينة", "見本"], foreign, strict=True))


@pytest.mark.parametrize("code", ["en", "ja", "zh"])
def test_sentences_follow_each_other_as_the_language_has_it(code: str) -> None:
    """Japanese and Chinese have no space behind a full stop, and brackets of their own."""
    survey = compose(_material(_paper(1), _paper(2)), load(code))
    text = "".join(block.text for section in survey.sections for block in section.blocks if isinstance(block, Note))

    assert ("Top (2)" if code == "en" else "Top（2）") in text
    assert (". " if code == "en" else "。") in text
    assert "。 " not in text


def _flow(survey: Survey) -> PrismaFlow:
    (flow,) = (block for block in _section(survey, "method") if isinstance(block, PrismaFlow))
    assert isinstance(flow, PrismaFlow)
    return flow


def test_the_draft_says_first_what_the_field_is_about() -> None:
    """A sentence of the papers opens the abstract, others the introduction; none stands twice; definitions follow."""
    papers = [_paper(n) for n in range(6)]
    front = FrontMatter(
        introduction=tuple(_sentence(paper, 0, 18) for paper in papers[:2]),
        abstract=(_sentence(papers[2], 0, 18),),
        definitions=tuple(_sentence(paper, 0, 18) for paper in papers[3:]),
    )
    summaries = {SUB: ThemeSummary(SUB, "en", (SubtopicSummary("problem", front.introduction),))}

    survey = compose(replace(_material(*papers), front_matter=front, summaries=summaries), ENGLISH)

    first = {name: _section(survey, name)[0] for name in ("abstract", "introduction", "background")}
    quoted = {name: block.sentences for name, block in first.items() if isinstance(block, Paragraph)}
    assert [[it.evidence for it in sentences] for sentences in quoted.values()] == [
        [it.evidence for it in part] for part in (front.abstract, front.introduction, front.definitions)
    ]
    told = [it for section in survey.sections for it in section.sentences() if it.method == "extractive"]
    assert len({it.evidence for it in told}) == len(told)


def test_few_definitions_stand_in_the_introduction() -> None:
    """Two make no section."""
    papers = [_paper(n) for n in range(2)]
    front = FrontMatter(definitions=tuple(_sentence(paper, 0, 18) for paper in papers))

    survey = compose(replace(_material(*papers), front_matter=front), ENGLISH)

    assert not _section(survey, "background")
    assert [it.cites for section in survey.sections if section.id == "introduction" for it in section.sentences()] == [
        (paper.id,) for paper in papers
    ]


def test_the_introduction_tells_the_themes_apart_and_names_the_surveys() -> None:
    """Size, years and topics of each top theme; the surveys are counted, and one says what it does."""
    papers = [_paper(n, title=f"A survey of judges {n}") for n in range(4)]
    kind = {paper.id: Facet("kind", "survey" if n < 2 else "method", _span(paper)) for n, paper in enumerate(papers)}
    own = {paper.id: replace(_sentence(paper, 19, 32), rule="authors") for paper in papers}
    cards = {paper.id: PaperReview(paper.id, own[paper.id], facets=(kind[paper.id],)) for paper in papers}

    blocks = _section(compose(replace(_material(*papers), reviews=cards, summaries={}), ENGLISH), "introduction")

    surveys, themes = (block for block in blocks if isinstance(block, Paragraph | Note))
    assert isinstance(surveys, Paragraph)
    assert surveys.sentences[0].plain == "Of the 4 papers, 2 are themselves surveys."
    assert surveys.sentences[0].counts[0].papers == (papers[0].id, papers[1].id)
    assert [it.evidence for it in surveys.sentences[1:]] == [own[paper.id].evidence for paper in papers[:2]]
    assert themes == Note("The papers fall into 1 theme. “Top” (4 papers, 2010–2013) deals with Sub.")


def _span(paper: Paper) -> Evidence:
    return Evidence(paper.id, paper.version, "title", 0, len(paper.title))


def test_the_conclusion_counts_what_all_papers_have_in_common() -> None:
    """The kinds of work, and since when half of the papers date."""
    papers = [_paper(n) for n in range(8)]
    cards = {paper.id: PaperReview(paper.id, facets=(Facet("kind", "method", _span(paper)),)) for paper in papers[1:]}
    cards[papers[0].id] = PaperReview(papers[0].id)

    (told,) = _section(compose(replace(_material(*papers), reviews=cards, summaries={}), ENGLISH), "conclusion")

    assert isinstance(told, Paragraph)
    assert [it.plain for it in told.sentences] == [
        "Across all 8 papers, 7 propose methods.",
        "Of the 8 papers, 4 are from 2014 or later.",
    ]
    assert {it.method for it in told.sentences} == {"aggregate"}


def test_a_glance_at_papers_of_one_year_names_it_once() -> None:
    """No range from a year to itself."""
    table = _section(compose(_material(_paper(1), _paper(11, published="2011-05-01")), ENGLISH), "glance")[0]

    assert isinstance(table, KeyValueTable)
    assert ("Years", "2011") in table.rows


def test_what_changed_precedes_the_introduction() -> None:
    """A reader of the last draft finds it early; the method stands at the end."""
    survey = compose(replace(_material(_paper(1)), changes=Changes(2, 1, "2026-01-01T00:00:00Z")), ENGLISH)

    names = [section.id for section in survey.sections]
    assert names.index("changes") == names.index("introduction") - 1
    assert names.index("method") > names.index("theme-top-sub")


def test_composing_is_pure() -> None:
    """The same material gives an equal document."""
    material = _material(_paper(1), _paper(2), _paper(3))

    assert compose(material, ENGLISH) == compose(material, ENGLISH)


def test_a_large_theme_compares_those_that_stand_for_it_best() -> None:
    """The table of a theme of more papers than fit is cut by their score, and its caption says so; order is by date."""
    papers = [_paper(n, published=f"{2010 + n % 10}-01-01") for n in range(125)]
    material = _material(*papers)
    places = {paper.id: replace(material.assignments[paper.id], score=-n / 1000) for n, paper in enumerate(papers)}

    survey = compose(replace(material, assignments=places), ENGLISH)

    [table] = [block for block in _section(survey, "theme-top-sub") if isinstance(block, ComparisonTable)]
    dates = [paper.published for row in table.rows for paper in papers if paper.id == row.paper]
    assert {row.paper for row in table.rows} == {paper.id for paper in papers[:120]}
    assert dates == sorted(dates, key=str)
    assert table.caption.endswith("120 of 125 papers side by side, oldest first.")


def _compared(*filled: tuple[bool, bool]) -> ComparisonTable | None:
    """The table of papers, each with or without a name of data and a result."""
    papers = [_paper(n) for n in range(len(filled))]
    cards = {
        paper.id: PaperReview(
            paper.id,
            findings=(_sentence(paper, 33, 50),),
            data=(_sentence(paper, 0, 9),) if data else (),
            results=(_sentence(paper, 33, 40),) if result else (),
            code="https://github.com/a/b",
        )
        for paper, (data, result) in zip(papers, filled, strict=True)
    }
    survey = compose(replace(_material(*papers), reviews=cards, summaries={}), ENGLISH)
    tables = [block for block in _section(survey, "theme-top-sub") if isinstance(block, ComparisonTable)]
    return tables[0] if tables else None


def test_a_row_tells_data_result_and_code_and_no_sentence_of_the_text() -> None:
    """Findings are told in the text; what the card leaves out stays blank; a paper without a cell has no row."""
    table = _compared((True, True), (False, True), (True, False), (False, False))

    assert table is not None
    assert table.columns == ("Data", "Result")
    assert [[cell is not None for cell in row.cells] for row in table.rows] == [
        [True, True],
        [False, True],
        [True, False],
    ]
    assert {row.code for row in table.rows} == {"https://github.com/a/b"}
    assert table.caption.endswith("3 of 4 papers side by side, oldest first.")


def test_a_column_that_few_papers_fill_goes() -> None:
    """One data set among five results; with it goes the row that has nothing else."""
    table = _compared(*[(False, True)] * 5, (True, False))

    assert table is not None
    assert table.columns == ("Result",)
    assert len(table.rows) == 5


def test_two_papers_make_no_table() -> None:
    """Nor do papers without a cell."""
    assert _compared((True, True), (True, True)) is None
    assert _compared(*[(False, False)] * 5) is None


def _cited(*pairs: tuple[int, int]) -> Citations:
    ids = [PaperId(f"2099.{n:05}") for n in range(5)]
    told = [
        CitationRecord(
            ids[citing], "graph", (f"own:{citing}",), None, (CitedWork((f"arxiv:{ids[cited]}",), "T"),), at="2026"
        )
        for citing, cited in pairs
    ]
    return resolve_citations([_paper(n) for n in range(1, 4)], told)


def test_the_most_cited_papers_are_listed() -> None:
    """Those that most others of the survey cite come first, with who told it; those never cited are left out."""
    citations = _cited((1, 2), (3, 2), (2, 1))
    material = replace(
        _material(_paper(1), _paper(2), _paper(3)), citations=citations, graph_titles={"graph": "A Graph"}
    )
    survey = compose(material, ENGLISH)
    _, _, listed, note = _section(survey, "overview")

    assert isinstance(listed, PaperList)
    assert [(item.paper, item.detail) for item in listed.items] == [
        ("2099.00002", "citations in this survey: 2"),
        ("2099.00001", "citations in this survey: 1"),
    ]
    assert note == Note("Known citations between papers of this survey: 3, according to A Graph.")
    assert [entry.citation_stats.cited_by for entry in survey.entries if entry.citation_stats] == [
        ("2099.00002",), ("2099.00001", "2099.00003"), (),
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

    assert [(count.own, count.size) for count in survey.counts] == [((), 1), ((inside.id,), 1)]
    [chart] = [block for block in _section(survey, "overview") if isinstance(block, YearChart)]
    assert sum(map(sum, chart.counts)) == 1
    tables = [block for section in survey.sections for block in section.blocks if isinstance(block, ComparisonTable)]
    assert stranger.id not in {row.paper for table in tables for row in table.rows}
    assert survey.quality.outside_papers == 1
    assert {count.name: count.total for count in _flow(survey).counts()}["outside"] == 1
    assert [entry.paper.id for entry in survey.entries] == [inside.id, stranger.id]


def test_reasons_and_border_cases_reach_the_document() -> None:
    """What placed a paper stands with its entry, the border cases with the count of their theme."""
    paper = _paper(1)
    why = Evidence(paper.id, 1, "abstract", 0, 18)

    survey = compose(replace(_material(paper), rationales={paper.id: (why,)}, border={SUB: (paper.id,)}), ENGLISH)

    assert survey.entries[0].reasons == (why,)
    assert [count.border for count in survey.counts] == [(), (paper.id,)]


def test_papers_between_themes_are_listed() -> None:
    """The closest call first; a second theme under the same top theme makes no bridge."""
    papers = [_paper(n) for n in range(4)]
    material = _material(*papers, themes={paper.id: BARE if paper is papers[3] else SUB for paper in papers})
    second = {0: (0.2, (BARE,)), 1: (0.1, (BARE,)), 2: (0.05, (TOP,))}
    places = {
        papers[n].id: replace(material.assignments[papers[n].id], margin=margin, secondary=themes)
        for n, (margin, themes) in second.items()
    }

    survey = compose(replace(material, assignments={**material.assignments, **places}), ENGLISH)

    [listed] = [block for block in _section(survey, "across") if isinstance(block, PaperList)]
    assert [item.paper for item in listed.items] == [papers[1].id, papers[0].id]
    assert {item.detail for item in listed.items} == {"Top ↔ Bare"}


def test_trends_tell_their_counts() -> None:
    """A row says how many of how many, before and since."""
    years = [2019] * 30 + [2020] * 30
    papers = [_paper(n, published=f"{year}-01-01") for n, year in enumerate(years)]
    cards = {one.id: PaperReview(one.id, keywords=("Pair Debate",) if one.year == 2020 else ()) for one in papers}

    survey = compose(replace(_material(*papers), reviews=cards), ENGLISH)

    [facts] = [block for block in _section(survey, "across") if isinstance(block, KeyValueTable)]
    assert facts.caption == "Terms on the rise"
    assert facts.rows == (("Pair Debate", "0 of 30 papers before 2020, 30 of 30 papers since (2020: 30)"),)


def _asked(paper: Paper, text: str, field: Field) -> Sentence:
    end = f" [@{paper.id}]{text[-1]}"
    return Sentence(text[:-1] + end, (paper.id,), (Evidence(paper.id, paper.version, field, 0, len(text)),))


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("Do the top judges agree?", "Do the top judges agree?", "title"),
        ("To be or not to be here? The top judges", "To be or not to be here?", "title"),
        ("Judges", "What are the challenges of all this?", "abstract"),
        ("Judges", "Family investigates whether the top judges agree.", "abstract"),
    ],
)
def test_titles_puns_and_statements_are_no_research_questions(title: str, text: str, field: Field) -> None:
    """A question is asked in an abstract about the subject, or by half of a title that names the theme."""
    paper = _paper(1, title=title)
    cards = {paper.id: PaperReview(paper.id, questions=(_asked(paper, text, field),))}

    assert not _section(compose(replace(_material(paper), reviews=cards), ENGLISH), "questions")


def test_questions_stand_under_their_theme() -> None:
    """One question a paper, with its citation; without questions there is no section."""
    papers = [_paper(n, title=f"Do the top judges {n} agree? A study") for n in range(2)]
    questions = {one.id: _asked(one, one.title[: one.title.index("?") + 1], "title") for one in papers}
    cards = {paper: PaperReview(paper, questions=(asked, asked)) for paper, asked in questions.items()}

    survey = compose(replace(_material(*papers), reviews=cards), ENGLISH)

    [paragraph] = _section(survey, "questions")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.label == "Top"
    assert [asked.text for asked in paragraph.sentences] == [asked.text for asked in questions.values()]
    assert not _section(compose(_material(*papers), ENGLISH), "questions")


def test_the_graph_of_full_texts_has_a_name_in_each_language() -> None:
    """Services have one name everywhere; the bibliographies of full texts are named in the language of the edition."""
    told = [CitationRecord(PaperId("2099.00001"), FULL_TEXT, ("survey:2099.00001",), None, (), 0, "2026")]
    papers = [_paper(n) for n in range(1, 4)]
    titles = {"graph": "A Graph", FULL_TEXT: FULL_TEXT}
    material = replace(_material(*papers), citations=resolve_citations(papers, told), graph_titles=titles)

    names = {code: dict(compose(material, load(code)).graphs) for code in codes()}

    assert {name["graph"] for name in names.values()} == {"A Graph"}
    assert len({name[FULL_TEXT] for name in names.values()} - {FULL_TEXT}) == len(codes())
