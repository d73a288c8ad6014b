"""Draw a survey up: place the papers, write about them, compose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from surveygen import __version__
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.changes import Changes
from surveygen.domain.citation import Citations
from surveygen.domain.paper import Paper, PaperId, Status
from surveygen.domain.summary import Evidence, Sentence
from surveygen.domain.survey import Provenance, Survey
from surveygen.domain.theme import Taxonomy, ThemeId
from surveygen.languages import Language
from surveygen.llm import BudgetTracker
from surveygen.pipeline import snapshot
from surveygen.pipeline._assignment import AssignmentResult, assign_papers
from surveygen.pipeline._cite_keys import keep_order, mint_keys
from surveygen.pipeline._clock import generated_at
from surveygen.pipeline._codec import digest
from surveygen.pipeline._edits import edits_in_force
from surveygen.pipeline._llm_session import LlmSession
from surveygen.pipeline._map import map_coordinates
from surveygen.pipeline._rationales import rationale_spans
from surveygen.pipeline._similarity import theme_similarity
from surveygen.pipeline._summaries import Summaries, summarize_all
from surveygen.pipeline._translate import EditionTranslator
from surveygen.pipeline.citations import citations_of, service_titles
from surveygen.pipeline.context import BuildContext, open_context
from surveygen.pipeline.progress import Progress
from surveygen.summarize import is_grounded, redundancy, sentence_flaw
from surveygen.survey import QualityChecks, SurveyData, Translation, compose, with_change_report
from surveygen.themes import border_cases

_SELECTION = ("delivered", "duplicates", "quarantined", "wanted", "withdrawn", "excluded", "without_abstract")


@dataclass(frozen=True, slots=True)
class PreparedSurvey:
    """All that the editions of a survey share."""

    project: Project
    run: BuildContext
    placed: AssignmentResult
    written: Summaries
    checks: QualityChecks
    citations: Citations
    rationales: Mapping[PaperId, tuple[Evidence, ...]]
    coordinates: Mapping[PaperId, tuple[float, float]]
    similarity: Mapping[tuple[ThemeId, ThemeId], float]
    meter: BudgetTracker
    _composed: dict[str, tuple[Survey, tuple[object, ...]]] = field(default_factory=dict)

    @property
    def taxonomy(self) -> Taxonomy:
        """The themes, induced ones among them."""
        return self.placed.taxonomy

    def survey(self, language: Language, translation: Translation | None = None) -> Survey:
        """Compose the survey in a language, with the last change report that the store remembers.

        Without a translation its sentences stand in the language of their sources.
        """
        translation = translation or Translation()
        reports = snapshot.last_reports(self.run.store)
        made_of = (edits_in_force(self.run), translation)
        known, before = self._composed.get(language.code, (None, ()))
        if known is None or before != made_of:
            known = compose(_material(self, language, reports, translation), language)
        elif known.changes != (reports[0] if reports else None):
            known = with_change_report(known, _material(self, language, reports, translation), language)
        self._composed[language.code] = known, made_of
        return known

    def translating(self, project: Project, asking: LlmSession) -> EditionTranslator:
        """Prepare the translation of what the editions say."""
        return EditionTranslator(project, self.run, self.placed, self.written, asking)


def prepare_survey(project: Project, store: Store, progress: Progress) -> PreparedSurvey:
    """Go the way from papers to text; what the store has of it is not computed again."""
    run = open_context(project, store, progress)
    placed = assign_papers(run)
    meter = BudgetTracker(project.settings.llm)
    with LlmSession(project, meter) as asking:
        written = summarize_all(run, placed, asking)
    assignments = {item.paper: item for item in placed.assignments}
    return PreparedSurvey(
        project=project,
        run=run,
        placed=placed,
        written=written,
        checks=_checks(run),
        citations=citations_of(store, run.papers),
        rationales=rationale_spans(store, run.papers, assignments),
        coordinates=map_coordinates(run),
        similarity=theme_similarity(run.embeddings, placed.taxonomy, placed.assignments),
        meter=meter,
    )


def _checks(run: BuildContext) -> QualityChecks:
    """Judge each sentence once, however many editions hold it."""
    by_id = {paper.id: paper for paper in run.papers}

    @cache
    def grounded(sentence: Sentence) -> bool:
        return is_grounded(sentence, lambda paper, _version: by_id.get(paper))

    return QualityChecks(
        grounded, redundancy, cache(lambda sentence: sentence_flaw(sentence, lambda paper, _: by_id.get(paper)))
    )


def _material(
    drawing: PreparedSurvey, language: Language, reports: tuple[Changes, ...], translation: Translation
) -> SurveyData:
    run, placed, written = drawing.run, drawing.placed, drawing.written
    store, settings = run.store, run.settings
    cite_keys = mint_keys(run)  # first, as they are part of the corpus that the draft names
    assignments = {item.paper: item for item in placed.assignments}
    return SurveyData(
        slug=settings.slug,
        title=_title(run, language.code),
        generated_at=generated_at(store),
        papers=run.papers,
        taxonomy=placed.taxonomy,
        assignments=assignments,
        reasons=drawing.rationales,
        edits=edits_in_force(run),
        positions=drawing.coordinates,
        border=border_cases(placed.taxonomy, placed.assignments),
        summaries=written.summaries,
        cards=written.cards,
        frame=written.frame,
        neighbours=placed.neighbours,
        cite_keys=cite_keys,
        order=keep_order(run),
        selection=_selection(store),
        found=store.papers.records_by_source(),
        likeness=drawing.similarity,
        titles={code: _title(run, code) for code in settings.languages},
        provenance=_provenance(drawing, translation),
        checks=drawing.checks,
        changes=reports[0] if reports else None,
        earlier=reports[1:],
        withdrawn=_withdrawn(store, cite_keys),
        citations=drawing.citations,
        translation=translation,
        graphs=service_titles(name for standing in drawing.citations.stats.values() for name, _ in standing.providers),
    )


def _provenance(drawing: PreparedSurvey, translation: Translation) -> Provenance:
    run, written = drawing.run, drawing.written
    return Provenance(
        surveygen=__version__,
        config_sha256=digest(run.settings, run.profile.taxonomy.themes),
        corpus_sha256=run.store.sha256(),
        encoder=run.embeddings.encoder,
        summarizer=written.summarizer,
        seed=run.settings.themes.seed,
        sources=run.store.papers.sources(),
        model=written.model,
        translator=translation.engine,
    )


def _selection(store: Store) -> dict[str, int]:
    counts = store.counts()
    return {name: getattr(counts, name) for name in _SELECTION}


def _title(run: BuildContext, language: str) -> str:
    """A title of the person's own stays as it is; the profile's own title is known in several languages."""
    if run.settings.title == run.profile.title:
        return dict(run.profile.titles).get(language, run.profile.title)
    return run.settings.title


def _withdrawn(store: Store, cite_keys: dict[PaperId, str]) -> tuple[Paper, ...]:
    """Return the withdrawn papers that some draft has cited: these have a cite key."""
    gone: tuple[Status, ...] = ("withdrawn",)
    return tuple(paper for paper in store.papers.all(status=gone) if paper.id in cite_keys)
