"""A folder that somebody else made runs nothing until its user trusts it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from small_surveys import MakeProject
from surveygen import api, pipeline
from surveygen.cli import main
from surveygen.config import Project, find_project
from surveygen.errors import ConfigError

SILENT = pipeline.NullProgress()


def with_template(project: Project, _mark: Path) -> Project:
    """Bring a template."""
    path = project.templates / "markdown" / "survey.md.j2"
    path.parent.mkdir(parents=True)
    path.write_text('{% extends "shipped/markdown/survey.md.j2" %}', encoding="utf-8")
    return project


def with_linked_template(project: Project, mark: Path) -> Project:
    """Bring a template in a folder behind a symbolic link."""
    with_template(project, mark)
    (project.templates / "markdown").rename(project.root / "other")
    (project.templates / "markdown").symlink_to("../other")
    return project


def with_proxy(project: Project, mark: Path) -> Project:
    """Name another machine in an option of the provider."""
    project = with_server(project, mark)
    server = ('base_url = "https://models.example/v1"', 'base_url = ""')
    return _set(project, server, ("[llm.options]", '[llm.options]\nopenai_proxy = "http://models.example"'))


def with_command(project: Project, mark: Path) -> Project:
    """Bring a program that leaves a mark."""
    program = project.root / "translate.py"
    program.write_text(f"open({str(mark)!r}, 'w')\nimport sys\nfor line in sys.stdin: print(line, end='')", "utf-8")
    words = json.dumps([sys.executable, str(program)])
    return _set(project, ('engine = "none"', 'engine = "command"'), ("command = []", f"command = {words}"), SPANISH)


def with_embedding(project: Project, _mark: Path) -> Project:
    """Bring the folder of an encoder."""
    return _set(project, ('model = "all-MiniLM-L6-v2"', f"model = {json.dumps(str(_model(project)))}"))


def with_translation_model(project: Project, _mark: Path) -> Project:
    """Bring the folder of a translation model."""
    return _set(
        project, ('model = ""\n\n# Seconds that one run', f'model = "{_model(project)}"\n\n# Seconds that one run')
    )


def with_server(project: Project, _mark: Path) -> Project:
    """Name a server on the network, which gets the key of the user."""
    project = _set(
        project, ('base_url = ""', 'base_url = "https://models.example/v1"'), ('model = ""', 'model = "openai:x"')
    )
    return _set(project, ('method = "extractive"', 'method = "llm"'))


SPANISH = ('languages = ["en"]', 'languages = ["en", "es"]')
BROUGHT = {
    "templates": with_template,
    "templates:": with_linked_template,
    "llm.options": with_proxy,
    "translate.command": with_command,
    "embed.model": with_embedding,
    "translate.model": with_translation_model,
    "llm.base_url": with_server,
}
Bring = Callable[[Project, Path], Project]


def _set(project: Project, *changes: tuple[str, str]) -> Project:
    path = project.root / "survey.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return find_project(project.root, exact=True)


def _model(project: Project) -> Path:
    folder = project.root / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    return folder


def test_a_folder_of_init_needs_no_trust(make_project: MakeProject) -> None:
    """It brings nothing."""
    assert pipeline.build(make_project(papers=4), SILENT).papers == 4


@pytest.mark.parametrize("kind", BROUGHT)
def test_what_a_folder_brings_is_not_used_without_trust(make_project: MakeProject, tmp_path: Path, kind: str) -> None:
    """The error names it; every command that would use it stops, and nothing is run or written."""
    mark = tmp_path / "mark"
    project = BROUGHT[kind](make_project(papers=4), mark)

    for use in (pipeline.build, pipeline.refresh, pipeline.estimate, pipeline.show, pipeline.editable_units):
        with pytest.raises(ConfigError, match=kind.rstrip(":")) as caught:
            use(project, SILENT)
        assert caught.value.exit_code == 2
        assert "--trust" in caught.value.hint

    assert not mark.exists()
    assert not (project.output / project.settings.slug).exists()


def test_trust_is_asked_once_and_again_after_a_change(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is remembered outside the folder, for this folder only; a program that changes is asked about again."""
    mark = tmp_path / "mark"
    project = with_command(make_project(papers=4), mark)
    files = {path.relative_to(project.root) for path in project.root.rglob("*")}

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["surveygen", "-C", str(project.root), *words])
        with pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0), capsys.readouterr().err

    code, said = run("build")
    assert (code, "surveygen build --trust" in said, mark.exists()) == (2, True, False)
    assert run("serve")[0] == 2
    assert run("build", "--trust")[0] == 0
    assert mark.exists()
    assert run("build")[0] == 0
    new = {path.relative_to(project.root) for path in project.root.rglob("*")} - files
    assert {path.parts[0] for path in new} <= {"corpus", "output"}
    mark.unlink()
    program = project.root / "translate.py"
    program.write_text(program.read_text(encoding="utf-8") + "\n# changed", encoding="utf-8")
    code, said = run("build")
    assert (code, "has changed" in said, mark.exists()) == (2, True, False)


def test_trust_can_be_given_in_python(make_project: MakeProject, tmp_path: Path) -> None:
    """For a call or for an open project; nothing is remembered."""
    project = replace(with_template(make_project(papers=4), tmp_path), trusted=False)

    assert api.build(project, trust=True).papers == 4
    assert api.build(api.open_project(project.root, trust=True)).papers == 4
    with pytest.raises(ConfigError, match="not trusted"):
        api.build(api.open_project(project.root))


def test_a_program_gets_no_key(make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment has paths and the language, and nothing that is named as a key."""
    for name in ("OPENAI_API_KEY", "SURVEYGEN_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "LC_SECRET"):
        monkeypatch.setenv(name, "sk-12345678")
    seen = tmp_path / "seen.json"
    project = with_command(make_project(papers=4), tmp_path / "mark")
    program = project.root / "translate.py"
    program.write_text(f"import json, os\njson.dump(dict(os.environ), open({str(seen)!r}, 'w'))", encoding="utf-8")

    pipeline.build(replace(project, trusted=True), SILENT)

    environment = json.loads(seen.read_text(encoding="utf-8"))
    assert environment["PATH"]
    assert "sk-12345678" not in environment.values()
