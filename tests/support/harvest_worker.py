"""Another process that harvests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from arxiv_server import Replica

_CODE = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from arxiv_server import Replica
from harvest_project import project_at
from surveygen.corpus import locked
from surveygen.errors import SurveygenError
from surveygen.pipeline import NullProgress
from surveygen.pipeline.harvest import harvest
from surveygen.sources.http import NetworkDeps
project = project_at(Path(sys.argv[2]), Replica(url=sys.argv[3]), min_interval_seconds=float(sys.argv[4]))
print("ready", flush=True)
sys.stdin.readline()
try:
    with locked(project.database):
        harvest(project, NullProgress(), deps=NetworkDeps(lock_folder=Path(sys.argv[5])))
except SurveygenError as error:
    print(error.message, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def prepare_worker(root: Path, folder: Path, replica: Replica, interval: float, locks: Path) -> subprocess.Popen[str]:
    """Start a process that will take the lock of a survey and harvest; return when it waits for `let_go`."""
    words = [str(root / "tests" / "support"), str(folder), replica.url, str(interval), str(locks)]
    pipe = subprocess.PIPE
    started = subprocess.Popen([sys.executable, "-c", _CODE, *words], text=True, stdin=pipe, stdout=pipe, stderr=pipe)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def let_go(worker: subprocess.Popen[str]) -> None:
    """Let a process that waits take the lock and harvest."""
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


def start_worker(root: Path, folder: Path, replica: Replica, interval: float, locks: Path) -> subprocess.Popen[str]:
    """Start a process that takes the lock of a survey and harvests; return when it is about to."""
    worker = prepare_worker(root, folder, replica, interval, locks)
    let_go(worker)
    return worker
