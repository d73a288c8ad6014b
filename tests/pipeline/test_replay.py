"""Thirty real listing days, harvested day by day and at once."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from arxiv_oai import Sizes
from arxiv_server import Replica, serving
from harvest_project import edge_at, project_at, run
from replay import SET, Day, noon, script
from surveygen.config import EmbedSettings, Project
from surveygen.corpus import Store
from surveygen.domain.paper import Paper
from surveygen.pipeline import NullProgress, refresh

DAYS = 30
# All thirty hold (SURVEYGEN_DAYS=30, some minutes); the suite takes the first.
REPORTED = int(os.environ.get("SURVEYGEN_DAYS", "3"))


def papers(project: Project) -> list[Paper]:
    """Return the papers of a project."""
    with Store.open(project.database) as store:
        return list(store.papers.all())


def test_thirty_real_days_give_the_events_of_the_script(shared: Path, tmp_path: Path) -> None:
    """Each day tells what was announced, revised, corrected, withdrawn and reinstated on it, and nothing else.

    Once over thirty days gives the papers of thirty daily harvests; these also know the words of versions between.
    """
    told = script(shared, DAYS)
    with serving(Replica(world=told.world, sizes=Sizes(300, 2000))) as replica:
        daily, once = (project_at(tmp_path / name, replica, sets=(SET,)) for name in ("daily", "once"))
        run(daily)
        run(once)
        for day in told.days:
            told.world.now = noon(day.day)
            assert run(daily).difference == day.difference
        whole = run(once)

    assert papers(daily) == papers(once)
    assert len(whole.difference.added) == sum(len(day.added) for day in told.days) > 500
    assert sum(len(day.revised) + len(day.metadata) for day in told.days) >= 5
    assert len(whole.difference.withdrawn) == 1


def test_real_days_reach_the_report(shared: Path, tmp_path: Path) -> None:
    """Refreshed day by day, ``changes.json`` names what the script did on that day, no paper more and none less."""
    told = script(shared, DAYS)
    with serving(Replica(world=told.world, sizes=Sizes(300, 2000))) as replica:
        made = project_at(tmp_path / "survey", replica, sets=(SET,))
        settings = replace(made.settings, formats=("json",), embed=EmbedSettings("hashing"))
        project = replace(made, settings=settings)
        refresh(project, NullProgress(), deps=edge_at(project.root))
        for day in told.days[:REPORTED]:
            told.world.now = noon(day.day)
            refreshed = refresh(project, NullProgress(), deps=edge_at(project.root))
            report = project.output / settings.slug / "en" / "changes.json"

            assert (refreshed.changes is not None) == bool(day.difference)
            assert not day.difference or lists(json.loads(report.read_text(encoding="utf-8"))) == expected(day)


def lists(report: dict[str, Any]) -> list[Any]:
    """Return what a report says of papers."""
    return [report[name] for name in ("added", "revised", "withdrawn", "reinstated", "metadata", "moved")]


def expected(day: Day) -> list[Any]:
    """Return what it must say."""
    found = day.difference
    revised = [{"paper": one.paper, "from": one.before, "to": one.after} for one in found.revised]
    metadata = [{"paper": one.paper, "fields": sorted(one.fields)} for one in found.metadata]
    return [list(found.added), revised, list(found.withdrawn), list(found.reinstated), metadata, []]
