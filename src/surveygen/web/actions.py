"""What the page may ask for: each order is one call of the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import ConfigError
from surveygen.pipeline import DecisionResult, Progress

Words = Mapping[str, str]
Do = Callable[[Project, Progress, Words], DecisionResult]


@dataclass(frozen=True, slots=True)
class CurationAction:
    """The fields that an order needs, and what it does."""

    fields: tuple[str, ...]
    do: Do


ACTIONS: Mapping[str, CurationAction] = {
    "move": CurationAction(("paper", "theme"), lambda project, _, of: pipeline.move(project, of["paper"], of["theme"])),
    "pin": CurationAction(("paper",), lambda project, progress, of: pipeline.pin(project, progress, of["paper"])),
    "exclude": CurationAction(("paper",), lambda project, _, of: pipeline.exclude(project, of["paper"])),
    "rename": CurationAction(
        ("theme", "name"), lambda project, _, of: pipeline.rename(project, of["theme"], of["name"])
    ),
    "merge": CurationAction(("theme", "into"), lambda project, _, of: pipeline.merge(project, of["theme"], of["into"])),
    "split": CurationAction(("theme",), lambda project, progress, of: pipeline.split(project, progress, of["theme"])),
    "accept": CurationAction(
        ("proposal",), lambda project, progress, of: pipeline.accept(project, progress, of["proposal"])
    ),
    "edit": CurationAction(
        ("section", "sentence", "text"),
        lambda project, progress, of: pipeline.edit(project, progress, of["section"], of["sentence"], of["text"]),
    ),
    "drop": CurationAction(
        ("section", "sentence"),
        lambda project, progress, of: pipeline.drop_sentence(project, progress, of["section"], of["sentence"]),
    ),
    "keep": CurationAction(
        ("section", "sentence"),
        lambda project, progress, of: pipeline.confirm_sentence(project, progress, of["section"], of["sentence"]),
    ),
    "undo": CurationAction((), lambda project, _progress, _of: pipeline.undo(project)),
}


@dataclass(frozen=True, slots=True)
class Order:
    """One action that a page asked for, and the state of the survey that it saw."""

    verb: CurationAction
    words: Words
    state: str


def read_order(data: object) -> Order:
    """Read what the page sent.

    Raises:
        ConfigError: an unknown action, or fields that are not those of the action.
    """
    rows = data if isinstance(data, dict) else {}
    words = {str(key): value for key, value in rows.items() if isinstance(value, str)}
    action, state = words.pop("action", ""), words.pop("state", "")
    verb = ACTIONS.get(action)
    if verb is None:
        raise ConfigError(f"there is no action {action!r:.60}", f"choose from {', '.join(sorted(ACTIONS))}")
    if len(rows) != len(words) + 2 or set(words) != set(verb.fields) or not state:
        raise ConfigError(f"{action} needs {', '.join(('state', *verb.fields))} as texts, and nothing else")
    return Order(verb, words, state)
