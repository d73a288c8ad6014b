"""A small real survey: papers of the shipped corpus under the shipped profile."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from small_surveys import PAPERS, MakeProject, corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project


@pytest.fixture
def make_project(tmp_path: Path, root: Path) -> MakeProject:
    """Make a survey folder with a part of the shipped corpus in its store; it writes survey.json unless told more."""

    def make(
        name: str = "survey",
        *,
        papers: int = PAPERS,
        profile: str = "llm-alignment",
        more: str = "",
        formats: tuple[str, ...] = ("json",),
    ) -> Project:
        folder = tmp_path / name
        pipeline.init(folder, profile=profile, title="Sample")
        settings = folder / "survey.toml"
        text = settings.read_text(encoding="utf-8").replace('encoder = "sentence"', 'encoder = "lsa"')
        if "[llm]" in more:
            text = text.split("\n[llm]")[0].replace('method = "extractive"', 'method = "llm"')
        text = re.sub(r"(?m)^formats = .*$", f"formats = {json.dumps(formats)}", text)
        settings.write_text(text + more, encoding="utf-8")
        project = find_project(folder, exact=True)
        if papers:
            source = tmp_path / f"{name}.jsonl"
            source.write_text(corpus_lines(root, papers), encoding="utf-8")
            pipeline.add(project, [source], pipeline.NullProgress())
        return project

    return make


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Project:
    """A survey that has been built; not to be changed."""
    folder = tmp_path_factory.mktemp("built") / "survey"
    pipeline.init(folder, profile="llm-alignment", title="Sample")
    settings = folder / "survey.toml"
    settings.write_text(settings.read_text().replace('encoder = "sentence"', 'encoder = "lsa"'))
    project = find_project(folder, exact=True)
    source = folder / "papers.jsonl"
    source.write_text(corpus_lines(root), encoding="utf-8")
    pipeline.add(project, [source], pipeline.NullProgress())
    pipeline.build(project, pipeline.NullProgress())
    return project


@pytest.fixture
def copy(built: Project, tmp_path: Path) -> Project:
    """A copy of the built survey, to be changed at will."""
    folder = tmp_path / "copy"
    shutil.copytree(built.root, folder)
    return find_project(folder, exact=True)
