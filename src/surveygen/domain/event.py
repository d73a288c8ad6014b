"""Events of papers in a harvest, and the changes that they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from surveygen.domain.changes import MetadataChanged, Revised
from surveygen.domain.paper import Paper, PaperId

EventKind = Literal["added", "late", "revised", "withdrawn", "reinstated", "metadata", "touched", "regressed"]
State = Mapping[str, object]

# Kinds that change nothing that a draft shows.
QUIET: frozenset[EventKind] = frozenset({"touched", "regressed"})
# Fields that are compared; texts as they are, the rest in their JSON form.
FIELDS = (
    *("title", "abstract", "authors", "categories", "primary_category", "doi", "journal_ref", "comment", "license"),
    *("url", "published", "updated", "abstract_kind", "versions", "extra"),
)
# These change with every version, so that they do not show a correction.
_OF_VERSION = {"updated", "versions"}


@dataclass(frozen=True, slots=True)
class Event:
    """One change by one delivered record.

    Attributes:
        kind: "late" is a new paper whose first version is older than the requested window; "metadata" a correction
            within a version; "touched" a new datestamp alone; "regressed" a record older than the stored one, which
            stays.
        before, after: version, status, and the fields that differ, each with its value; before is empty for a new
            paper.
    """

    run: int
    paper: PaperId
    kind: EventKind
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class HarvestChanges:
    """Changes by some runs, from the state before the first to the state after the last; each list sorted by id.

    A paper is in the first list that fits, but a withdrawal or reinstatement takes precedence over the new version: at
    arXiv each of them is a version.
    """

    added: tuple[PaperId, ...] = ()
    revised: tuple[Revised, ...] = ()
    withdrawn: tuple[PaperId, ...] = ()
    reinstated: tuple[PaperId, ...] = ()
    metadata: tuple[MetadataChanged, ...] = field(default=())

    def __bool__(self) -> bool:
        """Whether anything that a draft shows changed."""
        return bool(self.added or self.revised or self.withdrawn or self.reinstated or self.metadata)


def classify(
    before: Paper | None, after: Paper, *, since: str | None = None
) -> tuple[tuple[EventKind, ...], State, State]:
    """Return the kinds of change by a record, and the two states; no kind if nothing changed.

    Args:
        before: the paper as it was stored, None if it was not.
        after: the paper with the record merged in.
        since: ISO date from which records were asked for; a new paper first submitted before it is late.
    """
    if before is None:
        late = since is not None and after.published is not None and after.published < since
        return ("late" if late else "added",), {}, _state(after, ())
    fields = tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))
    kinds: list[EventKind] = []
    if (before.status == "withdrawn") != (after.status == "withdrawn"):
        kinds.append("withdrawn" if after.status == "withdrawn" else "reinstated")
    if after.version > before.version:
        kinds.append("revised")
    if not kinds and (fields or after.status != before.status):
        kinds.append("metadata")
    if not kinds and after.datestamp != before.datestamp:
        kinds.append("touched")
    return tuple(kinds), _state(before, fields), _state(after, fields)


def fold_events(events: Iterable[Event]) -> HarvestChanges:
    """Add up events, in their order, into the changes that remain; what was undone does not count."""
    of_paper: dict[PaperId, list[Event]] = {}
    for event in events:
        if event.kind not in QUIET:
            of_paper.setdefault(event.paper, []).append(event)
    added: list[PaperId] = []
    withdrawn: list[PaperId] = []
    reinstated: list[PaperId] = []
    revised: list[Revised] = []
    metadata: list[MetadataChanged] = []
    for paper in sorted(of_paper):
        before, after = of_paper[paper][0].before, of_paper[paper][-1].after
        was, now = before.get("status") == "withdrawn", after.get("status") == "withdrawn"
        if not before:
            added.append(paper)
        elif was != now:
            (withdrawn if now else reinstated).append(paper)
        elif _number(after) > _number(before):
            revised.append(Revised(paper, _number(before), _number(after)))
        elif fields := _corrected_fields(of_paper[paper]):
            metadata.append(MetadataChanged(paper, fields))
    return HarvestChanges(tuple(added), tuple(revised), tuple(withdrawn), tuple(reinstated), tuple(metadata))


def _state(paper: Paper, fields: Sequence[str]) -> State:
    """Return version, status and some fields of a paper in their JSON form."""
    state: dict[str, object] = {"version": paper.version, "status": paper.status}
    for name in fields:
        value = getattr(paper, name)
        if name == "authors":
            value = [author.name for author in paper.authors]
        elif name == "versions":
            value = [[version.n, version.submitted_at, version.size_kb, version.flags] for version in paper.versions]
        elif isinstance(value, tuple):
            value = [list(item) if isinstance(item, tuple) else item for item in value]
        state[name] = value
    return state


def _corrected_fields(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the fields that differ after some events within one version."""
    first: dict[str, object] = {}
    last: dict[str, object] = {}
    for event in events:
        for name in event.before.keys() & event.after.keys():
            first.setdefault(name, event.before[name])
            last[name] = event.after[name]
    differ = {name for name in first if first[name] != last[name]} - {"version", "status"}
    return tuple(sorted(differ - _OF_VERSION or differ))


def _number(state: State) -> int:
    version = state.get("version")
    return version if isinstance(version, int) else 0
