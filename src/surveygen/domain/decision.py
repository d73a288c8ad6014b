"""Decisions of persons about themes, papers and sentences; an append-only list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.edits import Edit
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Theme

Action = Literal["rename", "move", "merge", "split", "add", "pin", "exclude", "edit", "undo"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; never changed once it is stored.

    Attributes:
        number: from 1, in the order in which they were made.
        at: ISO 8601 UTC. author: who decided.
        action: "rename", "merge", "split" and "add" are about a theme, "move", "pin" and "exclude" about a paper,
            "edit" about a section, "undo" about an earlier decision.
        subject: the id of the theme, paper or section, or the number of the decision that is undone.
        target: the new name, the theme that a paper or theme moves to, the parent of an added theme, or the person's
            text with citations as ``[@paper-id]``; "" for none.
        themes: those that "split" and "add" created, with their ids, so that applying a decision is deterministic.
            The seeds of an added theme are the papers that the person put there.
        proposal: the id of the accepted proposal, "" if there was none.
        edit: place and sources of the text of an "edit".
        reason: why, in the person's words; "" if none was given.
    """

    number: int
    at: str
    author: str
    action: Action
    subject: str
    target: str = ""
    themes: tuple[Theme, ...] = ()
    proposal: str = ""
    edit: Edit | None = None
    reason: str = ""


MoveReason = Literal["evidence", "words", "theme_gone", "divided", "merged", "person", "undone", "encoder", "themes"]


@dataclass(frozen=True, slots=True)
class ThemeMove:
    """A paper that an assignment moved to another theme: when, from where to where, and why.

    `reason` is translated into every language; `detail` has the scores.
    """

    at: str
    paper: PaperId
    before: str
    after: str
    reason: MoveReason
    detail: str = ""


def active_decisions(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions in effect, in their order: without those undone and those that undo."""
    decisions = tuple(decisions)
    undone = {decision.subject for decision in decisions if decision.action == "undo"}
    return tuple(item for item in decisions if item.action != "undo" and str(item.number) not in undone)


def excluded_papers(decisions: Iterable[Decision]) -> frozenset[PaperId]:
    """Return the papers that a person excluded from the draft; to move or pin a paper includes it again."""
    excluded: Mapping[PaperId, bool] = {
        PaperId(decision.subject): decision.action == "exclude"
        for decision in active_decisions(decisions)
        if decision.action in {"exclude", "move", "pin"}
    }
    return frozenset(paper for paper, is_excluded in excluded.items() if is_excluded)


def active_edits(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the edits in effect, in their order: the last of each claim, and the last local one of each language."""
    last: dict[tuple[str, str], Decision] = {}
    for decision in active_decisions(decisions):
        if decision.edit is not None:
            key = (decision.edit.claim, decision.edit.language if decision.edit.local else "")
            last.pop(key, None)
            last[key] = decision
    return tuple(last.values())
