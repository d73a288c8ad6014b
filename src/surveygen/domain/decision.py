"""What a person decided about themes, papers and sentences: a list that only grows."""

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
        target: the new name, the theme that a paper or theme goes to, the parent of an added theme, or the person's
            words with citations as ``[@paper-id]``; "" for none.
        themes: those that "split" and "add" brought, minted when it was made, so that applying it needs no chance.
            The seeds of an added theme are the papers that the person put there.
        proposal: the id of the proposal that it accepted, "" if it came from the person alone.
        edit: what the words of an "edit" stand in place of.
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


MoveReason = Literal["evidence", "words", "theme_gone", "divided", "merged", "person", "undone", "encoder", "themes"]


@dataclass(frozen=True, slots=True)
class ThemeMove:
    """A paper that a placement moved: when, from where to where, and why.

    `reason` is worded in every language; `detail` gives the numbers of evidence.
    """

    at: str
    paper: PaperId
    before: str
    after: str
    reason: MoveReason
    detail: str = ""


def active_decisions(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions that hold, in their order: not those undone, nor the undoing."""
    known = tuple(decisions)
    undone = {decision.subject for decision in known if decision.action == "undo"}
    return tuple(one for one in known if one.action != "undo" and str(one.number) not in undone)


def excluded_papers(decisions: Iterable[Decision]) -> frozenset[PaperId]:
    """Return the papers that a person took out of the draft; to move or pin one brings it back."""
    verdicts: Mapping[PaperId, bool] = {
        PaperId(one.subject): one.action == "exclude"
        for one in active_decisions(decisions)
        if one.action in {"exclude", "move", "pin"}
    }
    return frozenset(paper for paper, out in verdicts.items() if out)


def active_edits(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the edits that hold, in their order: of each claim the last one, and the last in each language alone."""
    last: dict[tuple[str, str], Decision] = {}
    for one in active_decisions(decisions):
        if one.edit is not None:
            key = (one.edit.claim, one.edit.language if one.edit.local else "")
            last.pop(key, None)
            last[key] = one
    return tuple(last.values())
