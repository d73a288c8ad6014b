"""Decisions of a person, and the moves that evidence made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast, get_args

from surveygen.corpus._database import Database
from surveygen.corpus._importer import storable, touch
from surveygen.corpus._jsonl import Data, edit_data, edit_of, theme_data, theme_of, to_json
from surveygen.domain.decision import Action, Decision, ThemeMove
from surveygen.domain.paper import PaperId
from surveygen.errors import CorpusError


def decisions(database: Database) -> tuple[Decision, ...]:
    """Return all decisions, the first one first."""
    rows = database.rows("SELECT content FROM decision ORDER BY number")
    return tuple(decision_of(json.loads(row[0])) for row in rows)


def decide(database: Database, decision: Decision) -> Decision:
    """Append a decision; it gets the next number, whatever number it came with."""
    with database.transaction():
        number = (database.value("SELECT max(number) FROM decision") or 0) + 1
        made = replace(decision, number=number, author=storable(decision.author), target=storable(decision.target))
        _insert(database, [made])
        touch(database, decision.at)
    return made


def restore(database: Database, incoming: Sequence[Decision], *, at: str) -> None:
    """Take the decisions of a dump.

    Raises:
        CorpusError: they and those of the store are different stories: neither goes on where the other ends.
    """
    with database.transaction():
        known = decisions(database)
        shared = min(len(known), len(incoming))
        if tuple(incoming[:shared]) != known[:shared]:
            raise CorpusError(
                "the store has other decisions than the dump; the papers are imported, the decisions are not",
                "import the dump into a new project, or leave its decision lines out",
                file=str(database.path),
            )
        if len(incoming) > shared:
            _insert(database, incoming[shared:])
            touch(database, at)


def moves(database: Database) -> tuple[ThemeMove, ...]:
    """Return every logged move, the first one first."""
    rows = database.rows("SELECT at, paper, before, after, reason, detail FROM move ORDER BY id")
    return tuple(ThemeMove(row[0], PaperId(row[1]), *row[2:]) for row in rows)


def log_moves(database: Database, made: Iterable[ThemeMove]) -> None:
    """Append moves to the log."""
    with database.transaction():
        database.run_many(
            "INSERT INTO move (at, paper, before, after, reason, detail) VALUES (?, ?, ?, ?, ?, ?)",
            [(one.at, one.paper, one.before, one.after, one.reason, one.detail) for one in made],
        )


def decision_data(decision: Decision) -> dict[str, object]:
    """Describe a decision as its line in the dump; what is empty is left out."""
    optional = {
        "target": decision.target,
        "themes": [theme_data(theme) for theme in decision.themes],
        "proposal": decision.proposal,
        "edit": edit_data(decision.edit) if decision.edit is not None else {},
    }
    told = {name: getattr(decision, name) for name in ("number", "at", "author", "action", "subject")}
    return told | {key: value for key, value in optional.items() if value}


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


def _insert(database: Database, made: Sequence[Decision]) -> None:
    database.run_many(
        "INSERT INTO decision (number, content) VALUES (?, ?)",
        [(decision.number, to_json(decision_data(decision))) for decision in made],
    )
