"""The stage "assign": assign papers to themes, and keep earlier assignments stable.

A paper that was assigned before moves only if its text, the themes or a decision changed. Without a decision the
evidence for the move must exceed the spread of its theme (`surveygen.themes.assign.stabilize`), within the limit of the
setting `themes.max_moved`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from surveygen.config import ThemeSettings
from surveygen.corpus import Store
from surveygen.domain.decision import MoveReason, ThemeMove
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId, in_reading_order
from surveygen.pipeline.run_context import BuildContext, now
from surveygen.pipeline.stages.embed import embed
from surveygen.pipeline.state import Slot, digest
from surveygen.survey import SurveyData
from surveygen.themes import Profile, nearest_papers, sampling_key, update_neighbors
from surveygen.themes.assign import (
    NearestCentroidAssigner,
    PreviousState,
    StableAssignments,
    ThemeVectors,
    stabilize,
    theme_queries,
    theme_vectors,
)
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions
from surveygen.themes.induce import KMeansInducer

NEIGHBORS = 10  # similar papers that a page lists for each paper
# Size of the reference sample of old papers that is compared together with new ones: benchmarks/themes/refresh.py
SAMPLE = 4000
_MIN_TO_SPLIT = 20  # papers that a top theme without sub-themes must have before some are induced
_RECENT = 0.3  # share of all papers: benchmarks/themes/refresh.py


@dataclass(frozen=True, slots=True)
class StoredAssignment:
    """The assignment of a paper with a certain text.

    Field names are those of stored assignments of earlier versions.

    Attributes:
        root: its theme by evidence alone, "" if it was never compared. It is kept when a person merges that theme away
            or moves the paper, so that undoing the decision leads back to it.
        since: number of the run that assigned it first.
    """

    text_hash: str
    assignment: Assignment
    root: ThemeId
    since: int


class AssignmentState(msgspec.Struct, frozen=True, rename={"present": "kept"}):
    """The assignments of the last run.

    Attributes:
        content: digest of all that the assignments follow from. compared: digest of what papers were compared with.
        encoder: the encoder and model that the settings named.
        number: from 0; a run that places new papers has the next one.
        themes: those of the run, in reading order.
        present: the papers of the draft, in their order. away: withdrawn or excluded papers, which may come back.
        spent: moves on evidence since the last new papers.
        waiting: papers with evidence enough to move, for which the budget had no room.
    """

    content: str
    compared: str
    encoder: str
    number: int
    themes: tuple[ThemeId, ...]
    present: tuple[StoredAssignment, ...]
    away: tuple[StoredAssignment, ...] = ()
    spent: int = 0
    waiting: tuple[PaperId, ...] = ()

    def recent(self) -> frozenset[PaperId]:
        """Return the papers of the last run that placed new ones, and of runs before it, up to a share of all papers.

        Papers of the first run are never recent, because later papers are new relative to them.
        """
        per_run = Counter(item.since for item in self.present)
        last: set[int] = set()
        total = 0
        for number in sorted(per_run, reverse=True):
            total += per_run[number]
            if number == 0 or (last and total > _RECENT * len(self.present)):
                break
            last.add(number)
        return frozenset(item.assignment.paper for item in self.present if item.since in last)


@dataclass(frozen=True, slots=True)
class StoredNeighbors:
    """The most similar papers of each paper, as numbers in `papers` with spaces between them.

    `space` is a digest of the encoder's fingerprint and the number of neighbors.
    """

    space: str
    papers: tuple[PaperId, ...]
    hashes: tuple[str, ...]
    rows: tuple[str, ...]


ASSIGNMENTS = Slot("places", AssignmentState)
_NEIGHBORS = Slot("neighbours", StoredNeighbors)


def assign(context: BuildContext, data: SurveyData) -> SurveyData:
    """Place each paper in the taxonomy, induce the themes that are missing, and find similar papers.

    Under the same themes only papers that are new or have another text are compared with them. Under other themes all
    papers are. The moves are logged in the store.
    """
    store, settings = context.store, context.settings.themes
    with context.progress.stage("themes", 3) as advance:
        previous = ASSIGNMENTS.load(store)
        base = saved_taxonomy(store, context.profile, settings)
        if not len(base):
            base = Taxonomy(_induce(context, data, None, data.embeddings))
        advance(1)
        curated = curated_taxonomy(context, base)
        state, moves = _stable_assignments(context, data, curated, previous)
        if settings.subthemes == "induced":
            deeper = _induce_below(context, data, base, curated, state)
            if deeper != base:
                curated = curated_taxonomy(context, deeper)
                state, moves = _stable_assignments(context, data, curated, previous)
        if state is not previous:
            store.decisions.log_moves(moves)
            ASSIGNMENTS.save(store, state)
        advance(1)
        neighbors = _neighbors(context, data)
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
        ids = tuple(sorted(members))
        added += _induce(context, data, top, Embeddings(ids, data.embeddings.rows(ids), data.embeddings.encoder))
    return in_reading_order((*base.themes, *added)) if added else base


def _induce(context: BuildContext, data: SurveyData, parent: Theme | None, embeddings: Embeddings) -> tuple[Theme, ...]:
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


def _stable_assignments(
    context: BuildContext, data: SurveyData, curated: CuratedTaxonomy, previous: AssignmentState | None
) -> tuple[AssignmentState, tuple[ThemeMove, ...]]:
    """Return the assignments under a taxonomy, `previous` itself where nothing changed, and what moved."""
    settings = context.settings
    assigner = IncrementalAssigner(data, curated)
    hashes = {paper.id: paper.text_hash for paper in data.papers}
    compared = digest(assigner.fingerprint, curated.taxonomy.themes)
    encoder = f"{settings.embed.encoder}:{settings.embed.model}"
    content = digest(
        *(compared, encoder, sorted(hashes.items()), sorted(curated.placed.items())),
        *(sorted(curated.merged_into.items()), settings.themes.max_moved),
    )
    if previous is not None and previous.content == content:
        return previous, ()
    past = PreviousRun(previous, hashes, curated, encoder=encoder)
    same_themes = previous is not None and previous.compared == compared
    fresh = assigner.assign(past.changed() if same_themes else set(hashes))
    by_evidence = tuple(item for paper, item in fresh.items() if paper not in curated.placed)
    stable = stabilize(by_evidence, curated.taxonomy, data.embeddings, past.constraints(settings.themes.max_moved))
    present = past.updated(assigner.confirm(fresh, stable), stable)
    state = AssignmentState(
        content,
        compared,
        encoder,
        past.number,
        tuple(theme.id for theme in curated.taxonomy),
        present,
        past.away,
        past.spent + stable.spent,
        stable.waiting,
    )
    return state, past.moves(present, stable, now())


class PreviousRun:
    """The assignments of the last run, seen under the themes and decisions of now.

    Those that another encoder led to are only good for telling what moved.

    Args:
        state: the last run, None before the first.
        hashes: the text hash of each paper of the draft, in its order.
        curated: the taxonomy of now.
        encoder: the encoder of now.
    """

    def __init__(
        self, state: AssignmentState | None, hashes: Mapping[PaperId, str], curated: CuratedTaxonomy, *, encoder: str
    ) -> None:
        stored = {item.assignment.paper: item for item in (*state.present, *state.away)} if state else {}
        self._state = state
        self._hashes = hashes
        self._curated = curated
        self._stored = stored
        self._other_encoder = state is not None and state.encoder != encoder
        self._comparable = {} if self._other_encoder else stored
        self.away = tuple(item for paper, item in self._comparable.items() if paper not in hashes)
        last = state.number if state else -1
        self.number = last + any(paper not in stored for paper in hashes)
        # The budget is for all runs until new papers come.
        self.spent = state.spent if state and state.number == self.number else 0

    def changed(self) -> set[PaperId]:
        """Return the papers whose assignment does not follow from the last run under the same themes."""
        changed = set(self._state.waiting) & self._hashes.keys() if self._state else set()
        for paper, text_hash in self._hashes.items():
            item = self._comparable.get(paper)
            by_decision = self._curated.placed.get(paper)
            if (
                item is None
                or item.text_hash != text_hash
                or item.assignment.theme != (by_decision or self._curated.successor(item.root))
                or (item.assignment.method == "person") != (by_decision is not None)
            ):
                changed.add(paper)
        return changed

    def constraints(self, max_moved: float) -> PreviousState:
        """Return what holds before papers are compared; `max_moved` is the share of papers that may move."""
        themes = frozenset(self._state.themes) if self._state else frozenset()
        before = {paper: self._curated.successor(item.root) for paper, item in self._comparable.items() if item.root}
        budget = max(int(max_moved * len(self._comparable)), 1) if max_moved else 0
        return PreviousState(
            before={paper: theme for paper, theme in before.items() if paper in self._hashes},
            placed=self._curated.placed,
            born=frozenset(theme.id for theme in self._curated.taxonomy) - themes,
            revised=frozenset(p for p, item in self._comparable.items() if item.text_hash != self._hashes.get(p)),
            budget=max(budget - self.spent, 0),
        )

    def updated(
        self, compared: Mapping[PaperId, Assignment], stable: StableAssignments
    ) -> tuple[StoredAssignment, ...]:
        """Join the papers that were compared with those that stay as they were, in the order of the papers."""
        items = []
        for paper, text_hash in self._hashes.items():
            if paper not in compared:
                items.append(self._comparable[paper])
                continue
            old = self._comparable[paper].root if paper in self._comparable else ThemeId("")
            new = stable.themes.get(paper)
            root = old if new is None or (old and self._curated.successor(old) == new) else new
            since = self._stored[paper].since if paper in self._stored else self.number
            items.append(StoredAssignment(text_hash, compared[paper], root, since))
        return tuple(items)

    def moves(self, present: Sequence[StoredAssignment], stable: StableAssignments, at: str) -> tuple[ThemeMove, ...]:
        """Return the papers that the last run showed under another theme, and why each moved."""
        shown = {item.assignment.paper: item.assignment.theme for item in self._state.present} if self._state else {}
        pairs = ((shown.get(item.assignment.paper), item.assignment) for item in present)
        return tuple(
            ThemeMove(at, new.paper, old, new.theme, *self._reason(new.paper, old, stable))
            for old, new in pairs
            if old is not None and old != new.theme
        )

    def _reason(self, paper: PaperId, old: ThemeId, stable: StableAssignments) -> tuple[MoveReason, str]:
        if paper in self._curated.placed:
            return "person", ""
        if self._other_encoder:
            return "encoder", ""
        if paper in stable.reasons:
            return stable.reasons[paper]
        return ("merged" if self._curated.successor(old) != old else "undone"), ""


class IncrementalAssigner:
    """Runs the assigner on a few papers beside a sample of the others, so that its cost does not grow with the survey.

    Args:
        data: papers and embeddings.
        curated: the taxonomy, and the papers that a person placed.
    """

    def __init__(self, data: SurveyData, curated: CuratedTaxonomy) -> None:
        self._data = data
        self._assigner = NearestCentroidAssigner()
        self._curated = curated
        self._vectors: ThemeVectors | None = None

    @property
    def fingerprint(self) -> str:
        """That of the assigner."""
        return self._assigner.fingerprint

    def assign(
        self, wanted: Collection[PaperId], overrides: Mapping[PaperId, ThemeId] | None = None
    ) -> dict[PaperId, Assignment]:
        """Return the assignments of some papers, in the order of all papers.

        A paper that a person placed, or that `overrides` names, gets the theme that is given there.
        """
        if not wanted:
            return {}
        taxonomy = self._curated.taxonomy
        inside = {*wanted, *self._sample(wanted)}
        papers = [paper for paper in self._data.papers if paper.id in inside]
        ids = tuple(paper.id for paper in papers)
        if self._vectors is None:
            queries = theme_queries(taxonomy)
            encoded = dict(zip(queries, self._data.encode(queries), strict=True))
            self._vectors = theme_vectors(taxonomy, encoded)
        assignments = self._assigner.assign(
            Embeddings(ids, self._data.embeddings.rows(ids), self._data.embeddings.encoder),
            papers,
            taxonomy,
            self._vectors,
            overrides={**self._curated.placed, **(overrides or {})},
        )
        return {item.paper: item for item in assignments if item.paper in wanted}

    def confirm(self, fresh: Mapping[PaperId, Assignment], stable: StableAssignments) -> dict[PaperId, Assignment]:
        """Return the compared papers under their stable themes; one that stays against the evidence is uncertain."""
        stays = {paper: theme for paper, theme in stable.themes.items() if fresh[paper].theme != theme}
        again = self.assign(set(stays), stays)
        uncertain = {p: replace(item, method=fresh[p].method, uncertain=True) for p, item in again.items()}
        return {**fresh, **uncertain}

    def _sample(self, wanted: Collection[PaperId]) -> list[PaperId]:
        """Return the other papers: all seeds, and a sample that is the same in every run."""
        others = [paper.id for paper in self._data.papers if paper.id not in wanted]
        if len(others) <= SAMPLE:
            return others
        seeds = {seed for theme in self._curated.taxonomy for seed in theme.seeds}
        return sorted(others, key=sampling_key)[:SAMPLE] + [paper for paper in others if paper in seeds]


def _neighbors(context: BuildContext, data: SurveyData) -> Mapping[PaperId, tuple[PaperId, ...]]:
    """Return the most similar papers of each paper; with the same encoder only what changed is compared."""
    space = digest(data.embeddings.encoder, NEIGHBORS)
    stored = _NEIGHBORS.load(context.store)
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
    _NEIGHBORS.save(context.store, StoredNeighbors(space, tuple(number), hashes_now, rows))
    return nearest
