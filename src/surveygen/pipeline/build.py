"""Build drafts: from the store to the files of every language and format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.languages import Language, codes
from surveygen.languages import load as load_language
from surveygen.llm import LlmUsage
from surveygen.pipeline import snapshot
from surveygen.pipeline._llm_session import LlmSession
from surveygen.pipeline._output_cache import OutputCache
from surveygen.pipeline.edit import edited_folders, import_edited_folders
from surveygen.pipeline.editable import EditableDraft
from surveygen.pipeline.output import (
    PAGE,
    TAXONOMY,
    RenderJob,
    check_formats,
    draft_files,
    write_outputs,
    write_reports,
    write_taxonomy,
)
from surveygen.pipeline.prepare import PreparedSurvey, prepare_survey
from surveygen.pipeline.progress import Progress
from surveygen.render import REPORTS
from surveygen.themes import load_profile


@dataclass(frozen=True, slots=True)
class TranslationCounts:
    """Sentences of an edition: in its language now, left as they were as their translation did not hold, put off."""

    language: str
    sentences: int
    failed: int
    pending: int


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made: every file of the drafts asked for, and those whose bytes are new.

    `spent` is what this run asked of a language model; None if nothing was to be written, or no model was wanted.
    `translated` tells of each edition that an engine was asked for.
    """

    files: tuple[Path, ...]
    changed: tuple[Path, ...]
    papers: int
    spent: LlmUsage | None = None
    translated: tuple[TranslationCounts, ...] = ()


def build(
    project: Project,
    progress: Progress,
    *,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    out: Path | None = None,
) -> BuildResult:
    """Make the drafts of a survey; only what changed since the last build is computed.

    Raises:
        CorpusError: the store is empty. ConfigError: an unknown language or format.
        EncoderError, ThemeError, SummaryError, TemplateError: from the stage that failed; the drafts of an earlier
            build are still whole.
    """
    order = BuildRequest(project, tuple(languages), tuple(formats), out)
    with Store.open(project.database) as store:
        return build_outputs(order, store, progress)


class BuildRequest:
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


def build_outputs(
    order: BuildRequest, store: Store, progress: Progress, drawing: PreparedSurvey | None = None
) -> BuildResult:
    """Write the editions that are not what they would become; `drawing` is what a caller has drawn up before."""
    project, folder = order.project, order.folder
    drawing = take_up(order, store, progress, drawing) or drawing
    profile = load_profile(project.settings.profile, project.root)
    drafts = OutputCache(store, project.settings, profile, (project.templates, project.glossary), order.editions)
    common = [folder / name for name in (TAXONOMY, *(REPORTS if snapshot.last_reports(store) else ()))]
    whole = all(path.is_file() for path in common)
    stale = [one for one in order.languages if not (whole and drafts.is_fresh(folder / one.code, order.formats))]
    if not stale:
        return _built(order, store, [], common)
    drawing = drawing or prepare_survey(project, store, progress)
    with LlmSession(project, drawing.meter) as asking:
        changed, translated = _write(order, store, drawing, stale, asking)
        spent = asking.spent or drawing.written.spent
    changed += write_taxonomy(profile, drawing.taxonomy, project.settings.title, folder / TAXONOMY)
    changed += _write_reports(order, drawing)
    open_ends = {one.language for one in translated if one.pending}
    for language in stale if not (spent and spent.postponed) else ():  # else the next build has something left to ask
        if language.code not in open_ends:
            drafts.remember(folder / language.code, order.formats)
    return replace(_built(order, store, changed, common), spent=spent, translated=tuple(translated))


def _built(order: BuildRequest, store: Store, changed: Sequence[Path], common: Sequence[Path]) -> BuildResult:
    files = [path for language in order.languages for path in draft_files(order.folder / language.code)]
    counts = store.counts()
    papers = counts.papers - counts.withdrawn - counts.excluded
    return BuildResult((*files, *common), tuple(changed), papers)


def take_up(
    order: BuildRequest, store: Store, progress: Progress, drawing: PreparedSurvey | None = None
) -> PreparedSurvey | None:
    """Make decisions of what a person changed in the Markdown editions; return the drawing where that took one."""
    touched = edited_folders([order.folder / one.code for one in order.languages])
    if not touched:
        return None
    drawing = drawing or prepare_survey(order.project, store, progress)
    import_edited_folders(drawing, touched, progress)
    return drawing


def _write_reports(order: BuildRequest, drawing: PreparedSurvey) -> list[Path]:
    """Write the feed and the digest, in the survey's first language, once there was a refresh."""
    language = load_language(order.project.settings.languages[0])
    survey = drawing.survey(language)
    return write_reports(survey, language, order.folder) if survey.changes else []


def _write(
    order: BuildRequest, store: Store, drawing: PreparedSurvey, languages: Sequence[Language], asking: LlmSession
) -> tuple[list[Path], list[TranslationCounts]]:
    """Write each edition; return the files whose bytes are new, and what was translated."""
    changed: list[Path] = []
    told: list[TranslationCounts] = []
    translating = drawing.translating(order.project, asking)
    for language in languages:
        if not snapshot.exists(store):  # what the first refresh will be compared with
            first = drawing.survey(language)
            snapshot.save(store, snapshot.take_snapshot(store, first, 0, drawing.run.excluded))
        said = translating.into(language)
        if said.engine:
            told.append(TranslationCounts(language.code, len(said.words), len(said.failed), said.pending))
        survey = replace(drawing.survey(language, said), editions=order.editions)
        for line in EditableDraft(survey, store).orphaned_edits():
            drawing.run.progress.note(
                f"{language.code}: no section {line.section} for the words of {line.by}: {line.text}"
            )
        folder, project = order.folder / language.code, order.project
        edition = RenderJob(survey, language, folder, project.templates, project.settings)
        changed += write_outputs(edition, order.formats, drawing.run.progress)
    return changed, told
