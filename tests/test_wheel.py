"""The built package works outside the checkout: data files are in it, and nothing is looked for beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGED = ("README.md", "LICENSE", "pyproject.toml")
PAPERS = [
    {
        "arxiv_id": f"2001.{number:05}",
        "title": f"Reward models of kind {number}",
        "abstract": f"We study reward model {number}. We show that it is {number} times as sure as its judges.",
        "authors": ["Ada Byron"],
    }
    for number in range(1, 9)
]


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the checkout, without the network."""
    pytest.importorskip("hatchling", reason="needs hatchling, which builds the wheel")
    copy = tmp_path_factory.mktemp("checkout")
    for folder in ("src", "templates"):
        shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in PACKAGED:
        shutil.copy2(root / name, copy / name)
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"], copy)
    (made,) = (copy / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was installed into, without what it depends on."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    _run([*pip, "--target", str(target), str(wheel)], target)
    return target


def test_the_wheel_holds_every_file_of_the_package(wheel: Path, root: Path) -> None:
    """Code, word lists, profiles, languages and templates are packed; tests and papers are not."""
    folders = ((root / "src", ""), (root / "templates", "surveygen/templates/"))
    wanted = {
        prefix + path.relative_to(folder).as_posix()
        for folder, prefix in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in str(path)
    }

    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert packed == wanted
    assert "surveygen/py.typed" in packed


def test_an_installed_package_builds_a_survey(installed: Path, tmp_path: Path) -> None:
    """Start under a shipped profile, add, build: a draft in every format, from the installed files."""
    where = _run([sys.executable, "-c", "import surveygen; print(surveygen.__file__)"], tmp_path, installed)
    _surveygen(installed, tmp_path, "init", "s", "--profile", "llm-alignment", "--title", "Rewards")
    settings = tmp_path / "s" / "survey.toml"
    settings.write_text(settings.read_text().replace('encoder = "sentence"', 'encoder = "lsa"'))
    (tmp_path / "papers.jsonl").write_text("\n".join(json.dumps(paper) for paper in PAPERS))

    added = _surveygen(installed, tmp_path, "-C", "s", "add", "papers.jsonl")
    _surveygen(installed, tmp_path, "-C", "s", "build")

    assert Path(where.strip()).is_relative_to(installed)
    assert added == "papers.jsonl: 8 added\n"
    draft = tmp_path / "s" / "output" / "rewards" / "en"
    assert {"index.html", "survey.tex", "survey.md", "survey.json"} <= {path.name for path in draft.iterdir()}
    assert "Reward models of kind 8" in (draft / "index.html").read_text(encoding="utf-8")


def _surveygen(installed: Path, folder: Path, *words: str) -> str:
    return _run([sys.executable, "-m", "surveygen", *words], folder, installed)


def _run(command: list[str], folder: Path, first: Path | None = None) -> str:
    """Run a command with `first` at the head of the module path; return what it said."""
    own = {"PYTHONPATH": str(first)} if first else {}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | own
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
