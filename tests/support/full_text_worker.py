"""Another process that fetches full texts."""

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
import surveygen.documents
from surveygen.pipeline import FullTextQuery, NullProgress, fetch_full_text
from surveygen.sources.http import NetworkDeps
project = project_at(Path(sys.argv[2]), Replica(url=sys.argv[3]), sets=())
print("ready", flush=True)
sys.stdin.readline()
fetch_full_text(project, FullTextQuery(), NullProgress(), deps=NetworkDeps(lock_folder=Path(sys.argv[2])))
"""


def start_full_text_worker(root: Path, folder: Path, replica: Replica) -> subprocess.Popen[str]:
    """Start a process that fetches the full texts of a survey; return when it is about to."""
    words = [str(root / "tests" / "support"), str(folder), replica.url]
    pipe = subprocess.PIPE
    worker = subprocess.Popen([sys.executable, "-c", _CODE, *words], text=True, stdin=pipe, stdout=pipe, stderr=pipe)
    assert worker.stdout is not None
    assert worker.stdin is not None
    assert worker.stdout.readline() == "ready\n"
    worker.stdin.write("\n")
    worker.stdin.flush()
    return worker
