"""A survey against what people made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from small_surveys import MakeProject
from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import SurveygenError


def test_labels_outline_and_bibliography_are_compared(built: Project, root: Path, tmp_path: Path) -> None:
    """All three at once, and the page holds them; the store is left as it was."""
    labels = root / "corpus" / "llm-alignment.labels.jsonl"
    outline, bibliography = tmp_path / "outline.md", tmp_path / "human.bib"
    outline.write_text("# Outer Alignment\n## Attacks on models\n", encoding="utf-8")
    known = json.loads((built.root / "papers.jsonl").read_text(encoding="utf-8").splitlines()[0])
    bibliography.write_text(
        f"@misc{{a, title={{{known['title']}}}, year=2022}}\n@misc{{b, title={{Another Thing}}, year=1999}}\n",
        encoding="utf-8",
    )

    found = pipeline.evaluate(
        built,
        pipeline.NullProgress(),
        gold=labels,
        outline=outline,
        bibliography=bibliography,
        html=tmp_path / "page.html",
    )

    assert found.levels
    assert found.headings is not None
    assert found.headings.theirs == 2
    assert 0 < found.headings.recall <= 1
    assert found.references is not None
    assert (found.references.all.theirs, found.references.all.both) == (2, 1)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert all(f"<h2>{part}</h2>" in page for part in ("Level 1", "Headings", "References"))
    assert "soft precision" in found.as_text()


def test_labels_of_other_papers_are_refused(make_project: MakeProject, tmp_path: Path) -> None:
    """Labels without a paper of the store say so."""
    (tmp_path / "gold.jsonl").write_text('{"id": "x", "labels": ["outer"]}\n', encoding="utf-8")

    with pytest.raises(SurveygenError, match="none of its 1 labeled papers"):
        pipeline.evaluate(make_project(papers=3), pipeline.NullProgress(), gold=tmp_path / "gold.jsonl")
