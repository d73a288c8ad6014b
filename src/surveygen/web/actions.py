"""The actions of the curation page, one pipeline call each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import ConfigError
from surveygen.pipeline import DecisionResult, Progress

Fields = Mapping[str, str]
Perform = Callable[[Project, Progress, Fields], DecisionResult]


@dataclass(frozen=True, slots=True)
class CurationAction:
    """An action: the fields that its request must contain, and the function that performs it."""

    fields: tuple[str, ...]
    perform: Perform


ACTIONS: Mapping[str, CurationAction] = {
    "move": CurationAction(
        ("paper", "theme"), lambda survey, _, row: pipeline.move(survey, row["paper"], row["theme"])
    ),
    "pin": CurationAction(("paper",), lambda survey, progress, row: pipeline.pin(survey, progress, row["paper"])),
    "exclude": CurationAction(("paper",), lambda survey, _, row: pipeline.exclude(survey, row["paper"])),
    "rename": CurationAction(
        ("theme", "name"), lambda survey, _, row: pipeline.rename(survey, row["theme"], row["name"])
    ),
    "merge": CurationAction(
        ("theme", "into"), lambda survey, _, row: pipeline.merge(survey, row["theme"], row["into"])
    ),
    "split": CurationAction(("theme",), lambda survey, progress, row: pipeline.split(survey, progress, row["theme"])),
    "accept": CurationAction(
        ("proposal",), lambda survey, progress, row: pipeline.accept(survey, progress, row["proposal"])
    ),
    "edit": CurationAction(
        ("section", "sentence", "text"),
        lambda survey, progress, row: pipeline.edit(survey, progress, row["section"], row["sentence"], row["text"]),
    ),
    "drop": CurationAction(
        ("section", "sentence"),
        lambda survey, progress, row: pipeline.drop_sentence(survey, progress, row["section"], row["sentence"]),
    ),
    "keep": CurationAction(
        ("section", "sentence"),
        lambda survey, progress, row: pipeline.confirm_sentence(survey, progress, row["section"], row["sentence"]),
    ),
    "undo": CurationAction((), lambda survey, _progress, _row: pipeline.undo(survey)),
}


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """A requested action, its fields, and the state of the survey that the page showed."""

    action: CurationAction
    fields: Fields
    state: str


def read_request(data: object) -> ActionRequest:
    """Validate the JSON body of an action request.

    Raises:
        ConfigError: the action is unknown, or the fields are not those of the action.
    """
    rows = data if isinstance(data, dict) else {}
    fields = {str(key): value for key, value in rows.items() if isinstance(value, str)}
    name, state = fields.pop("action", ""), fields.pop("state", "")
    action = ACTIONS.get(name)
    if action is None:
        raise ConfigError(f"unknown action {name!r:.60}", f"choose from {', '.join(sorted(ACTIONS))}")
    if len(rows) != len(fields) + 2 or set(fields) != set(action.fields) or not state:
        raise ConfigError(f"{name} needs the string fields {', '.join(('state', *action.fields))}, and no others")
    return ActionRequest(action, fields, state)
