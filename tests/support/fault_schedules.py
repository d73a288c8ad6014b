"""Random faults of the small arXiv, and what must hold whatever they are."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from arxiv_server import Replica, serving
from arxiv_world import World, invent_world
from harvest_project import dump, project_at, run
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.errors import SourceError
from surveygen.sources.arxiv import clear_stop

# Those that pass: whatever they do to one answer, a later one is right.
ANYWHERE = (
    "429 seconds", "429 date", "429 bare", "408", "425", "500", "502", "503", "504", "html", "html as xml",
    "empty body", "truncated", "control character", "wrong utf-8", "cut", "reset", "gzip", "gzip damaged", "brotli",
    "entity bomb", "foreign entity", "foreign redirect", "redirect", "400", "404", "403", "418",
)  # fmt: skip
OF_OAI = (
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch",
    "noSetHierarchy", "empty list", "bad record", "token repeated", "token of other verb", "no empty token",
    "old dialect",
)  # fmt: skip
OF_QUERY = ("error feed", "empty page", "short page", "duplicate entry", "wrong order", "ignores start")
MAX_RETRIES = 5
SPAN = 60  # requests among which the faults lie


@dataclass(frozen=True)
class Trial:
    """What one schedule came to."""

    requests: int
    runs: int
    faultless: int
    faults: int
    same: bool
    quiet: bool

    @property
    def bounded(self) -> bool:
        """Whether no fault cost more than the tries of its row, and no run more than a harvest."""
        return self.requests <= self.faultless * (1 + MAX_RETRIES) + self.runs * (self.faultless + 1)


def try_schedule(seed: int, folder: Path, papers: int = 40) -> Trial:
    """Harvest through the faults of a seed until the server is well, and compare with a harvest without faults."""
    rng = random.Random(seed)
    by_sets = seed % 3 != 0
    settings: dict[str, object] = {} if by_sets else {"sets": (), "query": "all:x"}
    menu = ANYWHERE + (OF_OAI if by_sets else OF_QUERY)
    share = rng.choice([0.1, 0.3, 0.6])
    faults = {number: rng.choice(menu) for number in range(1, SPAN) if rng.random() < share}
    touches = rng.sample(range(2, 20), 2) if by_sets else []
    with serving(Replica(world=invent_world(papers, seed=seed), faults=faults)) as replica:
        replica.during = {number: _touch(rng.randrange(papers)) for number in touches}
        project = project_at(folder / "faulty", replica, **settings)
        runs = _until_healthy(project, replica, max(faults, default=0))
        requests = len(replica.hits)
        found = _known(project)
        quiet = run(project).events == () and _known(project) == found
    assert replica.world is not None
    with serving(Replica(world=replica.world)) as well:
        calm = project_at(folder / "calm", well, **settings)
        run(calm)
        faultless = len(well.hits)
    return Trial(requests, runs, faultless, len(faults), found == _known(calm), quiet)


def _until_healthy(project: Project, replica: Replica, last: int) -> int:
    runs = 0
    while runs < 2 * SPAN:
        runs += 1
        try:
            clear_stop(project.settings.sources.arxiv, project.root / "locks")
            if run(project).outcome == "complete" and len(replica.hits) > last:
                run(project)  # what was touched while the last one ran
                return runs + 1
        except SourceError:
            continue
    raise AssertionError(f"no healthy end after {runs} runs")


def _touch(number: int) -> Callable[[World], None]:
    def touch(world: World) -> None:
        known = world.current()
        state = known[number % len(known)]
        world.extra.append(state.corrected(world.now))

    return touch


def _known(project: Project) -> list[str]:
    """Return the dump without what could once not be read."""
    return [line for line in dump(project) if not line.startswith('{"quarantine"')]


def events_of(project: Project) -> list[tuple[str, str]]:
    """Return (paper, kind) of all events."""
    with Store.open(project.database) as store:
        return [(event.paper, event.kind) for event in store.runs.events()]
