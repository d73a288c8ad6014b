"""File papers under themes: new ones by evidence, old ones where they stood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from surveygen.domain.decision import ThemeMove
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.pipeline._assignment_state import (
    AssignmentState,
    load_assignments,
    load_neighbors,
    save_assignments,
    save_neighbors,
)
from surveygen.pipeline._clock import now
from surveygen.pipeline._codec import digest
from surveygen.pipeline._previous_run import PreviousRun
from surveygen.pipeline._taxonomy import current_taxonomy, induce_below
from surveygen.pipeline._vectors import embed_texts
from surveygen.pipeline.context import BuildContext
from surveygen.themes import nearest_papers, sampling_key, update_neighbors
from surveygen.themes.assign import (
    NearestCentroidAssigner,
    StableAssignments,
    ThemeVectors,
    stabilize,
    theme_queries,
    theme_vectors,
)
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions

NEIGHBOURS = 10  # notes/outputs.md section 7, item 10
COMPANY = 4000  # old papers that new ones are compared in the company of: benchmarks/themes/refresh.py, --company


@dataclass(frozen=True, slots=True)
class AssignmentResult:
    """Where every paper stands, which papers are most like it, nearest first, and which came last."""

    taxonomy: Taxonomy
    assignments: tuple[Assignment, ...]
    neighbours: Mapping[PaperId, tuple[PaperId, ...]]
    recent: frozenset[PaperId] = frozenset()


def assign_papers(run: BuildContext) -> AssignmentResult:
    """Return a place for each paper.

    Under the same themes only papers that are new or have other words are compared. Where the themes are others, all
    papers are, and an old one moves on evidence alone, within the budget of the settings. What moved is logged.
    """
    with run.progress.stage("themes", 3) as advance:
        before = load_assignments(run.store)
        base = current_taxonomy(run)
        advance(1)
        steered = curated_taxonomy(run, base)
        places, moves = _places(run, steered, before)
        if run.settings.themes.subthemes == "induced":
            leaves = [item for item in places.assignments if not steered.taxonomy.children(item.theme)]
            deeper = induce_below(run, base, leaves)
            if deeper != base:
                steered = curated_taxonomy(run, deeper)
                places, moves = _places(run, steered, before)
        if places is not before:
            run.store.decisions.log_moves(moves)
            save_assignments(run.store, places)
        advance(1)
        neighbours = _neighbours(run)
        advance(1)
    return AssignmentResult(steered.shown, places.assignments, neighbours, places.recent())


def curated_taxonomy(run: BuildContext, base: Taxonomy) -> CuratedTaxonomy:
    """Apply the decisions of the store to a taxonomy."""
    return apply_decisions(base, run.store.decisions.all(), dict(run.profile.replaces))


def _places(
    run: BuildContext, steered: CuratedTaxonomy, before: AssignmentState | None
) -> tuple[AssignmentState, tuple[ThemeMove, ...]]:
    """Return the places under a taxonomy, and what moved since the last run."""
    judge = IncrementalAssigner(run, steered)
    hashes = {paper.id: paper.text_hash for paper in run.papers}
    compared = digest(judge.fingerprint, steered.taxonomy.themes)
    encoder = f"{run.settings.embed.encoder}:{run.settings.embed.model}"
    content = digest(
        *(compared, encoder, sorted(hashes.items()), sorted(steered.placed.items())),
        *(sorted(steered.merged_into.items()), run.settings.themes.max_moved),
    )
    if before is not None and before.content == content:
        return before, ()
    past = PreviousRun(before, hashes, steered, encoder=encoder)
    wanted = past.changed() if before is not None and before.compared == compared else set(hashes)
    fresh = judge.assign(wanted)
    by_evidence = tuple(item for paper, item in fresh.items() if paper not in steered.placed)
    settled = stabilize(by_evidence, steered.taxonomy, run.embeddings, past.standing(run.settings.themes.max_moved))
    told = judge.settle(fresh, settled)
    kept = past.kept(told, settled)
    themes = tuple(theme.id for theme in steered.taxonomy)
    places = AssignmentState(
        content, compared, encoder, past.number, themes, kept, past.away, past.spent + settled.spent, settled.waiting
    )
    return places, past.moves(kept, settled, now())


class IncrementalAssigner:
    """Asks the assigner, in no larger company than it takes to judge a few papers."""

    def __init__(self, run: BuildContext, steered: CuratedTaxonomy) -> None:
        self._run = run
        self._assigner = NearestCentroidAssigner()
        self._steered = steered
        self._vectors: ThemeVectors | None = None

    @property
    def fingerprint(self) -> str:
        """That of the assigner."""
        return self._assigner.fingerprint

    def assign(self, wanted: Collection[PaperId]) -> dict[PaperId, Assignment]:
        """Return what the assigner says of some papers, in the order of all papers; persons are obeyed."""
        return self._assign(wanted, self._steered.placed)

    def settle(self, fresh: Mapping[PaperId, Assignment], settled: StableAssignments) -> dict[PaperId, Assignment]:
        """Return the compared papers where they were settled; one that stays against the evidence is uncertain."""
        stays = {paper: theme for paper, theme in settled.themes.items() if fresh[paper].theme != theme}
        again = self._assign(set(stays), {**self._steered.placed, **stays})
        kept = {p: replace(item, method=fresh[p].method, uncertain=True) for p, item in again.items()}
        return {**fresh, **kept}

    def _assign(self, wanted: Collection[PaperId], placed: Mapping[PaperId, ThemeId]) -> dict[PaperId, Assignment]:
        if not wanted:
            return {}
        company = self._company(wanted)
        papers = [paper for paper in self._run.papers if paper.id in company]
        ids = tuple(paper.id for paper in papers)
        embeddings = Embeddings(ids, self._run.embeddings.rows(ids), self._run.embeddings.encoder)
        taxonomy = self._steered.taxonomy
        found = self._assigner.assign(embeddings, papers, taxonomy, self._asked(), overrides=placed)
        return {item.paper: item for item in found if item.paper in wanted}

    def _company(self, wanted: Collection[PaperId]) -> set[PaperId]:
        """Return the papers wanted, all seeds, and a sample of the others, the same in every run."""
        seeds = {seed for theme in self._steered.taxonomy for seed in theme.seeds}
        others = [paper.id for paper in self._run.papers if paper.id not in wanted]
        if len(others) > COMPANY:
            others = sorted(others, key=sampling_key)[:COMPANY] + [paper for paper in others if paper in seeds]
        return {*wanted, *others}

    def _asked(self) -> ThemeVectors:
        if self._vectors is None:
            queries = theme_queries(self._steered.taxonomy)
            encoded = embed_texts(self._run.store, queries, self._run.encoder)
            self._vectors = theme_vectors(self._steered.taxonomy, dict(zip(queries, encoded, strict=True)))
        return self._vectors


def _neighbours(run: BuildContext) -> Mapping[PaperId, tuple[PaperId, ...]]:
    """Return the nearest of each paper; while the encoder is the same, only what changed is compared."""
    space = digest(run.embeddings.encoder, NEIGHBOURS)
    before = load_neighbors(run.store)
    if before is None or before.space != space:
        found: Mapping[PaperId, tuple[PaperId, ...]] = nearest_papers(run.embeddings, NEIGHBOURS)
    else:
        hashes = dict(zip(before.papers, before.hashes, strict=True))
        changed = [paper.id for paper in run.papers if hashes.get(paper.id) != paper.text_hash]
        if not changed and len(hashes) == len(run.papers):
            return before.nearest()
        found = update_neighbors(run.embeddings, before.nearest(), changed, NEIGHBOURS)
    save_neighbors(run.store, space, run.papers, found)
    return found
