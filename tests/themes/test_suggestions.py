"""What is proposed to a person about the themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Proposal, Taxonomy, Theme, ThemeId
from surveygen.themes import nearest_papers
from surveygen.themes.curate import SuggestionInput, suggest_changes

WORDS = ("purring cats", "tax law", "choir music", "steel bridges", "glass lenses")
THEMES = tuple(Theme(ThemeId(word.split()[1]), word.title()) for word in WORDS)


def sample_input(groups: dict[int, int], themes: dict[int, int], *, recent: int = -1) -> SuggestionInput:
    """Papers around axes that have something in common, of which the last axis has the contrary.

    Args:
        groups: number of papers around each axis.
        themes: axis to theme; others are under their own.
        recent: the axis whose papers came last.
    """
    rng = np.random.default_rng(3)
    axes = [axis for axis, count in groups.items() for _ in range(count)]
    common = np.where(np.array(axes) == 4, -1.0, 1.0)[:, None] * np.eye(24)[23]
    near = np.eye(24)[axes] + 0.7 * common + 0.5 * rng.normal(size=(len(axes), 24)) / np.sqrt(24)
    vectors = unit_rows(near.astype(np.float32))
    ids = [PaperId(f"{axis}-{n:03}") for n, axis in enumerate(axes)]
    papers = [
        Paper(paper, f"{WORDS[axis % 5]} number {n}") for n, (paper, axis) in enumerate(zip(ids, axes, strict=True))
    ]
    used = sorted({themes.get(axis, axis) for axis in axes})
    embeddings = Embeddings(tuple(ids), vectors, "drawn")
    return SuggestionInput(
        papers,
        embeddings,
        Taxonomy(tuple(THEMES[axis] for axis in used)),
        {paper: (THEMES[themes.get(axis, axis)].id,) for paper, axis in zip(ids, axes, strict=True)},
        nearest_papers(embeddings, 10),
        frozenset(paper for paper, axis in zip(ids, axes, strict=True) if axis == recent),
    )


CROWD = sample_input({0: 40, 1: 40, 2: 40, 3: 15}, {3: 1}, recent=3)


def suggested(kind: str, data: SuggestionInput, previous: Sequence[Proposal] = ()) -> list[Proposal]:
    """Return the suggestions of one kind."""
    return [proposal for proposal in suggest_changes(data, previous) if proposal.kind == kind]


def test_a_crowd_of_recent_papers_is_proposed_as_a_theme() -> None:
    """With its papers, and a name from their words; no other theme is."""
    (new,) = suggested("new", CROWD)

    assert set(new.papers) <= set(CROWD.recent)
    assert len(new.papers) >= 12
    assert "bridges" in new.name.lower()


def test_recent_papers_that_are_like_older_ones_are_not_proposed() -> None:
    """They belong where those stand."""
    papers = CROWD.embeddings.ids
    spread = replace(CROWD, recent=frozenset(papers[::7]) - frozenset(CROWD.recent))

    assert suggested("new", spread) == []


@pytest.mark.parametrize("recent", [frozenset(), frozenset(CROWD.embeddings.ids)])
def test_where_all_papers_came_at_once_none_is_new(recent: frozenset[PaperId]) -> None:
    """There is nothing to be new beside."""
    assert suggested("new", replace(CROWD, recent=recent)) == []


def test_a_proposal_keeps_its_id_until_a_person_dealt_with_its_papers() -> None:
    """It stays on the list as papers come, and goes when they are placed."""
    (first,) = suggested("new", CROWD)
    grown = replace(CROWD, recent=frozenset(sorted(CROWD.recent)[1:]))
    later = replace(CROWD, recent=frozenset())
    placed = replace(CROWD, placed=frozenset(first.papers))

    assert [proposal.id for proposal in suggested("new", grown, [first])] == [first.id]
    assert suggested("new", later, [first]) == [first]
    assert suggested("new", placed, [first]) == []


def test_themes_that_cannot_be_told_apart_are_proposed_as_one() -> None:
    """The smaller goes into the larger; themes of different papers are left alone."""
    mixed = sample_input({0: 40, 1: 40, 2: 40}, {})
    paths = {
        p: ((THEMES[3].id,) if p.startswith("0") and n % 3 == 0 else mixed.paths[p]) for n, p in enumerate(mixed.paths)
    }
    taxonomy = Taxonomy(THEMES[:4])

    (new,) = [
        proposal
        for proposal in suggest_changes(replace(mixed, paths=paths, taxonomy=taxonomy))
        if proposal.kind == "merge"
    ]

    assert new.themes == (THEMES[3].id, THEMES[0].id)
    assert suggested("merge", mixed) == []


def test_a_theme_of_two_subjects_is_proposed_to_be_divided() -> None:
    """Its halves are less alike than the themes beside it; a theme of one subject is whole."""
    two = sample_input({0: 40, 1: 40, 2: 40, 3: 40, 4: 40}, {4: 3})

    assert [proposal.themes for proposal in suggested("split", two)] == [(THEMES[3].id,)]
    assert [
        proposal
        for proposal in suggest_changes(sample_input({0: 40, 1: 40, 2: 40, 3: 40}, {}))
        if proposal.kind == "split"
    ] == []


def test_the_same_papers_give_the_same_proposals() -> None:
    """Nothing is left to chance."""
    assert suggest_changes(CROWD) == suggest_changes(CROWD)
