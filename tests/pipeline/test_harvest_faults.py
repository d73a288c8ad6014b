"""Whatever goes wrong on the way, the store ends as if nothing had."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from arxiv_server import Replica, serving
from arxiv_world import invent_world
from fault_schedules import events_of, try_schedule
from harvest_project import dump, project_at, run
from harvest_worker import start_worker

# 200 schedules and 50 kills hold (SURVEYGEN_SCHEDULES=200 SURVEYGEN_KILLS=50, ten minutes); the suite takes a few.
SCHEDULES = int(os.environ.get("SURVEYGEN_SCHEDULES", "8"))
KILLS = int(os.environ.get("SURVEYGEN_KILLS", "6"))


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_a_schedule_of_faults_changes_nothing_in_the_end(seed: int, tmp_path: Path) -> None:
    """Any faults that end: the same dump as without, requests within the bound, and a further run makes no event."""
    trial = try_schedule(seed, tmp_path)

    assert trial.same
    assert trial.quiet
    assert trial.bounded, trial


def test_a_kill_at_any_moment_loses_nothing(root: Path, tmp_path: Path) -> None:
    """Killed at random points and resumed: the same store, and no event is told twice or not at all."""
    rng = random.Random(1)
    with serving(Replica(world=invent_world(60))) as replica:
        calm = project_at(tmp_path / "calm", replica)
        run(calm)
        for number in range(KILLS):
            folder = tmp_path / f"killed{number}"
            worker = start_worker(root, folder, replica, 0.0, tmp_path)
            time.sleep(rng.uniform(0.0, 0.35))
            worker.kill()
            worker.communicate()
            project = project_at(folder, replica)
            run(project)
            assert dump(project) == dump(calm)
            assert sorted(events_of(project)) == sorted(events_of(calm))
