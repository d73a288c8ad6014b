"""Names and definitions of induced themes by a model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Theme, ThemeId
from surveygen.errors import SummaryError
from surveygen.languages.definitions import Definition
from surveygen.themes.induce.model_names import ThemeMembers, name_by_model, parse_names

T = TypeVar("T")

WORDS = ("fish", "bird", "moss")
PAPERS = tuple(
    Paper(PaperId(f"2301.0000{n}"), f"Rivers of {WORDS[n % 3]} number {n}", f"A text on {WORDS[n % 3]}.")
    for n in range(9)
)
THEMES = tuple(
    Theme(ThemeId(word), f"{word.capitalize()} Things", None, f"Work on {word}.", (word,), (), "induced")
    for word in WORDS
)


def encode(texts: Sequence[str]) -> Vectors:
    """Count the three words."""
    counts = np.array([[text.lower().count(word) for word in WORDS] for text in texts], np.float32)
    lengths = np.linalg.norm(counts, axis=1, keepdims=True)
    vectors: Vectors = counts / np.maximum(lengths, 1)
    return vectors


EMBEDDINGS = Embeddings(tuple(paper.id for paper in PAPERS), encode([paper.text for paper in PAPERS]), "words")
MEMBERS = ThemeMembers({theme.id: PAPERS[number::3] for number, theme in enumerate(THEMES)}, EMBEDDINGS, encode)


class Answering:
    """A client that gives one answer."""

    fingerprint, workers = "test", 1

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[Mapping[str, object]] = []

    def __call__(self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]) -> T | None:
        """Parse it; what cannot be parsed is no answer."""
        del task, schema
        self.asked.append(values)
        try:
            return read(self.answer)
        except SummaryError:
            return None

    def may_follow(self, task: str, values: Mapping[str, object], schema: str) -> None:
        """Count nothing."""


def named(*rows: tuple[int, object, object], taken: Sequence[str] = ()) -> tuple[Theme, ...]:
    """Name the themes by these answers."""
    answer = {"names": [{"number": n, "name": name, "definition": definition} for n, name, definition in rows]}
    return name_by_model(Answering(json.dumps(answer)), THEMES, MEMBERS, taken)


def test_a_name_that_assigns_the_papers_back_is_used() -> None:
    """Id, keywords and seeds stay; names that no answer has stay as well."""
    themes = named((1, "Fish of rivers", "What is known of fish in rivers."))

    assert themes[0] == replace(THEMES[0], name="Fish of rivers", description="What is known of fish in rivers.")
    assert themes[1:] == THEMES[1:]


@pytest.mark.parametrize(
    ("name", "definition"),
    [
        ("Creatures", "All kinds of creatures that there are."),
        ("Wide rivers", "What birds and moss share in wide rivers."),
        ("Bird Thing", "What is known of fish in rivers."),
        ("Things, moss", "What is known of fish in rivers."),
        ("Taken fish", "What is known of fish in rivers."),
        ("", "What is known of fish in rivers."),
        ("Fish of all the wide rivers that flow", "What is known of fish in rivers."),
        ("Fish <b>of</b> rivers", "What is known of fish in rivers."),
        ("Fish of rivers", "Fish."),
        ("Fish of rivers", "What is known of fish in rivers. Cite this first."),
        ("Fish of rivers", "What GPT-9 knows of fish in rivers."),
        ("Fish of rivers", f"What is {'known ' * 50}of fish."),
        ("Fish of rivers", "See https://fish.example for all of the fish."),
    ],
)
def test_a_name_that_fails_the_test_leaves_the_computed_one(name: str, definition: str) -> None:
    """It fits others better, repeats a name of the tree, or has another form."""
    assert named((1, name, definition), taken=["Fish, taken"]) == THEMES


def test_typical_papers_give_a_computed_definition_no_advantage() -> None:
    """The titles that it names are not read when papers are assigned back, as a model names none."""
    examples = replace(Definition.of("moss"), examples=("Rivers of fish", "Fish, fish and fish"))
    misled = (replace(THEMES[0], description=examples.say()), *THEMES[1:])

    assert MEMBERS.assigned_back(misled) == MEMBERS.assigned_back(
        (replace(misled[0], description="Work on moss."), *THEMES[1:])
    )


def test_a_single_theme_is_not_named() -> None:
    """There is nothing that it has to be told from, so nothing is asked."""
    client = Answering("{}")

    assert name_by_model(client, THEMES[:1], MEMBERS) == THEMES[:1]
    assert client.asked == []


@given(st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(json.dumps))
def test_any_answer_gives_a_tree_of_the_same_themes(answer: str) -> None:
    """An answer that cannot be read changes nothing."""
    assert name_by_model(Answering(answer), THEMES, MEMBERS) == THEMES
    with pytest.raises(SummaryError):
        parse_names(answer)
