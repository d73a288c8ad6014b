"""Draft a new taxonomy from all papers, with a map from the themes of now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from surveygen.config import Project
from surveygen.domain.proposal import Lineage
from surveygen.domain.theme import Taxonomy
from surveygen.pipeline._assignment import assign_papers
from surveygen.pipeline._decision_session import open_session
from surveygen.pipeline._taxonomy import minted
from surveygen.pipeline.context import open_context
from surveygen.pipeline.output import taxonomy_toml, write_new
from surveygen.pipeline.progress import Progress
from surveygen.themes import Profile
from surveygen.themes.curate import align
from surveygen.themes.induce import KMeansInducer

DRAFT_NAME = "retaxonomy.draft.toml"


@dataclass(frozen=True, slots=True)
class ReinducedTaxonomy:
    """A drafted taxonomy, how it follows from the present one, and its file."""

    path: Path
    taxonomy: Taxonomy
    lineage: Lineage


def retaxonomy(project: Project, progress: Progress, *, target: int = 0, out: Path | None = None) -> ReinducedTaxonomy:
    """Induce the themes anew and write them as a profile that says which theme each old one became.

    A theme that has most of its papers in common with an old one keeps its id, its name and its words. The survey is
    not changed: to adopt the draft is to name it as the profile, and papers that a person placed follow the map.

    Args:
        project: the survey.
        progress: who watches.
        target: how many top themes; 0 for as many as there are.
        out: the file, instead of retaxonomy.draft.toml in the project.

    Raises:
        ThemeError: the file exists and says something else. Others: as for a build.
    """
    with open_session(project) as desk:
        run = open_context(project, desk.store, progress)
        placed = assign_papers(run)
        settings = run.settings.themes
        count = target or settings.target or len(placed.taxonomy.children(None))
        inducer = KMeansInducer(replace(settings, target=count))
        with progress.stage("induce", 1) as advance:
            ids = minted(desk.store, desk.profile)
            themes, found = inducer.induce(
                run.embeddings, run.papers, parent=None, reserved_ids=ids, seed=settings.seed
            )
            advance(1)
    before = {item.paper: item.path for item in placed.assignments}
    taxonomy, lineage = align(placed.taxonomy, before, Taxonomy(themes), {item.paper: item.path for item in found})
    title = project.settings.title
    replaces = dict(lineage.merged)
    replaces |= {old: replaces.get(new, new) for old, new in run.profile.replaces}
    known = tuple(sorted((old, new) for old, new in replaces.items() if new in taxonomy))
    draft = Profile(project.settings.slug, title, replaces=known)
    path = out or project.root / DRAFT_NAME
    write_new(path, taxonomy_toml(draft, taxonomy, title))
    return ReinducedTaxonomy(path, taxonomy, lineage)
