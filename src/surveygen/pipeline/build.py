"""Build drafts: from the store to the files of every language and format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveygen.chat import Spent
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.languages import Language, codes
from surveygen.languages import load as load_language
from surveygen.pipeline import _edition
from surveygen.pipeline._drafts import (
    PAGE,
    REPORTS,
    TAXONOMY,
    Edition,
    check_formats,
    draft_files,
    write_draft,
    write_reports,
    write_taxonomy,
)
from surveygen.pipeline._draw import Drawing, draw
from surveygen.pipeline._fresh import Drafts
from surveygen.pipeline.progress import Progress
from surveygen.themes import load_profile


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: every file of the drafts asked for, and those whose bytes are new.

    `spent` is what this run asked of a language model; None if nothing was to be written, or no model was wanted.
    """

    files: tuple[Path, ...]
    changed: tuple[Path, ...]
    papers: int
    spent: Spent | None = None


def build(
    project: Project,
    progress: Progress,
    *,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    out: Path | None = None,
) -> Built:
    """Make the drafts of a survey; only what changed since the last build is computed.

    Raises:
        CorpusError: the store is empty. ConfigError: an unknown language or format.
        EncoderError, ThemeError, SummaryError, TemplateError: from the stage that failed; the drafts of an earlier
            build are still whole.
    """
    order = Order(project, tuple(languages), tuple(formats), out)
    with Store.open(project.database) as store:
        return make_drafts(order, store, progress)


class Order:
    """What a build is asked for, checked before anything is computed.

    Raises:
        ConfigError: an unknown language or format.
    """

    def __init__(
        self,
        project: Project,
        languages: tuple[str, ...] = (),
        formats: tuple[str, ...] = (),
        out: Path | None = None,
    ) -> None:
        self.project = project
        self.languages = [load_language(code) for code in languages or project.settings.languages]
        self.formats = check_formats(formats or project.settings.formats)
        self.folder = out or project.output / project.settings.slug
        pages = "html" in self.formats
        known = {code for code in codes() if (self.folder / code / PAGE).is_file()}
        self.editions = tuple(sorted(known | {one.code for one in self.languages if pages}))


def make_drafts(order: Order, store: Store, progress: Progress, drawing: Drawing | None = None) -> Built:
    """Write the editions that are not what they would become; `drawing` is what a caller has drawn up before."""
    project, folder = order.project, order.folder
    profile = load_profile(project.settings.profile, project.root)
    drafts = Drafts(store, project.settings, profile, project.templates, order.editions)
    common = [folder / name for name in (TAXONOMY, *(REPORTS if _edition.last_reports(store) else ()))]
    whole = all(path.is_file() for path in common)
    stale = [one for one in order.languages if not (whole and drafts.is_fresh(folder / one.code, order.formats))]
    changed: list[Path] = []
    if stale:
        drawing = drawing or draw(project, store, progress)
        changed = _write(order, store, drawing, stale, progress)
        changed += write_taxonomy(profile, drawing.taxonomy, project.settings.title, folder / TAXONOMY)
        changed += _write_reports(order, drawing)
    spent = drawing.written.spent if drawing else None
    for language in stale if not (spent and spent.postponed) else ():  # else the next build has something left to ask
        drafts.remember(folder / language.code, order.formats)
    files = [path for language in order.languages for path in draft_files(folder / language.code)]
    counts = store.counts()
    papers = counts.papers - counts.withdrawn - counts.excluded
    return Built((*files, *common), tuple(changed), papers, spent)


def _write_reports(order: Order, drawing: Drawing) -> list[Path]:
    """Write the feed and the digest, in the survey's first language, once there was a refresh."""
    language = load_language(order.project.settings.languages[0])
    survey = drawing.survey(language)
    return write_reports(survey, language, order.project.templates, order.folder) if survey.changes else []


def _write(
    order: Order, store: Store, drawing: Drawing, languages: Sequence[Language], progress: Progress
) -> list[Path]:
    """Write each edition; return the files whose bytes are new."""
    changed: list[Path] = []
    for language in languages:
        survey = replace(drawing.survey(language), editions=order.editions)
        if not _edition.exists(store):  # what the first refresh will be compared with
            _edition.save(store, _edition.photograph(store, survey, 0, drawing.run.excluded))
        edition = Edition(survey, language, order.folder / language.code, order.project.templates)
        changed += write_draft(edition, order.formats, progress)
    return changed
