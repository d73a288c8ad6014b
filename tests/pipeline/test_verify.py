"""A draft is checked claim by claim, and tampering shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import ConfigError


def _json(project: Project) -> Path:
    return project.output / "sample" / "en" / "survey.json"


def _sentence(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        sentence
        for section in data["sections"]
        if section["theme"]
        for block in section["blocks"]
        for sentence in block.get("sentences", ())
    )
    return found


def _edit(project: Project, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Tamper with survey.json; return the reasons other than that the file changed."""
    data = json.loads(_json(project).read_text(encoding="utf-8"))
    change(data)
    _json(project).write_text(json.dumps(data), encoding="utf-8")
    reasons = [problem.reason for problem in pipeline.verify(project).problems]
    assert "changed after it was built" in reasons
    return [reason for reason in reasons if reason != "changed after it was built"]


def test_an_honest_draft_holds(built: Project) -> None:
    """Nothing is found in a draft as it was built."""
    report = pipeline.verify(built)

    assert report.problems == ()
    assert report.sentences > 20
    assert report.citations >= report.sentences


@pytest.mark.parametrize("name", ["index.html", "survey.tex", "survey.md", "references.bib"])
def test_a_changed_file_shows(copy: Project, name: str) -> None:
    """One added byte in any format is found."""
    path = _json(copy).parent / name
    path.write_bytes(path.read_bytes() + b" ")

    (problem,) = pipeline.verify(copy).problems

    assert problem.file == str(path)
    assert problem.reason == "changed after it was built"


def test_a_missing_file_shows(copy: Project) -> None:
    """A file that was built and is gone is found."""
    (_json(copy).parent / "survey.md").unlink()

    assert [problem.reason for problem in pipeline.verify(copy).problems] == ["missing"]


def test_reworded_sentences_are_found(copy: Project) -> None:
    """A word that the source does not hold is no quote."""
    assert _edit(copy, lambda data: _sentence(data).update(text=_sentence(data)["text"] + " Always."))


def test_swapped_citations_are_found(copy: Project) -> None:
    """A true sentence under another paper's name is wrong."""

    def swap(data: dict[str, Any]) -> None:
        sentence = _sentence(data)
        other = next(paper["id"] for paper in data["papers"] if paper["id"] not in sentence["cites"])
        sentence["cites"] = [other]

    assert _edit(copy, swap)


def test_invented_papers_are_found(copy: Project) -> None:
    """A citation outside the references is an orphan."""
    reasons = _edit(copy, lambda data: _sentence(data).update(cites=["9999.99999"]))

    assert any("not in the references" in reason for reason in reasons)


def test_uncited_claims_are_found(copy: Project) -> None:
    """A sentence of a theme section without a citation does not hold."""
    reasons = _edit(copy, lambda data: _sentence(data).update(cites=[], evidence=[]))

    assert any("cites nothing" in reason for reason in reasons)


def test_shifted_evidence_is_found(copy: Project) -> None:
    """Evidence that points beside the words does not count."""

    def shift(data: dict[str, Any]) -> None:
        _sentence(data)["evidence"][0]["start"] += 3

    assert _edit(copy, shift)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema_version": 1}', '{"schema_version": 7}'])
def test_a_damaged_draft_is_a_problem_not_a_crash(copy: Project, text: str) -> None:
    """Whatever the file holds, verify answers."""
    _json(copy).write_text(text, encoding="utf-8")

    assert pipeline.verify(copy).problems


def test_no_draft_is_an_error(make_project: Callable[..., Project]) -> None:
    """There must be something to check."""
    with pytest.raises(ConfigError, match=r"no draft below"):
        pipeline.verify(make_project(papers=0))
