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
from harvest_rig import project_at
from surveygen.corpus import locked
from surveygen.errors import SurveygenError
from surveygen.pipeline import Silence
from surveygen.pipeline.harvest import harvest
from surveygen.sources import Edge
project = project_at(Path(sys.argv[2]), Replica(url=sys.argv[3]), min_interval_seconds=float(sys.argv[4]))
print("ready", flush=True)
try:
    with locked(project.database):
        harvest(project, Silence(), edge=Edge(lock_folder=Path(sys.argv[5])))
except SurveygenError as error:
    print(error.message, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def start_worker(root: Path, folder: Path, replica: Replica, interval: float, locks: Path) -> subprocess.Popen[str]:
    """Start a process that takes the lock of a survey and harvests; return when it is about to."""
    words = [str(root / "tests"), str(folder), replica.url, str(interval), str(locks)]
    started = subprocess.Popen(
        [sys.executable, "-c", _CODE, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started
