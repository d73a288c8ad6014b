"""See the taxonomy, and draft one from the papers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import excluded_papers
from surveygen.domain.paper import Paper
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.pipeline._assignment import assign_papers
from surveygen.pipeline._rationales import reason
from surveygen.pipeline.context import open_context
from surveygen.pipeline.output import taxonomy_toml, write_new
from surveygen.pipeline.progress import Progress
from surveygen.themes import Profile, border_cases
from surveygen.themes.induce import KMeansInducer

DRAFT_NAME = "taxonomy.draft.toml"


@dataclass(frozen=True, slots=True)
class TaxonomyView:
    """The taxonomy with the papers and where each stands; `left_out` are those that a person excluded."""

    taxonomy: Taxonomy
    papers: dict[str, Paper]
    assignments: dict[str, Assignment]
    left_out: tuple[Paper, ...] = ()

    def why(self, paper: str) -> tuple[str, ...]:
        """Return the sentences of a paper's abstract that placed it."""
        known = self.papers[paper]
        found = reason(known, self.assignments[paper]) if paper in self.assignments else ()
        return tuple(known.abstract[item.start : item.end] for item in found)

    def border(self, theme: str) -> tuple[str, ...]:
        """Return the papers that were nearly placed in a theme, or nearly elsewhere, the closest calls first."""
        return border_cases(self.taxonomy, tuple(self.assignments.values()))[ThemeId(theme)]


def show(project: Project, progress: Progress) -> TaxonomyView:
    """Place the papers as a build would, without writing drafts."""
    with Store.open(project.database) as store:
        run = open_context(project, store, progress)
        placed = assign_papers(run)
        gone = (store.papers.get(paper) for paper in sorted(excluded_papers(store.decisions.all())))
        return TaxonomyView(
            placed.taxonomy,
            {paper.id: paper for paper in run.papers},
            {item.paper: item for item in placed.assignments},
            tuple(paper for paper in gone if paper is not None),
        )


def induce(project: Project, progress: Progress, *, target: int = 0, out: Path | None = None) -> tuple[Path, Taxonomy]:
    """Write a taxonomy drafted from the papers alone, for a person to edit; the survey is not changed.

    Raises:
        ThemeError: the file exists and says something else.
    """
    settings = replace(project.settings.themes, target=target or project.settings.themes.target)
    with Store.open(project.database) as store:
        run = open_context(project, store, progress)
    inducer = KMeansInducer(settings)
    with progress.stage("induce", 1) as advance:
        themes, _ = inducer.induce(
            run.embeddings, run.papers, parent=None, reserved_ids=frozenset(), seed=settings.seed
        )
        advance(1)
    title = project.settings.title
    taxonomy = Taxonomy(themes)
    draft = Profile(name=project.settings.slug, title=title, taxonomy=taxonomy)
    path = out or project.root / DRAFT_NAME
    write_new(path, taxonomy_toml(draft, taxonomy, title))
    return path, taxonomy
