"""Give a taxonomy to other programs."""

from __future__ import annotations

from surveygen.config import Project
from surveygen.errors import ConfigError
from surveygen.pipeline.output import taxonomy_toml
from surveygen.pipeline.progress import Progress
from surveygen.pipeline.steer import show
from surveygen.render import TAXONOMIES
from surveygen.themes import Profile, load_profile

TAXONOMY_EXPORTS = (*sorted(TAXONOMIES), "toml")


def export_taxonomy(project: Project, name: str, progress: Progress, *, profile: str = "") -> str:
    """Return the taxonomy of the survey, given or induced, in one of `TAXONOMY_EXPORTS`.

    Args:
        project: the survey.
        name: the format.
        progress: told of the embedding and placing that the survey's own taxonomy needs.
        profile: a shipped profile or the path of a taxonomy TOML to export instead; this needs no papers.

    Raises:
        ConfigError: the format is unknown, or the profile cannot be used. CorpusError: the survey has no papers.
    """
    if name not in TAXONOMY_EXPORTS:
        raise ConfigError(f"themes export: there is no format {name!r}", f"choose from {', '.join(TAXONOMY_EXPORTS)}")
    settings = project.settings
    chosen = load_profile(profile, project.root) if profile else None
    taxonomy = chosen.taxonomy if chosen else show(project, progress).taxonomy
    title = (chosen.title or chosen.name) if chosen else settings.title
    slug = chosen.name if chosen else settings.slug
    if name == "toml":
        return taxonomy_toml(chosen or Profile(name=slug, title=title), taxonomy, title)
    return TAXONOMIES[name](taxonomy, title, slug)
