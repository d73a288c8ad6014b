"""A small taxonomy and decisions about it: by hand, and drawn at random for the laws."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from corpus_records import NOON
from surveygen.domain.decision import Action, Decision
from surveygen.domain.edits import Edit, SourceSnapshot
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId

A, B, C, A1, A2 = map(ThemeId, ("a", "b", "c", "a1", "a2"))
BASE = Taxonomy((
    Theme(A, "Animals", keywords=("purr",), seeds=(PaperId("p1"),), names=(("de", "Tiere"),)),
    Theme(A1, "Cats", A),
    Theme(A2, "Dogs", A, seeds=(PaperId("p2"), PaperId("p3"))),
    Theme(B, "Law", keywords=("court", "Purr"), origin="induced"),
    Theme(C, "Music", seeds=(PaperId("p4"),)),
))  # fmt: skip
PARTS = (Theme(ThemeId("n1"), "Part one", origin="induced"), Theme(ThemeId("n2"), "Part two", origin="induced"))
GROWN = (Theme(ThemeId("g"), "Grown", seeds=(PaperId("p5"), PaperId("p6")), origin="induced"),)

THEMES = st.sampled_from(["a", "b", "c", "a1", "a2", "n1", "n2", "g", "gone"])
PAPERS = st.sampled_from([f"p{n}" for n in range(1, 8)])


def decision(
    action: Action,
    subject: str,
    target: str = "",
    *,
    number: int = 0,
    themes: tuple[Theme, ...] = (),
    edit: Edit | None = None,
) -> Decision:
    """Make a decision of a fixed person at a fixed time."""
    return Decision(number, NOON, "ada", action, subject, target, themes, edit=edit)


def numbered(decisions: list[Decision]) -> tuple[Decision, ...]:
    """Give decisions the numbers that a store would."""
    return tuple(replace(one, number=number) for number, one in enumerate(decisions, start=1))


BASES = st.builds(
    SourceSnapshot, PAPERS.map(PaperId), st.integers(1, 3), st.sampled_from(["abstract", "title"]), st.text()
)
WRITTEN = st.builds(
    Edit,
    claim=st.sampled_from(["c1", "c2"]),
    language=st.sampled_from(["en", "de"]),
    local=st.booleans(),
    role=st.sampled_from(["problem", "other"]),
    after=st.sampled_from(["", "c1"]),
    original=st.sampled_from(["", "It was so."]),
    basis=st.lists(BASES, max_size=2).map(tuple),
)
MADE = st.one_of(
    st.builds(decision, st.just("rename"), THEMES, st.sampled_from(["New", "Newer"])),
    st.builds(decision, st.just("merge"), THEMES, THEMES),
    st.builds(decision, st.sampled_from(["move", "pin"]), PAPERS, THEMES),
    st.builds(decision, st.just("exclude"), PAPERS),
    st.builds(decision, st.just("split"), st.sampled_from(["b", "c"]), themes=st.just(PARTS)),
    st.builds(decision, st.just("edit"), st.just("theme-a"), st.sampled_from(["", "Mine [@p1]."]), edit=WRITTEN),
    st.builds(decision, st.just("add"), st.just("grown"), st.sampled_from(["", "a"]), themes=st.just(GROWN)),
)
MANY = st.lists(MADE, max_size=7).map(numbered)
