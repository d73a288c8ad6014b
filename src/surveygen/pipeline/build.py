"""A build: the stages from the store to the files of each edition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.survey import Survey
from surveygen.errors import ConfigError, did_you_mean
from surveygen.languages import Language, codes
from surveygen.languages import load as load_language
from surveygen.llm import CostEstimate, LlmUsage
from surveygen.pipeline import snapshot
from surveygen.pipeline.editable import edited_folders
from surveygen.pipeline.files import draft_files
from surveygen.pipeline.run_context import BuildContext, BuildRequest, NullProgress, Progress, open_context
from surveygen.pipeline.stages.assign import EmptyTheme, assign, find_empty_themes
from surveygen.pipeline.stages.compose import (
    compose,
    compose_edition,
    gather,
    number_references,
    save_map,
    save_rationales,
)
from surveygen.pipeline.stages.embed import embed
from surveygen.pipeline.stages.relate import relate
from surveygen.pipeline.stages.render import PAGE, REVIEWS, render, shared_files, stale_editions
from surveygen.pipeline.stages.summarize import summarize
from surveygen.pipeline.stages.translate import translate
from surveygen.render import format_names
from surveygen.survey import SurveyData

Stage = Callable[[BuildContext, SurveyData], SurveyData]
STAGES: tuple[Stage, ...] = (embed, assign, relate, summarize, translate, compose, render)


@dataclass(frozen=True, slots=True)
class TranslationCounts:
    """Counts of sentences of an edition: translated, with a rejected translation, and not yet answered."""

    language: str
    sentences: int
    failed: int
    pending: int


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made.

    Attributes:
        files: every file of the requested drafts.
        changed: the files whose bytes are new.
        papers: number of papers in the drafts.
        spent: use of a language model by this run; None if nothing was written, or no model was needed.
        translated: counts for each edition that a translation engine worked on.
        empty_themes: themes of the taxonomy that no paper was assigned to.
    """

    files: tuple[Path, ...]
    changed: tuple[Path, ...]
    papers: int
    spent: LlmUsage | None = None
    translated: tuple[TranslationCounts, ...] = ()
    empty_themes: tuple[EmptyTheme, ...] = ()


def build(
    project: Project,
    progress: Progress,
    *,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    out: Path | None = None,
) -> BuildResult:
    """Make the drafts of a survey; only what changed since the last build is computed.

    Args:
        project: the survey.
        progress: is told of each stage.
        languages: codes of the editions; by default those of the settings.
        formats: by default those of the settings.
        out: the folder instead of ``output/<slug>``.

    Raises:
        CorpusError: the store is empty. ConfigError: an unknown language or format.
        EncoderError, ThemeError, SummaryError, TemplateError: from the stage that failed; the drafts of an earlier
            build are still whole.
    """
    request = check_request(project, languages, formats, out)
    with Store.open(project.database) as store:
        return run_build(open_context(project, store, progress, request))


def check_request(
    project: Project, languages: Sequence[str] = (), formats: Sequence[str] = (), out: Path | None = None
) -> BuildRequest:
    """Check the request of a build before anything is computed; what it leaves out comes from the settings.

    Raises:
        ConfigError: an unknown language or format, or no format.
    """
    requested = tuple(load_language(code) for code in languages or project.settings.languages)
    names = tuple(dict.fromkeys(formats or project.settings.formats))
    for name in names:
        if name not in format_names():
            raise ConfigError(f"unknown format {name!r}", did_you_mean(name, format_names()), path="formats")
    if not names:
        raise ConfigError("formats: none is requested", "name at least one, such as html", path="formats")
    folder = out or project.output / project.settings.slug
    with_page = {code for code in codes() if (folder / code / PAGE).is_file()}
    if "html" in names or REVIEWS in names:  # written together
        with_page |= {language.code for language in requested}
    return BuildRequest(requested, names, folder, tuple(sorted(with_page)))


def run_build(context: BuildContext) -> BuildResult:
    """Run the stages for the editions that are not current; if all are, no paper, vector or model is loaded."""
    request, store = context.request, context.store
    languages = stale_editions(context)
    edited = edited_folders([request.folder / language.code for language in request.languages])
    if edited or (request.refresh and snapshot.is_outdated(store, snapshot.load(store), refresh=True)):
        languages = request.languages  # an edit or a change report changes all editions
    data, spent = SurveyData(), None
    if languages:
        context = replace(context, request=replace(request, languages=languages))
        with context.llm:
            for stage in STAGES:
                data = stage(context, data)
            spent = context.llm.spent
    counts = store.counts()
    drafts = [path for language in request.languages for path in draft_files(request.folder / language.code)]
    return BuildResult(
        files=(*drafts, *shared_files(context)),
        changed=data.written_files,
        papers=counts.papers - counts.withdrawn - counts.excluded,
        spent=spent,
        translated=tuple(
            TranslationCounts(language, len(translation.words), len(translation.failed), translation.pending)
            for language, translation in data.translations.items()
            if translation.engine
        ),
        empty_themes=find_empty_themes(data),
    )


def outdated_editions(project: Project) -> tuple[str, ...]:
    """Return the languages of the survey whose page a build would write again, or for the first time."""
    request = check_request(project, formats=("html",))
    with Store.open_to_read(project.database) as store:
        context = open_context(project, store, NullProgress(), request)
        return tuple(language.code for language in stale_editions(context))


def draft_survey(context: BuildContext, language: Language) -> Survey:
    """Compose the survey in one language as a build does, untranslated.

    No file is written; vectors, assignments, cite keys, rationales and the map are stored as in a build.
    """
    data = SurveyData()
    with context.llm:
        for stage in (embed, assign, relate, summarize, number_references, save_rationales, save_map, gather):
            data = stage(context, data)
    return compose_edition(context, data, language)


def estimate(project: Project, progress: Progress) -> LlmUsage | None:
    """Count the requests that a build would make to a language model, with upper bounds of tokens and cost.

    No request is sent and no draft is written; the papers are embedded and the vectors stored, as in a build. Themes
    that are still to be induced are not stored where a model names them, so that the build asks for their names.
    Reviews that a model has not written yet are replaced by extractive ones, in requests about themes and in
    translations.

    Returns:
        None if neither summarizer nor translator asks a model.

    Raises:
        CorpusError: the store is empty. EncoderError, ThemeError, TemplateError: as for `build`.
    """
    settings = project.settings
    codes_translated = settings.languages if settings.translate.engine == "llm" else ()
    request = BuildRequest(tuple(load_language(code) for code in codes_translated))
    with Store.open(project.database) as store:
        embed(open_context(project, store, progress, request), SurveyData())
    named = settings.summarize.method == "llm"
    with Store.open_copy(project.database) if named else Store.open(project.database) as store:
        context = open_context(project, store, progress, request, budget=CostEstimate(settings.llm))
        data = SurveyData()
        with context.llm:
            for stage in (embed, assign, relate, summarize, translate):
                data = stage(context, data)
            return context.llm.spent
