"""What the small arXiv holds at each moment: papers with their versions, by a script."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

FORM = "%Y-%m-%dT%H:%M:%SZ"
_TEXTS = ("title", "abstract", "authors", "comments", "journal_ref", "doi", "license")
GROUPS = {"hep-ex", "hep-lat", "nucl-ex"} | {
    "astro-ph",
    "cond-mat",
    "gr-qc",
    "hep-ph",
    "hep-th",
    "math-ph",
    "nucl-th",
    "quant-ph",
    "physics",
    "nlin",
}


@dataclass(frozen=True)
class Version:
    """One version as arXivRaw tells it."""

    n: int
    date: str
    flags: str = ""
    size: int = 7


@dataclass(frozen=True)
class State:
    """A paper from a moment on; `moment` is the time of its last modification."""

    id: str
    moment: str
    versions: tuple[Version, ...]
    title: str = "An invented title"
    abstract: str = "Nothing is claimed."
    authors: str = "N. O. Body and Some One"
    categories: str = "cs.XX"
    comments: str = ""
    journal_ref: str = ""
    doi: str = ""
    license: str = "http://creativecommons.org/publicdomain/zero/1.0/"
    deleted: bool = False

    @property
    def published(self) -> str:
        """When the first version was submitted."""
        return self.versions[0].date

    @property
    def updated(self) -> str:
        """When the latest version was submitted."""
        return self.versions[-1].date

    @property
    def sets(self) -> tuple[str, ...]:
        """Its OAI sets, as group:archive:CAT."""
        return tuple(dict.fromkeys(set_of(category) for category in self.categories.split()))

    @property
    def entry(self) -> str:
        """Its Atom entry."""
        terms = self.categories.split()
        names = self.authors.replace(" and ", ", ").split(", ")
        optional = {"comment": self.comments, "journal_ref": self.journal_ref, "doi": self.doi}
        return (
            f"<entry><id>http://arxiv.org/abs/{self.id}v{self.versions[-1].n}</id><title>{escape(self.title)}</title>"
            f"<updated>{self.updated}</updated><published>{self.published}</published>"
            f"<summary>{escape(self.abstract)}</summary>"
            + "".join(f"<author><name>{escape(name)}</name></author>" for name in names)
            + "".join(f"<arxiv:{key}>{escape(value)}</arxiv:{key}>" for key, value in optional.items() if value)
            + "".join(f'<category term="{term}"/>' for term in terms)
            + f'<arxiv:primary_category term="{terms[0]}"/></entry>\n'
        )

    @property
    def header(self) -> str:
        """Its OAI header."""
        status = ' status="deleted"' if self.deleted else ""
        sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in self.sets)
        return (
            f"<header{status}><identifier>oai:arXiv.org:{self.id}</identifier>"
            f"<datestamp>{self.moment[:10]}</datestamp>{sets}</header>"
        )

    @property
    def record(self) -> str:
        """Its OAI record in arXivRaw."""
        if self.deleted:
            return f"<record>{self.header}</record>\n"
        versions = "".join(
            f'<version version="v{version.n}"><date>{rfc822(version.date)}</date><size>{version.size}kb</size>'
            + (f"<source_type>{version.flags}</source_type>" if version.flags else "")
            + "</version>"
            for version in self.versions
        )
        told = {
            "title": self.title, "authors": self.authors, "categories": self.categories, "comments": self.comments,
            "journal-ref": self.journal_ref, "doi": self.doi, "license": self.license, "abstract": self.abstract,
        }  # fmt: skip
        words = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in told.items() if value)
        return (
            f'<record>{self.header}<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{self.id}</id>'
            f"<submitter>Nobody</submitter>{versions}{words}</arXivRaw></metadata></record>\n"
        )

    def revised(self, moment: str, *, flags: str = "", **changes: str) -> State:
        """Return the paper with one version more."""
        version = Version(self.versions[-1].n + 1, moment, flags)
        return replace(self, moment=moment, versions=(*self.versions, version), **changes)  # type: ignore[arg-type]  # names of text fields

    def corrected(self, moment: str, **changes: str) -> State:
        """Return the paper with other metadata, or with a new datestamp alone."""
        return replace(self, moment=moment, **changes)  # type: ignore[arg-type]  # names of text fields


@dataclass
class World:
    """All states by moment, and what time it is there; `current` is what a server would find in its tables."""

    states: Sequence[State]
    now: str
    extra: list[State] = field(default_factory=list)

    def current(self) -> list[State]:
        """Return the papers as they are now, in the order of the server: modification, then id."""
        latest: dict[str, State] = {}
        for state in sorted([*self.states, *self.extra], key=lambda state: state.moment):
            if state.moment <= self.now:
                latest[state.id] = state
        return sorted(latest.values(), key=lambda state: (state.moment, state.id))

    def pass_time(self, **span: float) -> None:
        """Let time pass there."""
        moment = datetime.strptime(self.now, FORM).replace(tzinfo=UTC) + timedelta(**span)
        self.now = moment.strftime(FORM)


def set_of(category: str) -> str:
    """Return the set of a category, group:archive:CAT."""
    archive, _, subject = category.partition(".")
    group = "physics" if archive in GROUPS else archive
    return f"{group}:{archive}:{subject}" if subject else f"{group}:{archive}"


def rfc822(date: str) -> str:
    """Write a date as arXivRaw does."""
    return format_datetime(datetime.strptime(date, FORM).replace(tzinfo=UTC), usegmt=True)


def invent_world(count: int, *, seed: int = 0, start: str = "2024-01-01T00:00:00Z", days: int = 20) -> World:
    """Invent papers that are submitted, revised, withdrawn, reinstated, corrected and touched on some days."""
    rng = random.Random(seed)
    first = datetime.strptime(start, FORM).replace(tzinfo=UTC)
    states: list[State] = []
    for number in range(count):
        moment = first + timedelta(days=rng.randrange(days), minutes=rng.randrange(1400))
        at = moment.strftime(FORM)
        state = State(f"2401.{number:05}", at, (Version(1, at),), f"Invented paper {number}", f"Nothing in {number}.")
        states.append(state)
        while rng.random() < 0.5:
            moment += timedelta(days=rng.randrange(1, 6), minutes=rng.randrange(600))
            state = _next(state, moment.strftime(FORM), rng)
            states.append(state)
    return World(states, (first + timedelta(days=days)).strftime(FORM))


def _next(state: State, at: str, rng: random.Random) -> State:
    if "I" in state.versions[-1].flags:
        return state.revised(at, abstract=f"Back as {at}.", comments="")
    deed = rng.choice(["revise", "revise", "withdraw", "title", "doi", "touch"])
    if deed == "revise":
        return state.revised(at, abstract=f"{state.abstract} More on {at}.")
    if deed == "withdraw":
        return state.revised(at, flags="I", abstract="Withdrawn.", comments="under revision")
    words = {"title": {"title": f"Renamed {at}"}, "doi": {"doi": f"10.1000/{at[:10]}"}, "touch": {}}[deed]
    return state.corrected(at, **words)


def real_world(path: Path, papers: int | None = None) -> World:
    """Read real papers with all their versions: each row is a state of its paper at the time of its version."""
    rows: dict[str, list[dict[str, object]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["paper_id"], []).append(row)
    chosen = list(rows.values())[:papers]
    return World([state for group in chosen for state in _real(group)], "2024-01-01T00:00:00Z")


def _real(rows: Iterable[dict[str, object]]) -> list[State]:
    states: list[State] = []
    versions: list[Version] = []
    moment = ""
    for row in sorted(rows, key=lambda row: int(str(row["version"]))):
        # `created` is the date of version 1 in every row of some papers: then only the order is known.
        dates = [_iso(str(row["created"])), max(moment, _iso(str(row.get("updated") or row["created"])))]
        moment = max(dates[1], "2005-09-16T00:00:00Z")
        versions.append(Version(int(str(row["version"])), dates[0], "I" if row["is_withdrawn"] else ""))
        state = State(str(row["paper_id"]), moment, tuple(versions), categories=str(row["abs_categories"]))
        states.append(state.corrected(moment, **{key: str(row.get(key) or "") for key in _TEXTS}))
    return states


def _iso(stamp: str) -> str:
    return stamp.replace(" ", "T") + "Z"
