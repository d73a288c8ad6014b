"""What happened to a paper, and what many events come to."""

from __future__ import annotations

from itertools import pairwise

import pytest

from surveygen.domain.changes import MetadataChanged, Revised
from surveygen.domain.event import Event, HarvestChanges, classify, fold_events
from surveygen.domain.paper import Paper, PaperId, PaperVersion

ID = PaperId("2401.00001")
PAPER = Paper(ID, "Sheep", "We count.", version=2, published="2024-01-05", datestamp="2024-01-06")
GONE = PAPER.with_changes(version=3, status="withdrawn")


def events(*states: Paper | None) -> list[Event]:
    """Return the events of a paper that goes through some states, one a run."""
    found: list[Event] = []
    for run, (before, after) in enumerate(pairwise(states), start=1):
        assert after is not None
        kinds, was, now = classify(before, after)
        found += [Event(run, after.id, kind, was, now) for kind in kinds]
    return found


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (None, PAPER, ("added",)),
        (PAPER, PAPER, ()),
        (PAPER, PAPER.with_changes(datestamp="2024-02-01"), ("touched",)),
        (PAPER, PAPER.with_changes(version=3), ("revised",)),
        (PAPER, PAPER.with_changes(doi="10.1/x"), ("metadata",)),
        (PAPER, PAPER.with_changes(versions=(PaperVersion(1),)), ("metadata",)),
        (PAPER, PAPER.with_changes(status="withdrawn"), ("withdrawn",)),
        (PAPER, GONE, ("withdrawn", "revised")),
        (GONE, PAPER.with_changes(version=4, status="reinstated"), ("reinstated", "revised")),
        (GONE, GONE.with_changes(comment="why"), ("metadata",)),
        (PAPER, PAPER.with_changes(status="reinstated"), ("metadata",)),
    ],
)
def test_each_step_has_its_kinds(before: Paper | None, after: Paper, kinds: tuple[str, ...]) -> None:
    """A withdrawal is a version as well; a new datestamp alone is a touch."""
    assert classify(before, after)[0] == kinds


@pytest.mark.parametrize(("since", "kind"), [(None, "added"), ("2024-01-01", "added"), ("2024-01-06", "late")])
def test_an_old_paper_not_seen_before_came_late(since: str | None, kind: str) -> None:
    """It was cross-listed, or missed; without a first day nothing can be late."""
    assert classify(None, PAPER, since=since)[0] == (kind,)


def test_states_hold_what_differs() -> None:
    """Before and after name version, status and the fields that differ."""
    kinds, before, after = classify(PAPER, PAPER.with_changes(title="Goats", categories=("cs.DS",)))

    assert kinds == ("metadata",)
    assert before == {"version": 2, "status": "active", "title": "Sheep", "categories": []}
    assert after == {"version": 2, "status": "active", "title": "Goats", "categories": ["cs.DS"]}


def test_a_difference_is_from_the_first_state_to_the_last() -> None:
    """Each paper stands in the first list that fits; what was undone does not count."""
    renamed = PAPER.with_changes(title="Goats")
    back = PAPER.with_changes(version=4, status="reinstated")

    assert fold_events(events(None, PAPER, GONE)) == HarvestChanges(added=(ID,))
    assert fold_events(events(PAPER, GONE)) == HarvestChanges(withdrawn=(ID,))
    assert fold_events(events(GONE, back)) == HarvestChanges(reinstated=(ID,))
    assert fold_events(events(PAPER, GONE, back)) == HarvestChanges(revised=(Revised(ID, 2, 4),))
    assert fold_events(events(PAPER, renamed)) == HarvestChanges(metadata=(MetadataChanged(ID, ("title",)),))
    assert not fold_events(events(PAPER, renamed, PAPER))
    assert not fold_events(events(PAPER, PAPER.with_changes(datestamp="2025-01-01")))


def test_a_version_list_alone_is_a_correction() -> None:
    """If nothing else differs the field is named, so that no change goes unsaid."""
    known = PAPER.with_changes(versions=(PaperVersion(1, size_kb=3),))

    assert fold_events(events(PAPER, known)).metadata == (MetadataChanged(ID, ("versions",)),)
