"""Sentences of full texts that tell of other papers are found, attributed, and shown as licenses permit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from latexml_pages import PlantedPaper, make_corpus
from planted_survey import read
from surveygen.documents import PaperIndex, match_references
from surveygen.domain.document import CitationMark, Document, DocumentSection, Unit
from surveygen.domain.embedding import Embeddings
from surveygen.domain.license import Permission
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import CitationContext, Sentence, SubtopicSummary, ThemeSummary
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.summarize import ThemeInput, check_grounding, choose_contexts, find_contexts
from surveygen.summarize.extractive import Extractive

CITING = Paper(PaperId("2301.00001"), "A later paper", authors=(Author("Eva Moss"),))
PAPERS = {"r1": PaperId("2101.00001"), "r2": PaperId("2101.00002")}  # r3 is a work outside


def contexts_of(text: str, *marks: tuple[str, ...], permission: Permission = "adapt") -> list[CitationContext]:
    """Return the contexts of a paragraph; each mark is what is printed, then the entries that it cites."""
    found, at = [], 0
    for printed, *references in marks:
        at = text.index(printed, at)
        found.append(CitationMark(at, at + len(printed), tuple(references)))
        at += len(printed)
    unit = Unit("1-1-00000000", "paragraph", "1", text, tuple(found))
    document = Document(CITING.id, 1, "", CITING.title, sections=(DocumentSection("1", "section", ""),), units=(unit,))
    return list(find_contexts(document, CITING, PAPERS.get, permission))


def test_planted_contexts_are_attributed_to_the_papers_that_they_tell_of() -> None:
    """All sentences about others are found with the papers they cite, no other, and none about the citing paper."""
    corpus = make_corpus(60)
    index = PaperIndex.of(planted.paper for planted in corpus)

    def found(planted: PlantedPaper) -> dict[str, frozenset[PaperId]]:
        document = read(planted)
        units = {f"text:{unit.id}": unit.text for unit in document.units}
        contexts = find_contexts(document, planted.paper, match_references(document, index).get, "adapt")
        return {units[it.evidence.field][it.evidence.start : it.evidence.end]: frozenset(it.cited) for it in contexts}

    for planted in corpus:
        truth = {it.sentence: frozenset(it.cited) for it in planted.contexts if not it.is_own}
        assert found(planted) == truth


@pytest.mark.parametrize(
    ("text", "marks", "shown"),
    [
        (
            "LampNet [1] learns from stripes of light and clean films.",
            [("[1]", "r1")],
            "LampNet [@2101.00001] learns from stripes of light and clean films, according to Moss [@2301.00001].",
        ),
        (
            "Reed et al. (2021) count bees in the rain with two cameras.",
            [("Reed et al. (2021)", "r1")],
            "Reed et al. [@2101.00001] count bees in the rain with two cameras, according to Moss [@2301.00001].",
        ),
        (
            "LampNet (Reed, 2021) works by day, DuskNet[2, 9] at night.",
            [("(Reed, 2021)", "r1"), ("[2, 9]", "r2", "r3")],
            "LampNet [@2101.00001] works by day, DuskNet [@2101.00002] at night, according to Moss [@2301.00001].",
        ),
    ],
)
def test_marks_of_the_text_become_those_of_the_survey(text: str, marks: list[tuple[str, ...]], shown: str) -> None:
    """Names of authors stay, brackets are replaced, and the sentence ends with who says so."""
    (context,) = contexts_of(text, *marks)

    assert context.sentence is not None
    assert context.sentence.text == shown


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("We follow the protocol of LampNet [1] in all of the tests.", [("[1]", "r1")]),
        ("Our camera, unlike that of LampNet [1], also works at night.", [("[1]", "r1")]),
        ("The proposed model learns faster than LampNet [1] in the rain.", [("[1]", "r1")]),
        ("This is shown for stripes of light by LampNet [1] as well.", [("[1]", "r1")]),
        ("[1] shows that bees are counted well in the rain.", [("[1]", "r1")]),
        ("As shown in [1], bees are counted well in the rain.", [("[1]", "r1")]),
        ("Bees are counted with cameras by several groups [1, 3].", [("[1, 3]", "r1", "r3")]),
        ("Whereas LampNet [1] works by day, OtherNet [3] also works at night.", [("[1]", "r1"), ("[3]", "r3")]),
        ("LampNet [3] learns from stripes of light and needs clean films.", [("[3]", "r3")]),
        ("LampNet [1] wins in Table 3 of the report by a margin of two.", [("[1]", "r1")]),
        ("LampNet learns from stripes of light [@2101.00009] and from films [1].", [("[1]", "r1")]),
    ],
)
def test_other_sentences_are_no_contexts(text: str, marks: list[tuple[str, ...]]) -> None:
    """Left out: own work, words that lean on others, marks that are words, works outside, forged marks."""
    assert contexts_of(text, *marks) == []


@pytest.mark.parametrize(
    ("permission", "shown"),
    [
        ("adapt", "LampNet [@2101.00001] learns from stripes of light and films, according to Moss [@2301.00001]."),
        ("verbatim", "Moss [@2301.00001] writes: “LampNet [1] learns from stripes of light and films”."),
        ("quote", "Moss [@2301.00001] writes: “LampNet [1] learns from stripes of light and films”."),
        ("point", None),
        ("facts", None),
    ],
)
def test_the_license_decides_what_is_shown(permission: Permission, shown: str | None) -> None:
    """The sentence with the survey's marks, a quotation as printed, or its place alone; what is shown is grounded."""
    text = "LampNet [1] learns from stripes of light and films."
    (context,) = contexts_of(text, ("[1]", "r1"), permission=permission)

    assert (context.sentence.text if context.sentence else None) == shown
    if context.sentence:
        unit = Unit("1-1-00000000", "paragraph", "1", text, (CitationMark(8, 11, ("r1",)),))

        def grounded(cited: PaperId) -> bool:
            assert context.sentence is not None
            known = {"lookup": lambda *_: CITING, "unit": lambda *_: unit, "cited": lambda *_: cited}
            return check_grounding(context.sentence, **known).ok  # type: ignore[arg-type]  # by name

        assert grounded(PAPERS["r1"])
        assert grounded(PAPERS["r2"]) == (permission != "adapt")  # a quotation names no paper


def test_a_card_shows_the_sentences_that_tell_most_one_of_each_paper() -> None:
    """At most five, the oldest first; a sentence that may be shown goes before one that may not."""
    (model,) = contexts_of("LampNet [1] learns from stripes of light and needs clean films.", ("[1]", "r1"))
    papers = {
        PaperId(f"23{n:02}.00001"): Paper(PaperId(f"23{n:02}.00001"), "T", published=f"20{30 - n}") for n in range(1, 8)
    }
    contexts = [
        replace(model, evidence=replace(model.evidence, paper=paper), value=value, sentence=sentence)
        for at, paper in enumerate(papers)
        for value, sentence in ((0.1 * at, model.sentence), (-0.5, model.sentence))
    ]
    contexts[0] = replace(contexts[0], value=9.0, sentence=None)

    chosen = choose_contexts(contexts, papers)[PAPERS["r1"]]

    assert [it.evidence.paper for it in chosen] == [f"23{n:02}.00001" for n in (7, 6, 5, 4, 3)]
    assert all(it.value > 0 for it in chosen)


def test_what_a_theme_below_tells_is_not_told_again() -> None:
    """A sentence on two papers of a theme stands there, unless a theme at any depth below tells it."""
    (context,) = contexts_of(
        "LampNet [1] and WingMap [2] learn from films of two gardens.", ("[1]", "r1"), ("[2]", "r2")
    )
    assert context.sentence is not None
    theme = Theme(ThemeId("films"), "Films")
    papers = [Paper(paper, "A title") for paper in PAPERS.values()]
    below = ThemeSummary(ThemeId("deep"), "en", (SubtopicSummary("other", (context.sentence,), "related"),))
    nothing = Embeddings((), np.zeros((0, 1), np.float32), "none")
    source = ThemeInput(theme, papers, Taxonomy((theme,)), nothing, {}, (), 8, "en", contexts=(context,))

    def sentences(source: ThemeInput) -> list[Sentence]:
        return [it for strand in Extractive().summarize_theme(source).strands for it in strand.sentences]

    assert sentences(source) == [context.sentence]
    assert sentences(replace(source, subtheme_summaries=(below,))) == []
    assert sentences(replace(source, deeper_summaries=(below,))) == []
