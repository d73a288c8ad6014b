"""A person's words among those of the program: each in its place, none lost, the others as they were."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from survey.test_compose import SUB, _material, _paper
from surveygen.domain.decision import Decision, active_edits
from surveygen.domain.edits import DEFINITION, WHOLE, Edit, SourceSnapshot, section_key
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Note, Paragraph, Section, Survey
from surveygen.languages import load
from surveygen.survey import compose

HERE = f"theme-{SUB}"
PAPERS = tuple(_paper(number) for number in range(1, 5))
MATERIAL = _material(*PAPERS)
BASE = compose(MATERIAL, load("en"))


def edited(*made: Decision, language: str = "en") -> Survey:
    """Compose the survey with some edits."""
    return compose(replace(MATERIAL, edits=active_edits(made)), load(language))


def told(survey: Survey) -> list[Sentence]:
    """Return the claims of the running text of all sections."""
    return [sentence for section in survey.sections for sentence in section.sentences()]


CLAIMS = [sentence.claim for sentence in told(BASE)]


def edit(number: int, claim: str, text: str, **more: object) -> Decision:
    """Make an edit of the section of the sub-theme."""
    about = replace(Edit(claim), **more)  # type: ignore[arg-type]  # fields of an edit
    return Decision(number, "2026-01-01T00:00:00Z", "ada", "edit", HERE, text, edit=about)


EDITS = st.lists(
    st.tuples(
        st.sampled_from([*CLAIMS, "gone-1", "gone-2"]), st.sampled_from(["", "Mine.", "Mine too [@2099.00002]."])
    ),
    max_size=6,
).map(lambda rows: [edit(number, *row) for number, row in enumerate(rows, start=1)])


def test_claims_have_names_of_their_own_in_every_language_alike() -> None:
    """They follow from the words that they rest on."""
    assert len(set(CLAIMS)) == len(CLAIMS) > 3
    assert [sentence.claim for sentence in told(compose(MATERIAL, load("ar")))] == CLAIMS


@given(made=EDITS)
def test_each_edit_stands_once_and_the_rest_is_as_it_was(made: list[Decision]) -> None:
    """The last edit of a claim holds: its words stand once, or not at all; other sentences keep words and order."""
    survey = edited(*made)
    held = {one.edit.claim: one for one in active_edits(made) if one.edit}
    mine = {sentence.claim: sentence for sentence in told(survey) if sentence.attribution}
    rest = [sentence for sentence in told(survey) if not sentence.attribution]

    assert sorted(mine) == sorted(claim for claim, one in held.items() if one.target)
    assert all(sentence.text == held[claim].target for claim, sentence in mine.items())
    assert rest == [sentence for sentence in told(BASE) if sentence.claim not in held]
    assert survey.quality.human_sentences == len(mine)


def test_words_whose_claim_is_gone_stand_behind_their_neighbor() -> None:
    """Else with those of their role, else in a paragraph of their own."""
    inside = next(section for section in BASE.sections if section.id == HERE)
    first, second = [sentence.claim for sentence in inside.sentences()][:2]
    behind = edited(edit(1, "gone", "Mine.", after=first))
    alike = edited(edit(1, "gone", "Mine.", role=next(inside.sentences()).role))
    alone = edited(edit(1, "gone", "Mine.", role="limit"))

    def order(survey: Survey) -> list[str]:
        section = next(one for one in survey.sections if one.id == HERE)
        return [sentence.claim for sentence in section.sentences()]

    assert order(behind)[:3] == [first, "gone", second]
    assert order(alike)[-1] == order(alone)[-1] == "gone"
    paragraphs = [len(_paragraphs(survey)) for survey in (BASE, alike, alone)]
    assert paragraphs == [1, 1, 2]


def _paragraphs(survey: Survey) -> list[Paragraph]:
    section = next(one for one in survey.sections if one.id == HERE)
    return [block for block in section.blocks if isinstance(block, Paragraph)]


def test_a_translation_holds_in_its_own_edition_alone() -> None:
    """The others have the words of the program, or those in the language of the source."""
    german = edit(1, CLAIMS[0], "Meins.", language="de", local=True)
    english = edit(2, CLAIMS[0], "Mine.")

    assert [_first(edited(german, language=one)).attribution is not None for one in ("de", "en")] == [True, False]
    assert [_first(edited(english, replace(german, number=3), language=one)).text for one in ("de", "fr")] == [
        "Meins.",
        "Mine.",
    ]


def _first(survey: Survey) -> Sentence:
    return next(sentence for sentence in told(survey) if sentence.claim == CLAIMS[0])


def test_a_section_without_text_takes_one_as_a_whole() -> None:
    """It stands behind the notes that the section begins with; an empty one takes all text away."""
    whole = section_key(WHOLE, HERE)
    section = next(one for one in edited(edit(1, whole, "Mine.")).sections if one.id == HERE)
    empty = next(one for one in edited(edit(1, whole, "")).sections if one.id == HERE)

    assert [sentence.text for sentence in section.sentences()] == ["Mine."]
    assert list(empty.sentences()) == []


def test_a_paper_that_left_is_named_but_not_cited() -> None:
    """The marker becomes words, and the doubt says why."""
    gone = SourceSnapshot(PaperId("9999.99999"), 1)
    sentence = _first(edited(edit(1, CLAIMS[0], "Mine [@9999.99999].", basis=(gone,))))

    assert (sentence.text, sentence.cites) == ("Mine [9999.99999].", ())
    assert sentence.attribution is not None
    assert [(one.paper, one.reason) for one in sentence.attribution.stale_sources] == [("9999.99999", "gone")]


def test_a_definition_is_the_persons_in_every_edition() -> None:
    """It names who wrote it; taken out, it is gone."""
    claim = section_key(DEFINITION, "theme-top")

    def notes(text: str) -> list[Note]:
        blocks: list[Section] = list(edited(edit(1, claim, text)).sections)
        return [one for part in blocks for one in part.blocks if isinstance(one, Note) and one.role == "definition"]

    assert [(one.text, one.attribution is not None) for one in notes("Mine.")] == [("Mine.", True)]
    assert notes("") == []
