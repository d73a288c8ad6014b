"""Compare the placing of papers with labels that people gave."""

from __future__ import annotations

from pathlib import Path

from surveygen.config import Project
from surveygen.errors import SurveygenError
from surveygen.pipeline.progress import Progress
from surveygen.pipeline.steer import show
from surveygen.themes import Evaluation, gold_depth, read_gold
from surveygen.themes import evaluate as measure


def evaluate(project: Project, gold: Path, progress: Progress) -> tuple[Evaluation, ...]:
    """Measure agreement at every level of the taxonomy that the labels reach, the top level first.

    The gold file is JSONL with `arxiv_id` (or `id`), `title` and `labels`, one path from the top theme down.

    Raises:
        ThemeError: the file cannot be read, or none of its labels is a theme.
        SurveygenError: it holds no label for a paper of the store.
    """
    labels = read_gold(gold)
    shown = show(project, progress)
    known = {paper: path for paper, path in labels.items() if paper in shown.papers}
    if not known:
        raise SurveygenError(f"{gold}: none of its {len(labels)} labeled papers is in the corpus", "add them first")
    placed = tuple(shown.assignments[paper] for paper in known if paper in shown.assignments)
    depth = gold_depth(known, shown.taxonomy)
    return tuple(measure(known, placed, shown.taxonomy, level=level) for level in range(1, max(depth, 1) + 1))
