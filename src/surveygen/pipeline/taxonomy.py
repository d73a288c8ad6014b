"""Showing, drafting and exporting the taxonomy of a survey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import excluded_papers
from surveygen.domain.paper import Paper
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.errors import ConfigError
from surveygen.pipeline.context import open_context
from surveygen.pipeline.files import taxonomy_toml, write_new
from surveygen.pipeline.progress import Progress
from surveygen.pipeline.stages.assign import place_papers
from surveygen.pipeline.stages.embed import embed
from surveygen.render import TAXONOMIES
from surveygen.summarize import split_sentences
from surveygen.survey import SurveyData
from surveygen.themes import Profile, border_cases, load_profile
from surveygen.themes.assign import rationale_sentences
from surveygen.themes.induce import KMeansInducer

DRAFT_NAME = "taxonomy.draft.toml"
TAXONOMY_EXPORTS = (*sorted(TAXONOMIES), "toml")


@dataclass(frozen=True, slots=True)
class TaxonomyView:
    """The taxonomy with the papers and their assignments; `excluded` are papers that a person took out."""

    taxonomy: Taxonomy
    papers: dict[str, Paper]
    assignments: dict[str, Assignment]
    excluded: tuple[Paper, ...] = ()

    def rationale(self, paper: str) -> tuple[str, ...]:
        """Return the sentences of the abstract of a paper that decided its assignment."""
        source, assignment = self.papers[paper], self.assignments.get(paper)
        if assignment is None:
            return ()
        spans = rationale_sentences(source, assignment, split_sentences(source.abstract))
        return tuple(source.abstract[span.start : span.end] for span in spans)

    def border_cases(self, theme: str) -> tuple[str, ...]:
        """Return the papers that were nearly assigned to a theme or away from it, the smallest margin first."""
        return border_cases(self.taxonomy, tuple(self.assignments.values()))[ThemeId(theme)]


def show(project: Project, progress: Progress) -> TaxonomyView:
    """Assign the papers as a build would, without writing drafts."""
    with Store.open_to_read(project.database) as store:
        data = place_papers(open_context(project, store, progress))
        excluded = (store.papers.get(paper) for paper in sorted(excluded_papers(store.decisions.all())))
        return TaxonomyView(
            data.taxonomy,
            {paper.id: paper for paper in data.papers},
            {str(paper): item for paper, item in data.assignments.items()},
            tuple(paper for paper in excluded if paper is not None),
        )


def induce(project: Project, progress: Progress, *, target: int = 0, out: Path | None = None) -> tuple[Path, Taxonomy]:
    """Write a taxonomy induced from the papers alone as a file to edit; the survey is not changed.

    Raises:
        ThemeError: the file exists with other content.
    """
    settings = replace(project.settings.themes, target=target or project.settings.themes.target)
    with Store.open(project.database) as store:
        data = embed(open_context(project, store, progress), SurveyData())
    inducer = KMeansInducer(settings)
    with progress.stage("induce", 1) as advance:
        themes, _ = inducer.induce(
            data.embeddings, data.papers, parent=None, reserved_ids=frozenset(), seed=settings.seed
        )
        advance(1)
    title = project.settings.title
    taxonomy = Taxonomy(themes)
    draft = Profile(name=project.settings.slug, title=title, taxonomy=taxonomy)
    path = out or project.root / DRAFT_NAME
    write_new(path, taxonomy_toml(draft, taxonomy, title))
    return path, taxonomy


def export_taxonomy(project: Project, name: str, progress: Progress, *, profile: str = "") -> str:
    """Return the taxonomy of the survey, given or induced, in one of `TAXONOMY_EXPORTS`.

    Args:
        project: the survey.
        name: the format.
        progress: receives the stages of embedding and assignment that the taxonomy of the survey needs.
        profile: a shipped profile or the path of a taxonomy TOML to export instead; no papers are needed.

    Raises:
        ConfigError: the format is unknown, or the profile cannot be used. CorpusError: the survey has no papers.
    """
    if name not in TAXONOMY_EXPORTS:
        raise ConfigError(f"themes export: unknown format {name!r}", f"choose from {', '.join(TAXONOMY_EXPORTS)}")
    settings = project.settings
    chosen = load_profile(profile, project.root) if profile else None
    taxonomy = chosen.taxonomy if chosen else show(project, progress).taxonomy
    title = (chosen.title or chosen.name) if chosen else settings.title
    slug = chosen.name if chosen else settings.slug
    if name == "toml":
        return taxonomy_toml(chosen or Profile(name=slug, title=title), taxonomy, title)
    return TAXONOMIES[name](taxonomy, title, slug)
