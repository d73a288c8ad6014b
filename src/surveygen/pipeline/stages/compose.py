"""The stage "compose": number the references, gather what a draft shows, and compose each edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain, pairwise

import msgspec

from surveygen import __version__
from surveygen.corpus.merge import PaperHistory
from surveygen.domain.changes import VersionChange
from surveygen.domain.decision import Decision, active_decisions, active_edits
from surveygen.domain.full_text import TEXT_FIELD, Passage, QuotedText, find_passages
from surveygen.domain.paper import Paper, PaperId, Status
from surveygen.domain.summary import Evidence, Sentence
from surveygen.domain.survey import Provenance, Survey
from surveygen.languages import Language
from surveygen.languages import load as load_language
from surveygen.pipeline import snapshot
from surveygen.pipeline.citations import service_titles
from surveygen.pipeline.editable import edited_folders, import_edited_folders
from surveygen.pipeline.figures import StoredImages, shown_figures
from surveygen.pipeline.run_context import BuildContext, generated_at
from surveygen.pipeline.stages.assign import curated_taxonomy, saved_taxonomy, theme_similarity
from surveygen.pipeline.state import Slot, StoredResults, digest
from surveygen.pipeline.taxonomy import suggest
from surveygen.summarize import is_grounded, sentence_flaw, split_sentences, tells_finding, text_diff
from surveygen.survey import QualityChecks, SurveyData, Translation, make_cite_keys, reference_order, with_change_report
from surveygen.survey import compose as compose_survey
from surveygen.themes import MAP_METHOD, border_cases, join_map, map_papers
from surveygen.themes.assign import rationale_sentences

_SELECTION = ("delivered", "duplicates", "quarantined", "wanted", "withdrawn", "excluded", "without_abstract")
_TEXTS = ("title", "abstract", "comment")  # of which every version may have its own
_THEME = "theme-"  # begins the id of a theme's section
_MOST_JOINED = 0.2  # of the papers; with more the map says too little of them, and is laid out again


@dataclass(frozen=True, slots=True)
class StoredRationale:
    """The spans of an abstract that decided on a paper's theme, with the text and the words that they follow from."""

    paper: PaperId
    version: int
    text_hash: str
    keywords: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class MapState(msgspec.Struct, frozen=True, rename={"text_hashes": "words"}):  # its first name, which stores have
    """Papers with their coordinates and text hashes, in one order; the last `joined` came after the layout."""

    papers: tuple[PaperId, ...] = ()
    text_hashes: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    joined: int = 0


_ORDER = Slot("order", tuple[PaperId, ...], "order")
_RATIONALES = Slot("reasons", tuple[StoredRationale, ...])
_MAP = Slot("map", MapState)


def compose(context: BuildContext, data: SurveyData) -> SurveyData:
    """Compose the document of each edition, with the report of what changed."""
    steps = (
        number_references,
        save_rationales,
        save_map,
        import_markdown_edits,
        gather,
        record_changes,
        compose_editions,
    )
    for step in steps:
        data = step(context, data)
    return data


def number_references(context: BuildContext, data: SurveyData) -> SurveyData:
    """Give new papers a cite key and a place in the references, and store both for good.

    Cite keys are part of the store's dump. The order is not: it follows from the history of the drafts.
    """
    store = context.store
    cite_keys = store.papers.cite_keys()
    if new := make_cite_keys(data.papers, cite_keys):
        store.papers.add_cite_keys(new)
    previous = _ORDER.load(store) or ()
    order = reference_order(data.papers, previous)
    if order != previous:
        _ORDER.save(store, order)
    return replace(data, cite_keys={**cite_keys, **new}, order=order)


def save_rationales(context: BuildContext, data: SurveyData) -> SurveyData:
    """Find for each paper the spans of its abstract with most of the words that decided on its theme.

    The spans are stored. Only papers with another text or other deciding words than in the last run are read.
    """
    store = context.store
    stored = _RATIONALES.load(store) or ()
    previous = {item.paper: item for item in stored}
    current = []
    for paper in data.papers:
        assignment = data.assignments.get(paper.id)
        if assignment is None or not assignment.keywords:
            continue
        item = previous.get(paper.id)
        source = (paper.version, paper.text_hash, assignment.keywords)
        if item is None or source != (item.version, item.text_hash, item.keywords):
            spans = rationale_sentences(paper, assignment, split_sentences(paper.abstract))
            item = StoredRationale(paper.id, *source, tuple((span.start, span.end) for span in spans))
        current.append(item)
    if tuple(current) != stored:
        _RATIONALES.save(store, tuple(current))
    rationales = {
        item.paper: tuple(Evidence(item.paper, item.version, "abstract", *span) for span in item.spans)
        for item in current
    }
    return replace(data, rationales=rationales)


def save_map(context: BuildContext, data: SurveyData) -> SurveyData:
    """Find the coordinates of each paper in the unit square, and store them.

    Papers keep their coordinates, those that left the survey too, in case they return. New papers, and those with
    another text, are placed beside the most similar ones; when too many have joined, the map is laid out again.
    """
    embed = context.settings.embed  # not the encoder's fingerprint: "lsa" is fitted to each state of the corpus
    key = digest(MAP_METHOD, embed.encoder, embed.model)
    state = _MAP.load(context.store, key) or MapState()
    texts = dict(zip(state.papers, state.text_hashes, strict=True))
    current = {**texts, **{paper.id: paper.text_hash for paper in data.papers}}
    points = dict(zip(state.papers, zip(state.x, state.y, strict=True), strict=True))
    points = {paper: point for paper, point in points.items() if current[paper] == texts[paper]}
    new = sum(paper not in points for paper in data.embeddings.ids)
    if not new:
        return replace(data, coordinates=points)
    joined = state.joined + new
    if joined > _MOST_JOINED * len(data.embeddings.ids):
        points, joined = dict(map_papers(data.embeddings)), 0
    else:
        points |= join_map(data.embeddings, points)
    state = MapState(
        papers=tuple(points),
        text_hashes=tuple(current[paper] for paper in points),
        x=tuple(x for x, _ in points.values()),
        y=tuple(y for _, y in points.values()),
        joined=joined,
    )
    _MAP.save(context.store, state, key)
    return replace(data, coordinates=points)


def import_markdown_edits(context: BuildContext, data: SurveyData) -> SurveyData:
    """Store what persons changed in the Markdown editions as decisions, before these are written again."""
    folders = [context.request.folder / language.code for language in context.request.languages]
    if edited := edited_folders(folders):
        gathered = gather(context, data)
        import_edited_folders(context, edited, lambda language: compose_edition(context, gathered, language))
    return data


def gather(context: BuildContext, data: SurveyData) -> SurveyData:
    """Add what else all editions show: it follows from the data so far and from the store, which is only read."""
    store, settings = context.store, context.settings
    data = replace(data, quoted_texts=_quoted_texts(data, StoredResults(store)))
    assignments = tuple(data.assignments.values())
    counts = store.counts()
    withdrawn: tuple[Status, ...] = ("withdrawn",)
    reports = snapshot.last_reports(store)
    figures = shown_figures(store, data.papers)
    return replace(
        data,
        slug=settings.slug,
        titles={code: _title(context, code) for code in settings.languages},
        source_title=_title(context, "en"),
        generated_at=generated_at(store),
        edits=edits_in_force(context),
        version_changes={history.paper.id: _version_changes(history) for history in store.papers.with_versions()},
        placements=_placements(store.decisions.all()),
        figures=figures,
        images=StoredImages(store, figures.values()),
        graph_titles=service_titles(name for stats in data.citations.stats.values() for name, _ in stats.providers),
        border=border_cases(data.taxonomy, assignments),
        similarity=theme_similarity(data),
        # Of the withdrawn papers, those that some draft cited: they have a cite key.
        withdrawn=tuple(paper for paper in store.papers.all(status=withdrawn) if paper.id in data.cite_keys),
        selection={name: getattr(counts, name) for name in _SELECTION},
        records_by_source=store.papers.records_by_source(),
        provenance=Provenance(
            surveygen=__version__,
            config_sha256=digest(settings, context.profile.taxonomy.themes),
            corpus_sha256=store.sha256(),
            encoder=data.embeddings.encoder,
            summarizer=data.summarizer,
            seed=settings.themes.seed,
            sources=store.papers.sources(),
            model=data.model,
        ),
        checks=_quality_checks(data),
        changes=reports[0] if reports else None,
        earlier=reports[1:],
    )


def _quoted_texts(data: SurveyData, cache: StoredResults) -> dict[PaperId, QuotedText]:
    """Return for each full text its source and the units that are evidence of what drafts show of it.

    A text is read only if other units than in the last run are shown.
    """
    units: dict[PaperId, set[str]] = defaultdict(set)
    reviews = data.reviews.values()
    contexts = (*chain.from_iterable(data.contexts.values()), *data.joint_contexts)
    for span in (
        *(span for review in reviews for sentence in review.sentences() for span in sentence.evidence),
        *(pointer.evidence for review in reviews for pointer in review.pointers),
        *(found.evidence for found in contexts),
    ):
        if span.field.startswith(TEXT_FIELD):
            units[span.paper].add(span.field.removeprefix(TEXT_FIELD))
    texts = data.texts

    def passages(paper: PaperId, *, whole: bool) -> tuple[Passage, ...]:
        document = texts.document(paper) if units[paper] else None
        return find_passages(document, units[paper], whole=whole) if document is not None else ()

    quoted: dict[PaperId, QuotedText] = {}
    for paper, record in texts.records.items():
        whole = texts.permission(paper) in ("adapt", "verbatim")
        content = (texts.digests[paper], sorted(units[paper]), whole)
        read = partial(passages, paper, whole=whole)
        quoted[paper] = QuotedText(record, cache(tuple[Passage, ...], "passages", content, paper, read))
    return quoted


def record_changes(context: BuildContext, data: SurveyData) -> SurveyData:
    """Save what the drafts show for the next refresh, and in a refresh the difference to the last one as a report.

    A build saves a snapshot only if there is none, so that a refresh reports what changed since the last refresh.
    """
    store = context.store
    previous = snapshot.load(store)
    if not snapshot.is_outdated(store, previous, refresh=context.request.refresh):
        return data
    # Not translated, so that a section counts as changed only if its sources changed.
    language = load_language(context.settings.languages[0]) if context.request.refresh else context.request.languages[0]
    draft = compose_edition(context, data, language)
    current = snapshot.take_snapshot(store, draft, previous.run + 1 if previous else 0, data.excluded)
    changes = snapshot.diff_snapshots(previous, current, store) if previous else None
    if changes:
        proposed = tuple(proposal.id for proposal in suggest(context, data).proposals)
        snapshot.save(store, current, replace(changes, proposed=proposed))
    else:
        snapshot.save(store, replace(current, run=previous.run) if previous else current)
    reports = snapshot.last_reports(store)
    return replace(data, surveys={language.code: draft}, changes=reports[0] if reports else None, earlier=reports[1:])


def compose_editions(context: BuildContext, data: SurveyData) -> SurveyData:
    """Compose the document of each requested edition."""
    surveys: dict[str, Survey] = {}
    for language in context.request.languages:
        translation = data.translations.get(language.code, Translation())
        draft = data.surveys.get(language.code)
        if draft is not None and translation == Translation():
            survey = with_change_report(draft, _edition(context, data, language, translation), language)
        else:
            survey = compose_edition(context, data, language, translation)
        surveys[language.code] = replace(survey, editions=context.request.editions)
    return replace(data, surveys=surveys)


def compose_edition(
    context: BuildContext, data: SurveyData, language: Language, translation: Translation | None = None
) -> Survey:
    """Compose the document in one language; without a translation, sentences stay in the language of their sources."""
    return compose_survey(_edition(context, data, language, translation or Translation()), language)


def _edition(context: BuildContext, data: SurveyData, language: Language, translation: Translation) -> SurveyData:
    return replace(
        data,
        title=_title(context, language.code),
        translation=translation,
        provenance=replace(data.provenance, translator=translation.engine),
    )


def _title(context: BuildContext, language: str) -> str:
    """Return the title in a language: that of the profile is known in several, a person's own in one."""
    settings, profile = context.settings, context.profile
    if settings.title == profile.title:
        return dict(profile.titles).get(language, profile.title)
    return settings.title


def edits_in_force(context: BuildContext) -> tuple[Decision, ...]:
    """Return the edits that hold; those of a merged theme stand under the theme that took its papers."""
    edits = active_edits(context.store.decisions.all())
    if not edits:
        return ()
    base = saved_taxonomy(context.store, context.profile, context.settings.themes)
    merged = curated_taxonomy(context, base).merged_into
    sections = {f"{_THEME}{gone}": f"{_THEME}{heir}" for gone, heir in merged.items()}
    return tuple(replace(edit, subject=sections.get(edit.subject, edit.subject)) for edit in edits)


def _version_changes(history: PaperHistory) -> tuple[VersionChange, ...]:
    """Compare the stored texts of a paper, each version with the one before it."""
    texts = {text.version: text for text in (*history.texts, history.paper)}
    changes: list[VersionChange] = []
    for old, new in pairwise(texts[number] for number in sorted(texts)):
        fields = tuple(name for name in _TEXTS if getattr(old, name) != getattr(new, name))
        removed, added = text_diff(old.abstract, new.abstract) if "abstract" in fields else ((), ())
        changes.append(VersionChange(new.version, old.version, fields, removed, added))
    return tuple(changes)


def _placements(decisions: Iterable[Decision]) -> dict[PaperId, tuple[Decision, ...]]:
    """Return the decisions in effect that put papers under themes."""
    placed: dict[PaperId, tuple[Decision, ...]] = {}
    for decision in active_decisions(decisions):
        if decision.action in {"move", "pin"}:
            paper = PaperId(decision.subject)
            placed[paper] = (*placed.get(paper, ()), decision)
    return placed


def _quality_checks(data: SurveyData) -> QualityChecks:
    """Return the checks of sentences; each sentence is checked once, however many editions have it."""
    by_id = {paper.id: paper for paper in data.papers}

    def lookup(paper: PaperId, _version: int) -> Paper | None:
        return by_id.get(paper)

    @cache
    def grounded(sentence: Sentence) -> bool:
        return is_grounded(sentence, lookup, data.texts.unit, data.texts.cited)

    @cache
    def flaw(sentence: Sentence) -> str:
        return sentence_flaw(sentence, lookup)

    def finding(sentence: Sentence) -> bool:
        return sentence.language != "en" or tells_finding(sentence.plain, by_id[sentence.cites[0]].title)

    return QualityChecks(grounded, flaw, finding)
