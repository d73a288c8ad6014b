"""Comparing a survey with labels, an outline and a bibliography made by people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.evaluation import Assessment, Evaluation, ReferenceScore
from surveygen.domain.paper import Paper, PendingPaper
from surveygen.errors import ConfigError, SourceError, SurveygenError
from surveygen.pipeline.files import write_if_changed
from surveygen.pipeline.run_context import Progress, open_context
from surveygen.pipeline.stages.assign import place_papers
from surveygen.render import TemplateRoots, evaluation_page, template_root
from surveygen.sources.files import read_file
from surveygen.survey import SurveyData, compare_references
from surveygen.themes.evaluate import compare_headings, gold_depth, read_gold, read_outline
from surveygen.themes.evaluate import evaluate as measure


def evaluate(
    project: Project,
    progress: Progress,
    *,
    gold: Path | None = None,
    outline: Path | None = None,
    bibliography: Path | None = None,
    html: Path | None = None,
) -> Assessment:
    """Measure agreement with each file that is given.

    Args:
        project: the survey; its papers are assigned as a build would.
        progress: receives the stages.
        gold: JSONL with `arxiv_id` (or `id`), `title` and `labels`, one path from the top theme down; agreement is
            measured at every level of the taxonomy that the labels reach.
        outline: one heading a line, or a taxonomy TOML; compared with the names of all themes.
        bibliography: any file that `add` reads; compared with the papers of the survey.
        html: where to write the figures as one page.

    Raises:
        ConfigError: there is nothing to compare with.
        ThemeError: labels or outline cannot be read, or no label is a theme.
        SourceError: the bibliography cannot be read, or contains no papers.
        SurveygenError: there is no label for a paper of the store.
    """
    if gold is None and outline is None and bibliography is None:
        raise ConfigError("evaluate: nothing to compare with", "give --gold, --outline or --bibliography")
    with Store.open_to_read(project.database) as store:
        data = place_papers(open_context(project, store, progress))
        levels = _levels(gold, data) if gold else ()
        headings = None
        if outline is not None:
            theirs = read_outline(outline)
            ours = tuple(dict.fromkeys(theme.name for theme in data.taxonomy))
            headings = compare_headings(data.encode(ours), data.encode(theirs))
        references = _references(bibliography, data.papers) if bibliography else None
        assessment = Assessment(levels, headings, references)
    if html is not None:
        roots = TemplateRoots(template_root(), project.templates)
        write_if_changed(
            html, evaluation_page(assessment, data.taxonomy, project.settings.title, roots).encode("utf-8")
        )
    return assessment


def _levels(gold: Path, data: SurveyData) -> tuple[Evaluation, ...]:
    labels = read_gold(gold)
    papers = {paper.id for paper in data.papers}
    labeled = {paper: path for paper, path in labels.items() if paper in papers}
    if not labeled:
        raise SurveygenError(f"{gold}: none of its {len(labels)} labeled papers is in the corpus", "add them first")
    assignments = tuple(item for paper, item in data.assignments.items() if paper in labeled)
    depth = gold_depth(labeled, data.taxonomy)
    return tuple(measure(labeled, assignments, data.taxonomy, level=level) for level in range(1, max(depth, 1) + 1))


def _references(bibliography: Path, papers: Sequence[Paper]) -> ReferenceScore:
    theirs: list[Paper] = []
    for record in read_file(bibliography):
        if isinstance(record, Paper):
            theirs.append(record)
        elif isinstance(record, PendingPaper):
            theirs.append(Paper(record.id, record.id))
    if not theirs:
        raise SourceError(f"{bibliography}: contains no papers", "give a file that surveygen add reads")
    return compare_references(papers, theirs)
