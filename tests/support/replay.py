"""Real listing days as a script of the small arXiv, with what each day must come to."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from arxiv_world import State, Version, World
from surveygen.domain.changes import MetadataChanged, Revised
from surveygen.domain.event import HarvestChanges
from surveygen.domain.paper import PaperId

FIRST_DAY = "2025-12-26"  # the days after it hold the most real revisions
CATEGORY, SET = "cs.CL", "cs:cs:CL"
BEFORE = 5  # listing days that are there at the start
_FIELDS = {"title": "title", "authors": "authors", "comments": "comment", "categories": "categories"}


@dataclass
class Day:
    """What happens on one day; `difference` is what a harvest of that day must tell."""

    day: str
    added: list[PaperId] = field(default_factory=list)
    revised: list[Revised] = field(default_factory=list)
    withdrawn: list[PaperId] = field(default_factory=list)
    reinstated: list[PaperId] = field(default_factory=list)
    metadata: list[MetadataChanged] = field(default_factory=list)

    @property
    def difference(self) -> HarvestChanges:
        """The lists, sorted by id."""
        return HarvestChanges(
            tuple(sorted(self.added)),
            tuple(sorted(self.revised, key=lambda one: one.paper)),
            tuple(sorted(self.withdrawn)),
            tuple(sorted(self.reinstated)),
            tuple(sorted(self.metadata, key=lambda one: one.paper)),
        )


@dataclass(frozen=True)
class Script:
    """A world, the day before the first, and the days."""

    world: World
    eve: str
    days: tuple[Day, ...]


def script(shared: Path, count: int = 30) -> Script:
    """Make the script of some real listing days: announcements, real revisions and corrections, and relistings.

    A paper that is listed again gets a new datestamp alone. Of the papers that are there at the start one is withdrawn
    on the fifth day, one of the sixth comes back on the twelfth, and one appears in a journal on the seventh: real
    listings show nothing of the kind.
    """
    listed = [row for row in _rows(shared) if CATEGORY in row["categories"]]
    calendar = sorted({row[key] for row in listed for key in ("announced", "last_listed")})
    start = next(place for place, day in enumerate(calendar) if day >= FIRST_DAY)
    days = {day: Day(day) for day in calendar[start : start + count]}
    eve, last = calendar[start - 1], max(days)
    states: list[State] = []
    revisions = _revisions(shared)
    for row in listed:
        if calendar[start - BEFORE] <= row["announced"] <= last:
            first = _first(row)
            states.append(first)
            if row["announced"] in days:
                days[row["announced"]].added.append(PaperId(first.id))
            states += _later(first, row, revisions, days)
    states += _withdrawals([state for state in states if state.moment[:10] <= eve], list(days.values()))
    return Script(World(states, noon(eve)), eve, tuple(days.values()))


def noon(day: str) -> str:
    """Return the hour at which a day is harvested."""
    return f"{day}T12:00:00Z"


def _rows(shared: Path) -> Iterator[dict[str, Any]]:
    """Yield real listings; of a paper whose revision is known, its first state."""
    revisions = _revisions(shared)
    for paper, states in revisions.items():
        first = states[0]
        yield first | {"arxiv_id": paper, "announced": first["listed"], "last_listed": states[-1]["listed"]}
    with gzip.open(shared / "corpora/general.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = (row for row in map(json.loads, lines) if "announced" in row and "categories" in row)
        yield from (row for row in rows if row["arxiv_id"] not in revisions)


def _revisions(shared: Path) -> dict[str, list[dict[str, Any]]]:
    lines = (shared / "fixtures/arxiv/revisions.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["arxiv_id"]: row["states"] for row in map(json.loads, lines)}


def _first(row: Mapping[str, Any]) -> State:
    submitted = date.fromisoformat(row["announced"]) - timedelta(days=1)
    version = Version(1, f"{submitted.isoformat()}T17:00:00Z")
    at = f"{row['announced']}T01:00:00Z"
    return State(row["arxiv_id"], at, (version,)).corrected(at, **_words(row))


def _words(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        "title": told["title"],
        "abstract": told["abstract"],
        "authors": ", ".join(name.replace(",", " ") for name in told["authors"]),
        "categories": " ".join(told["categories"]),
        "comments": told.get("comment") or "",
    }  # fmt: skip


def _later(
    first: State, row: Mapping[str, Any], revisions: Mapping[str, list[dict[str, Any]]], days: Mapping[str, Day]
) -> list[State]:
    """Make what happens to a paper after its first listing, within the days."""
    known = first
    for told in revisions.get(first.id, []):
        if told["listed"] > row["announced"] and told["listed"] in days:
            return [_changed(known, told, days[told["listed"]])]
    if row["last_listed"] > row["announced"] and row["last_listed"] in days:
        return [known.corrected(f"{row['last_listed']}T02:00:00Z")]
    return []


def _changed(known: State, told: Mapping[str, Any], day: Day) -> State:
    """Make a new version of a new abstract, and a correction of anything else."""
    at, words = f"{day.day}T02:00:00Z", _words(told)
    if words["abstract"] != known.abstract:
        day.revised.append(Revised(PaperId(known.id), 1, 2))
        return known.revised(at, **words)
    fields = {_FIELDS[key] for key in _FIELDS if words[key] != getattr(known, key)}
    if words["categories"].split()[0] != known.categories.split()[0]:
        fields.add("primary_category")
    day.metadata.append(MetadataChanged(PaperId(known.id), tuple(sorted(fields))))
    return known.corrected(at, **words)


def _withdrawals(known: list[State], days: list[Day]) -> list[State]:
    gone, back, cited = sorted(known, key=lambda state: state.id)[:3]
    stub = {"abstract": "Withdrawn.", "comments": "under revision"}
    days[4].withdrawn.append(PaperId(gone.id))
    days[5].withdrawn.append(PaperId(back.id))
    days[11].reinstated.append(PaperId(back.id))
    days[6].metadata.append(MetadataChanged(PaperId(cited.id), ("doi", "journal_ref")))
    missing = back.revised(f"{days[5].day}T03:00:00Z", flags="I", **stub)
    return [
        gone.revised(f"{days[4].day}T03:00:00Z", flags="I", **stub),
        cited.corrected(f"{days[6].day}T03:00:00Z", doi="10.1000/xyz", journal_ref="J. Inv. 1 (2026)"),
        missing,
        missing.revised(f"{days[11].day}T03:00:00Z", abstract=back.abstract, comments="mended"),
    ]
