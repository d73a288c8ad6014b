"""Decisions of persons and the log of theme moves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from surveygen.corpus.database import Database, storable, touch
from surveygen.corpus.jsonl import decision_data, decision_of, to_json
from surveygen.domain.decision import Decision, MoveReason, ThemeMove
from surveygen.domain.paper import PaperId
from surveygen.errors import CorpusError

_MARKER = re.compile(r"\[@([^\]]{1,300})\]")


class DecisionTable:
    """Decisions in order of their number, and what evidence moved; `store.decisions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Decision, ...]:
        """Return all decisions, the first one first, including undone decisions and the decisions that undo them."""
        decisions: list[Decision] = []
        for number, content in self._database.rows("SELECT number, content FROM decision ORDER BY number"):
            with self._database.reading("decision", number):
                decisions.append(decision_of(json.loads(content)))
        return self._under_current_names(decisions)

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
            stored, incoming = self.all(), self._under_current_names(incoming)
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
        rows = self._database.typed_rows(
            tuple[str, PaperId, str, str, MoveReason, str],
            "move",
            "SELECT at, paper, before, after, reason, detail FROM move ORDER BY id",
        )
        return tuple(ThemeMove(*row) for row in rows)

    def log_moves(self, moves: Iterable[ThemeMove]) -> None:
        """Append to the log of theme moves."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO move (at, paper, before, after, reason, detail) VALUES (?, ?, ?, ?, ?, ?)",
                [(move.at, move.paper, move.before, move.after, move.reason, move.detail) for move in moves],
            )

    def _under_current_names(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """Return decisions with the current ids of papers that were united with another since."""
        rows = self._database.rows("SELECT name, paper FROM paper_name WHERE name NOT LIKE 'title:%'")
        current = {PaperId(name): PaperId(paper) for name, paper in rows}
        return tuple(_renamed(decision, current) if current else decision for decision in decisions)

    def _insert(self, decisions: Sequence[Decision]) -> None:
        self._database.run_many(
            "INSERT INTO decision (number, content) VALUES (?, ?)",
            [(decision.number, to_json(decision_data(decision))) for decision in decisions],
        )


def _renamed(decision: Decision, current: Mapping[PaperId, PaperId]) -> Decision:
    target = _MARKER.sub(lambda found: f"[@{current.get(PaperId(found[1]), found[1])}]", decision.target)
    edit = decision.edit
    if edit is not None:
        basis = tuple(replace(source, paper=current.get(source.paper, source.paper)) for source in edit.basis)
        edit = replace(edit, basis=basis)
    subject = decision.subject
    if decision.action in {"move", "pin", "exclude"}:
        subject = current.get(PaperId(subject), subject)
    return replace(decision, subject=subject, target=target, edit=edit)
