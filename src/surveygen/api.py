"""The commands as functions, for use from Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.domain.paper import ImportChanges
from surveygen.pipeline import BuildResult, NullProgress, Progress, RefreshResult, TaxonomyView, VerifyReport


def create_project(folder: str | Path, *, profile: str = "none", title: str | None = None) -> Project:
    """Make a survey folder with a survey.toml that holds every setting, and open it.

    Args:
        folder: is created if there is none.
        profile: the name of a shipped taxonomy, or a taxonomy file; with "none" the first build induces the themes.
        title: of the survey; by default that of the profile or the name of the folder.

    Raises:
        ConfigError: the folder is already a survey, or cannot be written. ThemeError: the profile cannot be used.
    """
    pipeline.init(Path(folder), profile=profile, title=title)
    return find_project(Path(folder), exact=True)


def open_project(folder: str | Path = ".", *, trust: bool = False) -> Project:
    """Open the survey in a folder.

    Args:
        folder: has a survey.toml.
        trust: whether templates, programs and models of the folder may be used (docs/trust.md); nothing is remembered.

    Raises:
        ConfigError: the folder has no survey.toml, or it cannot be used.
    """
    return replace(find_project(Path(folder), exact=True), trusted=trust)


def add(project: Project, files: Sequence[str | Path], progress: Progress | None = None) -> tuple[ImportChanges, ...]:
    """Import files of papers; return for each file what it changed in the corpus.

    Raises:
        SourceError: a file cannot be read at all. CorpusError: nothing in any file could be imported.
    """
    return pipeline.add(project, [Path(file) for file in files], progress or NullProgress())


def refresh(project: Project, progress: Progress | None = None) -> RefreshResult:
    """Harvest new papers, build the drafts, and return what changed since the last refresh.

    Raises:
        CorpusError: another refresh of this survey runs. SourceError: arXiv gave no usable answer.
        Others: as for `build`.
    """
    return pipeline.refresh(project, progress or NullProgress())


def show(project: Project, progress: Progress | None = None) -> TaxonomyView:
    """Place the papers as a build does; return the themes and the assignment of each paper.

    Raises:
        CorpusError: there are no papers. EncoderError, ThemeError: from the stage that failed.
    """
    return pipeline.show(project, progress or NullProgress())


def build(
    project: Project,
    progress: Progress | None = None,
    *,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    out: str | Path | None = None,
    trust: bool = False,
) -> BuildResult:
    """Write the drafts of a survey; only what changed since the last build is computed.

    Args:
        project: the survey.
        progress: is told of each stage.
        languages: codes of the editions; by default those of the settings.
        formats: by default those of the settings.
        out: the folder instead of ``output/<slug>``.
        trust: whether templates, programs and models of the folder may be used, as for `open_project`.

    Raises:
        CorpusError: there are no papers. ConfigError: an unknown language or format, or a folder that is not trusted.
        EncoderError, ThemeError, SummaryError, TemplateError: from the stage that failed.
    """
    folder = Path(out) if out is not None else None
    project = replace(project, trusted=project.trusted or trust)
    return pipeline.build(project, progress or NullProgress(), languages=languages, formats=formats, out=folder)


def verify(project: Project, folder: str | Path | None = None) -> VerifyReport:
    """Check every claim of the drafts against the corpus.

    Raises:
        ConfigError: there is no draft.
    """
    return pipeline.verify(project, Path(folder) if folder is not None else None)
