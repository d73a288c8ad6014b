"""The stage "assign": assign papers to themes, induce missing themes, and find similar papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from surveygen.config import ThemeSettings
from surveygen.corpus import Store
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId, in_reading_order
from surveygen.pipeline.assignments import ASSIGNMENTS, AssignmentState, save_assignments, stable_assignments
from surveygen.pipeline.run_context import BuildContext, now
from surveygen.pipeline.stages.embed import embed
from surveygen.pipeline.state import Slot, digest
from surveygen.survey import SurveyData
from surveygen.themes import Profile, nearest_papers, update_neighbors
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions
from surveygen.themes.induce import KMeansInducer

NEIGHBORS = 10  # similar papers that a page lists for each paper
_MIN_TO_SPLIT = 20  # papers that a top theme without sub-themes must have before some are induced


@dataclass(frozen=True, slots=True)
class StoredNeighbors:
    """The most similar papers of each paper, as numbers in `papers` with spaces between them.

    `space` is a digest of the encoder's fingerprint and the number of neighbors.
    """

    space: str
    papers: tuple[PaperId, ...]
    hashes: tuple[str, ...]
    rows: tuple[str, ...]


_NEIGHBORS = Slot("neighbours", StoredNeighbors)


def assign(context: BuildContext, data: SurveyData) -> SurveyData:
    """Place each paper in the taxonomy, induce the themes that are missing, and find similar papers.

    Induced themes, assignments with the moves, and similar papers are stored for later runs.
    """
    store, settings = context.store, context.settings.themes
    with context.progress.stage("themes", 3) as advance:
        previous = ASSIGNMENTS.load(store)
        base = saved_taxonomy(store, context.profile, settings)
        if not len(base):
            base = Taxonomy(induce_and_save(context, data, None, data.embeddings))
        advance(1)
        curated = curated_taxonomy(context, base)
        state, moves = stable_assignments(context, data, curated, previous)
        if settings.subthemes == "induced":
            deeper = _induce_below(context, data, base, curated, state)
            if deeper != base:
                curated = curated_taxonomy(context, deeper)
                state, moves = stable_assignments(context, data, curated, previous)
        if state is not previous:
            save_assignments(store, state, moves)
        advance(1)
        neighbors = find_and_save_neighbors(store, data)
        advance(1)
    return replace(
        data,
        taxonomy=curated.shown,
        assignments={item.assignment.paper: item.assignment for item in state.present},
        neighbors=neighbors,
        recent=state.recent(),
    )


def place_papers(context: BuildContext) -> SurveyData:
    """Run the stages up to this one: load, embed and place the papers as a build does."""
    return assign(context, embed(context, SurveyData()))


def saved_taxonomy(store: Store, profile: Profile, settings: ThemeSettings) -> Taxonomy:
    """Return the themes before any decision: the given ones, with the induced ones of the store below them."""
    given = profile.taxonomy.themes
    if settings.subthemes == "none":
        given = tuple(theme for theme in given if theme.parent is None)
    ids = {theme.id for theme in given}
    induced: list[Theme] = []
    for theme in store.taxonomy() or ():
        top = theme.parent is None
        wanted = not given if top else theme.parent in ids and (settings.subthemes == "induced" or not given)
        if wanted and theme.id not in ids:
            ids.add(theme.id)
            induced.append(theme)
    return in_reading_order((*given, *induced))


def curated_taxonomy(context: BuildContext, base: Taxonomy) -> CuratedTaxonomy:
    """Apply the decisions of the store to a taxonomy."""
    return apply_decisions(base, context.store.decisions.all(), dict(context.profile.replaces))


def used_theme_ids(store: Store, profile: Profile) -> frozenset[ThemeId]:
    """Return every id that a theme of the survey has or had: none of them is given to another theme."""
    decided = (theme for decision in store.decisions.all() for theme in decision.themes)
    return frozenset(theme.id for theme in (*(store.taxonomy() or ()), *profile.taxonomy, *decided))


def _induce_below(
    context: BuildContext, data: SurveyData, base: Taxonomy, curated: CuratedTaxonomy, state: AssignmentState
) -> Taxonomy:
    """Return `base` with induced sub-themes below each large top theme that has none."""
    leaves = [item.assignment for item in state.present if not curated.taxonomy.children(item.assignment.theme)]
    added: list[Theme] = []
    for top in base.children(None):
        members = tuple(item.paper for item in leaves if item.theme == top.id and not item.outside)
        if base.children(top.id) or len(members) < _MIN_TO_SPLIT:
            continue
        added += induce_and_save(context, data, top, data.embeddings.subset(sorted(members)))
    return in_reading_order((*base.themes, *added)) if added else base


def induce_and_save(
    context: BuildContext, data: SurveyData, parent: Theme | None, embeddings: Embeddings
) -> tuple[Theme, ...]:
    """Induce themes below `parent` and save them in the store, so that later runs have the same ids."""
    store, profile, settings = context.store, context.profile, context.settings.themes
    inducer = KMeansInducer(settings)
    stored = store.taxonomy() or Taxonomy()
    inside = set(embeddings.ids)
    themes, _ = inducer.induce(
        embeddings,
        [paper for paper in data.papers if paper.id in inside],
        parent=parent.id if parent else None,
        reserved_ids=used_theme_ids(store, profile),
        seed=settings.seed,
    )
    given = [theme for theme in profile.taxonomy if theme.id not in stored]
    store.save_taxonomy(in_reading_order((*given, *stored, *themes)), at=now())
    return themes


def find_and_save_neighbors(store: Store, data: SurveyData) -> Mapping[PaperId, tuple[PaperId, ...]]:
    """Return the most similar papers of each paper; with the same encoder only what changed is compared."""
    space = digest(data.embeddings.encoder, NEIGHBORS)
    stored = _NEIGHBORS.load(store)
    if stored is None or stored.space != space:
        nearest: Mapping[PaperId, tuple[PaperId, ...]] = nearest_papers(data.embeddings, NEIGHBORS)
    else:
        previous = {
            paper: tuple(stored.papers[int(number)] for number in row.split())
            for paper, row in zip(stored.papers, stored.rows, strict=True)
        }
        hashes = dict(zip(stored.papers, stored.hashes, strict=True))
        changed = [paper.id for paper in data.papers if hashes.get(paper.id) != paper.text_hash]
        if not changed and len(hashes) == len(data.papers):
            return previous
        nearest = update_neighbors(data.embeddings, previous, changed, NEIGHBORS)
    number = {paper.id: str(n) for n, paper in enumerate(data.papers)}
    rows = tuple(" ".join(number[other] for other in nearest[paper.id]) for paper in data.papers)
    hashes_now = tuple(paper.text_hash for paper in data.papers)
    _NEIGHBORS.save(store, StoredNeighbors(space, tuple(number), hashes_now, rows))
    return nearest
