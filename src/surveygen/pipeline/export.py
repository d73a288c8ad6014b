"""Exporting the corpus and the taxonomy to other programs."""

from __future__ import annotations

from collections.abc import Iterator

from surveygen.config import Project
from surveygen.corpus import Store, export_lines
from surveygen.errors import ConfigError, CorpusError
from surveygen.pipeline.files import taxonomy_toml
from surveygen.pipeline.run_context import Progress
from surveygen.pipeline.taxonomy import show
from surveygen.render import BIBLIOGRAPHIES, TAXONOMIES
from surveygen.survey import make_cite_keys
from surveygen.themes import Profile, load_profile

EXPORTS = (*sorted(BIBLIOGRAPHIES), "jsonl")
TAXONOMY_EXPORTS = (*sorted(TAXONOMIES), "toml")


def export(project: Project, name: str) -> Iterator[str]:
    """Yield the text of an export piece by piece; ``jsonl`` is the whole store, sorted, to be imported again.

    Raises:
        ConfigError: the format is unknown. CorpusError: the corpus is empty.
    """
    if name not in EXPORTS:
        raise ConfigError(f"export: unknown format {name!r}", f"choose from {', '.join(EXPORTS)}")
    with Store.open_to_read(project.database) as store:
        counts = store.counts()
        if not (counts.papers or counts.wanted or store.decisions.all()):
            raise CorpusError("the corpus is empty", "add papers first: surveygen add FILE, or surveygen fetch")
        if name == "jsonl":
            yield from (f"{line}\n" for line in export_lines(store))
            return
        papers = tuple(store.papers.all())
        assigned = store.papers.cite_keys()
        minted = make_cite_keys(papers, assigned)
        if minted:
            store.papers.add_cite_keys(minted)
        keys = {**assigned, **minted}
        yield from BIBLIOGRAPHIES[name]([(keys[paper.id], paper) for paper in papers])


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
