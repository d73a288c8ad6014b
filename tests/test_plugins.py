"""Plug-ins are found by file name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from surveygen import plugins, render
from surveygen.errors import ConfigError
from surveygen.sources import files

GROUPS = get_args(plugins.Group)
EVERY = [(group, name) for group in GROUPS for name in plugins.names(group)]


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_every_plug_in_can_be_made(group: plugins.Group, name: str) -> None:
    """A public module of a plug-in package has the functions of its protocol; a citation source has a title as well."""
    plugin = plugins.load(group, name)
    functions = ("accepts", "read") if group == "sources.files" else ("make",)

    assert all(callable(getattr(plugin, function)) for function in functions)
    assert group != "sources.citations" or plugin.TITLE


def test_the_groups_contain_the_plug_ins_of_the_documentation() -> None:
    """The sources, encoders, summarizers and formats of the first draft are all there."""
    assert {"jsonl", "snapshot", "bibtex", "ris", "ids"} <= set(plugins.names("sources.files"))
    assert {"query", "oai", "feed", "html"} <= set(plugins.names("sources.arxiv"))
    assert {"semantic_scholar", "openalex"} <= set(plugins.names("sources.citations"))
    assert {"sentence", "lsa"} <= set(plugins.names("embed"))
    assert {"extractive", "llm"} <= set(plugins.names("summarize"))
    assert {"none", "command", "llm", "ctranslate2", "argos"} <= set(plugins.names("translate"))
    assert {"html", "latex", "markdown", "json", "slides"} <= set(plugins.names("render"))


def test_an_unknown_name_lists_those_there_are() -> None:
    """The error names the nearest plug-in and all others."""
    with pytest.raises(ConfigError) as caught:
        plugins.load("render", "htlm")

    assert "did you mean 'html'?" in caught.value.hint
    assert "markdown" in caught.value.hint


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["status"], ["--version"]])
def test_no_command_imports_torch_before_it_embeds(words: list[str]) -> None:
    """Help and look-ups start fast: neither torch nor scikit-learn nor langchain is loaded for them."""
    code = (
        "import sys; from surveygen.cli import main; sys.argv = ['surveygen', *sys.argv[1:]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'sklearn', 'sentence_transformers', 'langchain'} & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "[]"


def test_adding_a_file_imports_no_http_client(tmp_path: Path) -> None:
    """A JSONL file is imported without the libraries of the network clients."""
    (tmp_path / "survey.toml").write_text('title = "x"')
    (tmp_path / "papers.jsonl").write_text('{"id": "2401.00001", "title": "One"}\n')
    code = (
        "import sys; from pathlib import Path; from surveygen import pipeline\n"
        "from surveygen.config import find_project\n"
        "pipeline.add(find_project(Path()), [Path('papers.jsonl')], pipeline.NullProgress())\n"
        "print(sorted({'requests', 'urllib3', 'arxiv'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


@pytest.fixture
def example(root: Path) -> str:
    """The module of the recipe on plug-ins."""
    recipe = (root / "docs" / "recipes.md").read_text(encoding="utf-8").partition("## Plug-ins")[2]
    return recipe.partition("```python\n")[2].partition("```")[0]


def test_a_file_source_is_one_file(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module beside the others is found without a list to edit: it reads the files that it accepts."""
    (tmp_path / "titles.py").write_text(example)
    monkeypatch.setattr(files, "__path__", [*files.__path__, str(tmp_path)])
    (tmp_path / "mine.titles").write_text("One\nTwo\n")

    assert "titles" in plugins.names("sources.files")
    assert [getattr(record, "title", "") for record in files.read_file(tmp_path / "mine.titles")] == ["One", "Two"]


def test_a_file_source_may_be_an_entry_point(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed beside this one adds a format, as the recipe says."""
    (tmp_path / "installed_titles.py").write_text(example)
    folder = tmp_path / "installed_titles-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: installed-titles\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[surveygen.sources.files]\ninstalled = installed_titles\n")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine.titles").write_text("One\n")

    assert "installed" in plugins.names("sources.files")
    assert [getattr(record, "title", "") for record in files.read_file(tmp_path / "mine.titles")] == ["One"]


def test_names_of_formats_are_listed_after_a_format_was_loaded() -> None:
    """Loading the modules of the formats does not replace a public name of `surveygen.render`."""
    plugins.load("render", "html")

    assert "html" in render.format_names()
