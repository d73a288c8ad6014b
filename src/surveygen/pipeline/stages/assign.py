"""The stage "assign": assign papers to themes, induce missing themes, and find similar papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveygen.config import ThemeSettings
from surveygen.corpus import Store
from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId, in_reading_order
from surveygen.pipeline.assignments import ASSIGNMENTS, AssignmentState, save_assignments, stable_assignments
from surveygen.pipeline.run_context import BuildContext, now
from surveygen.pipeline.stages.embed import embed
from surveygen.pipeline.state import Slot, digest
from surveygen.survey import SurveyData
from surveygen.themes import Profile, nearest_papers, update_neighbors
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions
from surveygen.themes.induce import KMeansInducer, label_clusters
from surveygen.themes.induce.model_names import ThemeMembers, name_by_model

NEIGHBORS = 10  # similar papers that a page lists for each paper
_NEAREST, _OTHERS, _PROPOSED = 10, 200, 4  # papers read to propose keywords for an empty theme, and keywords
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
            base = Taxonomy(induce_and_save(context, data, None, data.embeddings, ()))
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


@dataclass(frozen=True, slots=True)
class EmptyTheme:
    """A theme without papers, and keywords that would describe the papers nearest to its name."""

    name: str
    keywords: tuple[str, ...]


def find_empty_themes(data: SurveyData) -> tuple[EmptyTheme, ...]:
    """Return the topmost themes without papers; keywords are proposed for those that have none of their own."""
    inhabited = {theme for item in data.assignments.values() if not item.outside for theme in item.path}
    empty = [
        theme
        for theme in (data.taxonomy if inhabited else ())
        if theme.id not in inhabited and (theme.parent is None or theme.parent in inhabited)
    ]
    return tuple(EmptyTheme(theme.name, () if theme.keywords else _nearest_keywords(data, theme)) for theme in empty)


def _nearest_keywords(data: SurveyData, theme: Theme) -> tuple[str, ...]:
    """Return phrases of the papers nearest to the name of a theme that other papers do not have."""
    order = np.argsort(-(data.embeddings.vectors @ data.encode([theme.name])[0]), kind="stable")
    rows = np.concatenate([order[:_NEAREST], order[_NEAREST:][:: max(1, (len(order) - _NEAREST) // _OTHERS)]])
    clusters = (np.arange(len(rows)) >= min(_NEAREST, len(order))).astype(np.intp)
    if not clusters.any():  # fewer papers than are read
        return ()
    near = label_clusters([data.papers[row] for row in rows], data.embeddings.vectors[rows], clusters)[0]
    return near.keywords[:_PROPOSED]


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
        tree = (*curated.shown, *added)
        added += induce_and_save(context, data, top, data.embeddings.subset(sorted(members)), tree)
    return in_reading_order((*base.themes, *added)) if added else base


def induce_and_save(
    context: BuildContext, data: SurveyData, parent: Theme | None, embeddings: Embeddings, tree: Sequence[Theme]
) -> tuple[Theme, ...]:
    """Induce themes below `parent`, none named as one of `tree`, and save them: later runs have the same ids."""
    store, profile, settings = context.store, context.profile, context.settings.themes
    inducer = KMeansInducer(settings)
    stored = store.taxonomy() or Taxonomy()
    inside = set(embeddings.ids)
    themes, assignments = inducer.induce(
        embeddings,
        [paper for paper in data.papers if paper.id in inside],
        parent=parent.id if parent else None,
        reserved_ids=used_theme_ids(store, profile),
        seed=settings.seed,
        title=context.settings.title,
        tree=tree,
    )
    if context.settings.summarize.method == "llm" and themes:
        themes = _name_by_model(context, data, themes, assignments)
    given = [theme for theme in profile.taxonomy if theme.id not in stored]
    store.save_taxonomy(in_reading_order((*given, *stored, *themes)), at=now())
    return themes


def _name_by_model(
    context: BuildContext, data: SurveyData, themes: tuple[Theme, ...], assignments: Sequence[Assignment]
) -> tuple[Theme, ...]:
    """Ask the model of the survey for names and definitions of new themes."""
    papers = {paper.id: paper for paper in data.papers}
    members: dict[ThemeId, list[Paper]] = {}
    for item in assignments:
        for theme in item.path:
            members.setdefault(theme, []).append(papers[item.paper])
    others = (*(context.store.taxonomy() or ()), *context.profile.taxonomy)
    taken = [context.settings.title, *(theme.name for theme in others)]
    return name_by_model(context.llm.connect(), themes, ThemeMembers(members, data.embeddings, data.encode), taken)


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


def theme_similarity(data: SurveyData) -> Mapping[tuple[ThemeId, ThemeId], float]:
    """Return the cosine between the centroids of each two top themes that have papers, both ways round.

    A centroid is the mean of the vectors of the papers of a theme and its sub-themes; outliers are left out.
    """
    members: dict[ThemeId, list[PaperId]] = {top.id: [] for top in data.taxonomy.children(None)}
    for item in data.assignments.values():
        if not item.outside:
            members[item.path[0]].append(item.paper)
    tops = [top for top, papers in members.items() if papers]
    if not tops:
        return {}
    centroids = unit_rows(np.stack([data.embeddings.rows(members[top]).mean(axis=0) for top in tops]))
    cosines = centroids @ centroids.T
    return {(a, b): float(cosines[i, j]) for i, a in enumerate(tops) for j, b in enumerate(tops) if a != b}
