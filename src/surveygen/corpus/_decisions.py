"""Decisions of persons and the log of theme moves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast, get_args

from surveygen.corpus._database import Database, storable, touch
from surveygen.corpus._jsonl import Data, edit_data, edit_of, theme_data, theme_of, to_json
from surveygen.domain.decision import Action, Decision, ThemeMove
from surveygen.domain.paper import PaperId
from surveygen.errors import CorpusError


class DecisionTable:
    """Decisions in order of their number, and what evidence moved; `store.decisions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Decision, ...]:
        """Return all decisions, the first one first, including undone decisions and the decisions that undo them."""
        rows = self._database.rows("SELECT content FROM decision ORDER BY number")
        return tuple(decision_of(json.loads(row[0])) for row in rows)

    def append(self, decision: Decision) -> Decision:
        """Append a decision for good; return it with the next free number in place of its own."""
        with self._database.transaction():
            number = (self._database.value("SELECT max(number) FROM decision") or 0) + 1
            numbered = replace(
                decision, number=number, author=storable(decision.author), target=storable(decision.target)
            )
            self._insert([numbered])
            touch(self._database, decision.at)
        return numbered

    def merge(self, incoming: Sequence[Decision], *, at: str) -> None:
        """Merge the decisions of a dump: one list has to be the beginning of the other, and the longer one stays.

        Raises:
            CorpusError: the two lists differ in a decision that both have.
        """
        with self._database.transaction():
            stored = self.all()
            shared = min(len(stored), len(incoming))
            if tuple(incoming[:shared]) != stored[:shared]:
                raise CorpusError(
                    "the store has other decisions than the dump; the papers are imported, the decisions are not",
                    "import the dump into a new project, or leave its decision lines out",
                    file=str(self._database.path),
                )
            if len(incoming) > shared:
                self._insert(incoming[shared:])
                touch(self._database, at)

    def moves(self) -> tuple[ThemeMove, ...]:
        """Return the log of theme moves, the first one first."""
        rows = self._database.rows("SELECT at, paper, before, after, reason, detail FROM move ORDER BY id")
        return tuple(ThemeMove(row[0], PaperId(row[1]), *row[2:]) for row in rows)

    def log_moves(self, moves: Iterable[ThemeMove]) -> None:
        """Append to the log of theme moves."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO move (at, paper, before, after, reason, detail) VALUES (?, ?, ?, ?, ?, ?)",
                [(move.at, move.paper, move.before, move.after, move.reason, move.detail) for move in moves],
            )

    def _insert(self, decisions: Sequence[Decision]) -> None:
        self._database.run_many(
            "INSERT INTO decision (number, content) VALUES (?, ?)",
            [(decision.number, to_json(decision_data(decision))) for decision in decisions],
        )


def decision_data(decision: Decision) -> dict[str, object]:
    """Describe a decision as its line in the dump; what is empty is left out."""
    optional = {
        "target": decision.target,
        "themes": [theme_data(theme) for theme in decision.themes],
        "proposal": decision.proposal,
        "edit": edit_data(decision.edit) if decision.edit is not None else {},
    }
    required = {name: getattr(decision, name) for name in ("number", "at", "author", "action", "subject")}
    return required | {key: value for key, value in optional.items() if value}


def decision_of(data: Data) -> Decision:
    """Read what `decision_data` wrote.

    Raises:
        ValueError: a key is missing or holds a value of another type.
    """
    number, themes, edit = data.get("number"), data.get("themes", []), data.get("edit")
    words = {name: data.get(name, "") for name in ("at", "author", "action", "subject", "target", "proposal")}
    if type(number) is not int or number < 1 or not isinstance(themes, list):
        raise ValueError(f"a decision needs a number and a list of themes, not {number!r:.20} and {themes!r:.40}")
    if not all(isinstance(word, str) for word in words.values()) or words["action"] not in get_args(Action):
        raise ValueError(f"not a decision: {words!r:.200}")
    action = cast(Action, words.pop("action"))
    if (action == "edit") != isinstance(edit, dict):
        raise ValueError(f"a decision to {action} does not go with the edit {edit!r:.60}")
    written = edit_of(edit) if isinstance(edit, dict) else None
    return Decision(number=number, action=action, themes=tuple(map(theme_of, themes)), edit=written, **words)
