"""Definitions of induced themes, in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions import decision, numbered
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.languages import codes, load
from surveygen.languages.definitions import Definition, read_definition
from surveygen.survey.translation import Translation, with_definitions
from surveygen.themes.curate import apply_decisions

WORDS = st.text("abcdefghij-", min_size=1, max_size=9).filter(lambda word: word not in {"and", "including"})
PHRASES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
EXAMPLES = ("Why do beams break?", "A study of width. Part 2")
KINDS = (
    Definition.of("beam search"),
    Definition.of("beam search", ["greedy search", "human feedback"]),
    Definition.of_several(["tax returns", "sewing machines"]),
    Definition("theme_like", title="A tale of two theses"),
    Definition("theme_on_with", "beam search", ("greedy search", "looms"), examples=EXAMPLES),
    Definition("theme_mixed", topics=("tax returns", "sewing machines"), examples=EXAMPLES),
)


def theme(definition: Definition, name: str = "Beam Search") -> Theme:
    """Return a theme with a definition."""
    return Theme(ThemeId("t"), name, description=definition.say(), origin="induced")


@given(PHRASES, st.lists(PHRASES, max_size=4), st.sampled_from([(), EXAMPLES]))
def test_a_definition_is_read_as_it_was_written(name: str, topics: list[str], examples: tuple[str, ...]) -> None:
    """Name, topics and typical papers come back."""
    definition = replace(Definition.of(name, topics), examples=examples)

    assert read_definition(definition.say()) == definition


def test_a_sentence_of_a_person_is_no_computed_definition() -> None:
    """It is left alone wherever computed ones are changed."""
    assert read_definition("Searches that keep several hypotheses.") is None


@pytest.mark.parametrize("definition", KINDS)
@pytest.mark.parametrize("code", codes())
def test_every_edition_says_the_definition_in_its_language(code: str, definition: Definition) -> None:
    """All phrases stand in it, and no English word around them."""
    written = definition.say(code)

    phrases = (definition.name, definition.title, *definition.topics, *definition.examples)
    assert all(phrase in written for phrase in phrases)
    assert code == "en" or not {"Work", "Papers", "papers", "including", "Typical"} & set(written.split())
    assert written[-1] in ".。।"


@pytest.mark.parametrize("code", [code for code in codes() if code != "en"])
def test_an_edition_names_a_theme_on_several_subjects_in_its_language(code: str) -> None:
    """The fixed word is translated, the phrases stay."""
    mixed = theme(Definition.of_several(["tax returns", "choirs", "looms"]), "Other: tax returns, choirs")

    names = with_definitions(Translation(), Taxonomy((mixed,)), load(code)).names

    assert names == {mixed.name: load(code).say("theme_other", phrases="tax returns, choirs")}


@pytest.mark.parametrize("definition", KINDS)
def test_a_renamed_theme_is_defined_by_its_new_name(definition: Definition) -> None:
    """Its topics and typical papers stay."""
    base, renamed = Taxonomy((theme(definition),)), decision("rename", "t", "Looking around")

    (shown,) = apply_decisions(base, numbered([renamed])).shown

    renewed = replace(Definition.of("Looking around", definition.topics), examples=definition.examples)
    assert shown.description == renewed.say()


@pytest.mark.parametrize("origin", ["induced", "given"])
def test_a_renaming_changes_no_sentence_of_a_person(origin: str) -> None:
    """Neither of a given theme, nor one that a person wrote for an induced theme."""
    text = "Searches that keep several hypotheses." if origin == "induced" else "Work on beam search."
    base = Taxonomy((Theme(ThemeId("t"), "Beam Search", description=text, origin=origin),))  # type: ignore[arg-type]

    (shown,) = apply_decisions(base, numbered([decision("rename", "t", "Looking around")])).shown

    assert (shown.name, shown.description) == ("Looking around", text)
