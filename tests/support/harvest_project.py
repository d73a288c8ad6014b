"""A project whose arXiv is the small one of this machine."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from arxiv_server import WALL, Replica
from surveygen.config import ArxivSettings, Project, Settings, SourceSettings
from surveygen.corpus import Store, export_lines
from surveygen.errors import SourceError
from surveygen.pipeline import NullProgress
from surveygen.pipeline.harvest import HarvestResult, harvest
from surveygen.sources.http import Clock, NetworkDeps, Timeouts

PATIENT = Timeouts(connect=10, read=10, whole=1e12)
EAGER = Timeouts(connect=2, read=0.3, whole=1e12)


def project_at(folder: Path, replica: Replica, **arxiv: object) -> Project:
    """Make a project that harvests the set of invented papers, unless told otherwise."""
    urls = {
        "api_url": replica.url,
        "oai_url": replica.oai_url,
        "feed_url": replica.feed_url,
        "html_url": replica.html_url,
    }
    asked = {"sets": ("cs",), "min_interval_seconds": 0.0, "page_interval_seconds": 0.0, **urls, **arxiv}
    return Project(folder, Settings(title="Rig", sources=SourceSettings(replace(ArxivSettings(), **asked))))  # type: ignore[arg-type]  # names of settings


def edge_at(folder: Path, timeouts: Timeouts = PATIENT, wall: float = WALL) -> NetworkDeps:
    """Make an edge whose pauses take no time, though each of them is counted; `wall` is its clock, from 1970."""
    begun = time.monotonic()
    slept = [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds

    clock = Clock(lambda: begun + slept[0], lambda: wall + slept[0], sleep, lambda: 0.0)
    return NetworkDeps(clock, timeouts, folder / "locks")


def run(
    project: Project, *, locks: Path | None = None, timeouts: Timeouts = PATIENT, wall: float = WALL, **options: object
) -> HarvestResult:
    """Harvest once, without a pause."""
    deps = edge_at(locks or project.root, timeouts, wall)
    return harvest(project, NullProgress(), deps=deps, **options)  # type: ignore[arg-type]  # names of options


def run_until_done(project: Project, tries: int = 40) -> int:
    """Harvest until it ends well; return how many runs failed before."""
    for failed in range(tries):
        try:
            if run(project).outcome == "complete":
                return failed
        except SourceError:
            continue
    raise AssertionError(f"the harvest did not end in {tries} runs")


def dump(project: Project) -> list[str]:
    """Return the dump of a project."""
    with Store.open(project.database) as store:
        return list(export_lines(store))
