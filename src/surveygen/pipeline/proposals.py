"""Propose changes of the themes, and make those that a person accepts."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import active_decisions
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.proposal import Drift, Proposal
from surveygen.domain.text import slugify
from surveygen.domain.theme import Theme, ThemeId
from surveygen.errors import ThemeError
from surveygen.pipeline._assignment import AssignmentResult, assign_papers
from surveygen.pipeline._codec import decode, digest, encode
from surveygen.pipeline._decision_session import DecisionResult, DecisionSession, open_session
from surveygen.pipeline._taxonomy import minted
from surveygen.pipeline.context import BuildContext, open_context
from surveygen.pipeline.decide import check_merge, divide
from surveygen.pipeline.progress import Progress
from surveygen.themes import sampling_key
from surveygen.themes.curate import SuggestionInput, agreement, suggest_changes
from surveygen.themes.induce import KMeansInducer

_KIND, _LAST = "proposals", "last"
_SAMPLE = 2000  # papers that the shadow of a taxonomy is induced from
_GROWN = 0.65  # share of what can be expected; where labels said that a refit is much better, it was .47 to .66


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What waits for a person; `drift` is None where a person gave the top themes."""

    proposals: tuple[Proposal, ...] = ()
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """The last offer, and what it was made from."""

    content: str
    offered: Suggestions


def proposals(project: Project, progress: Progress) -> Suggestions:
    """Place the papers as a build would, and return what is proposed.

    Raises:
        as for a build.
    """
    with open_session(project) as desk:
        return suggest(open_context(project, desk.store, progress))


def suggest(run: BuildContext, placed: AssignmentResult | None = None) -> Suggestions:
    """Return what is proposed for the places of a run; the same places give the same offer."""
    placed = placed or assign_papers(run)
    content = digest(run.embeddings.encoder, placed.taxonomy.themes, placed.assignments, sorted(placed.recent))
    known = _last(run.store)
    if known is not None and known.content == content:
        return known.offered
    with run.progress.stage("proposals", 2) as advance:
        found = suggest_changes(_outlook(run, placed), known.offered.proposals if known else ())
        advance(1)
        drift = _drift(run, placed)
        advance(1)
    offered = Suggestions(found, drift)
    run.store.cache.put(_KIND, _LAST, encode(_Known(content, offered)), slot=_LAST)
    return offered


def accept(project: Project, progress: Progress, proposal: str = "") -> DecisionResult:
    """Make a proposal a decision; without a name the only one there is.

    All proposals of one list may be accepted, one after the other, as long as the themes that they speak of are there.

    Raises:
        ThemeError: there is no such proposal, or several and none is named. Others: as for a build.
    """
    with open_session(project) as desk:
        if proposal and any(one.proposal == proposal for one in active_decisions(desk.decisions)):
            return DecisionResult(None)
        found = _listed(desk, proposal) or _chosen(
            suggest(open_context(project, desk.store, progress)).proposals, proposal
        )
        if found.kind == "merge":
            check_merge(desk, found.themes[0], desk.theme(found.themes[1]))
            return desk.decide("merge", found.themes[0], found.themes[1], proposal=found.id)
        if found.kind == "split":
            parts = divide(desk, progress, desk.theme(found.themes[0]), target=2)
            return desk.decide("split", found.themes[0], themes=parts, proposal=found.id)
        theme = _theme(desk, found)
        return desk.decide("add", theme.id, theme.parent or "", themes=(theme,), proposal=found.id)


def _last(store: Store) -> _Known | None:
    text = store.cache.get(_KIND, _LAST)
    return decode(_Known, text) if text is not None else None


def _listed(desk: DecisionSession, proposal: str) -> Proposal | None:
    """Return a proposal of the last list; what was accepted since may have led a new list elsewhere."""
    known = _last(desk.store)
    found = next((one for one in known.offered.proposals if one.id == proposal), None) if known else None
    for theme in found.themes if found else ():
        desk.theme(theme)
    return found


def _chosen(offered: Collection[Proposal], proposal: str) -> Proposal:
    ids = ", ".join(one.id for one in offered)
    found = [one for one in offered if one.id == proposal or not proposal]
    if not offered:
        raise ThemeError("nothing is proposed", "add papers; proposals come with what is new")
    if len(found) != 1:
        what = f"there is no proposal {proposal!r}" if proposal else f"there are {len(offered)} proposals"
        raise ThemeError(what, f"choose from {ids}")
    return found[0]


def _theme(desk: DecisionSession, found: Proposal) -> Theme:
    """Mint the theme of a proposal; its papers are its seeds."""
    known = minted(desk.store, desk.profile)
    parent = found.themes[0] if found.themes else None
    words = ", ".join(found.keywords[:5])
    description = f"Papers that share {words}." if words else ""
    attempt = 0
    while True:
        content = "\x1f".join((parent or "", str(attempt), *found.papers)).encode("utf-8", "surrogatepass")
        theme = ThemeId(f"{slugify(found.name)[:40].strip('-')}-{hashlib.sha256(content).hexdigest()[:6]}")
        if theme not in known:
            return Theme(theme, found.name, parent, description, found.keywords, found.papers, "induced")
        attempt += 1


def _outlook(run: BuildContext, placed: AssignmentResult) -> SuggestionInput:
    return SuggestionInput(
        papers=run.papers,
        embeddings=run.embeddings,
        taxonomy=placed.taxonomy,
        paths={item.paper: item.path for item in placed.assignments},
        near=placed.neighbours,
        recent=placed.recent,
        placed=frozenset(item.paper for item in placed.assignments if item.method in {"person", "seed"}),
        seed=run.settings.themes.seed,
    )


def _drift(run: BuildContext, placed: AssignmentResult) -> Drift | None:
    """Compare the top themes with as many induced afresh from a sample, the same papers in every run.

    None where a person gave the top themes, or there is only one.
    """
    tops = len(placed.taxonomy.children(None))
    if run.profile.taxonomy.themes or tops < 2:
        return None
    sample = sorted((paper.id for paper in run.papers), key=sampling_key)[:_SAMPLE]
    fresh, again = _shadow(run, sample, tops), _shadow(run, sample[: len(sample) * 4 // 5], tops)
    top = {item.paper: item.path[0] for item in placed.assignments}
    kept = agreement([top[paper] for paper in fresh], list(fresh.values()))
    bound = agreement([fresh[paper] for paper in again], list(again.values()))
    return Drift(kept, bound, grown=kept < _GROWN * bound)


def _shadow(run: BuildContext, sample: Sequence[PaperId], tops: int) -> dict[PaperId, ThemeId]:
    """Induce top themes from some papers; nothing of it is kept."""
    ids = tuple(sorted(sample))
    inside = set(ids)
    settings = run.settings.themes
    inducer = KMeansInducer(replace(settings, target=tops, subthemes="none"))
    _, found = inducer.induce(
        Embeddings(ids, run.embeddings.rows(ids), run.embeddings.encoder),
        [paper for paper in run.papers if paper.id in inside],
        parent=None,
        reserved_ids=frozenset(),
        seed=settings.seed,
    )
    return {item.paper: item.path[0] for item in found}
