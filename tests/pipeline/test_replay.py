"""Thirty real listing days, harvested day by day and at once."""

from __future__ import annotations

from pathlib import Path

from arxiv_oai import Sizes
from arxiv_server import Replica, serving
from harvest_rig import project_at, run
from replay import SET, noon, script
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.paper import Paper

DAYS = 30


def papers(project: Project) -> list[Paper]:
    """Return the papers of a project."""
    with Store.open(project.database) as store:
        return list(store.papers())


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
