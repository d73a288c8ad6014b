"""The taxonomy of a survey: showing it, inducing another one, and suggested changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import active_decisions, excluded_papers
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.text import slugify
from surveygen.domain.theme import Assignment, Drift, Lineage, Proposal, Taxonomy, Theme, ThemeId
from surveygen.errors import ThemeError
from surveygen.pipeline.decide import DecisionResult, DecisionSession, open_session
from surveygen.pipeline.files import taxonomy_toml, write_new
from surveygen.pipeline.run_context import BuildContext, Progress, open_context
from surveygen.pipeline.stages.assign import place_papers, theme_similarity, used_theme_ids
from surveygen.pipeline.stages.embed import embed
from surveygen.pipeline.state import Slot, digest
from surveygen.summarize import split_sentences
from surveygen.survey import SurveyData
from surveygen.themes import Profile, border_cases, sampling_key
from surveygen.themes.assign import rationale_sentences
from surveygen.themes.curate import SuggestionInput, agreement, align, suggest_changes
from surveygen.themes.induce import KMeansInducer

_DRAFT = "taxonomy.draft.toml"
_NEW_DRAFT = "retaxonomy.draft.toml"
_TYPICAL = 3  # titles that a draft names for each theme
_DRIFT_SAMPLE = 2000  # papers of which themes are induced to measure drift
# Share of the expected agreement below which drift is reported; where labels showed that new themes were much better,
# the share was 0.47 to 0.66.
_DRIFT_THRESHOLD = 0.65


@dataclass(frozen=True, slots=True)
class TaxonomyView:
    """The taxonomy with the papers and their assignments; `excluded` are papers that a person took out."""

    taxonomy: Taxonomy
    papers: dict[str, Paper]
    assignments: dict[str, Assignment]
    excluded: tuple[Paper, ...] = ()

    def rationale(self, paper: str) -> tuple[str, ...]:
        """Return the sentences of the abstract of a paper that decided its assignment."""
        source, assignment = self.papers[paper], self.assignments.get(paper)
        if assignment is None:
            return ()
        spans = rationale_sentences(source, assignment, split_sentences(source.abstract))
        return tuple(source.abstract[span.start : span.end] for span in spans)

    def border_cases(self, theme: str) -> tuple[str, ...]:
        """Return the papers that were nearly assigned to a theme or away from it, the smallest margin first."""
        return border_cases(self.taxonomy, tuple(self.assignments.values()))[ThemeId(theme)]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Proposals that wait for a person; `drift` is None where the top themes are given."""

    proposals: tuple[Proposal, ...] = ()
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class StoredSuggestions:
    """The last suggestions, with the content key of what they were computed from."""

    content: str
    offered: Suggestions


_SUGGESTIONS = Slot("proposals", StoredSuggestions)


@dataclass(frozen=True, slots=True)
class ReinducedTaxonomy:
    """A newly induced taxonomy, its relation to the present one, and the file that it was written to."""

    path: Path
    taxonomy: Taxonomy
    lineage: Lineage


def show(project: Project, progress: Progress, what: str = "") -> TaxonomyView:
    """Assign the papers as a build would, without writing drafts.

    Args:
        project: the survey.
        progress: receives the stages.
        what: the id of a theme or paper that must exist; it is looked up before anything is computed.

    Raises:
        ThemeError: there is no such theme or paper. Others: as for a build.
    """
    with Store.open_to_read(project.database) as store:
        session = DecisionSession.of(project, store)
        if what and store.papers.get(PaperId(what)) is None and len(session.base):
            session.theme(what)
        data = place_papers(open_context(project, store, progress))
        excluded = (store.papers.get(paper) for paper in sorted(excluded_papers(store.decisions.all())))
        return TaxonomyView(
            data.taxonomy,
            {paper.id: paper for paper in data.papers},
            {str(paper): item for paper, item in data.assignments.items()},
            tuple(paper for paper in excluded if paper is not None),
        )


def induce(project: Project, progress: Progress, *, target: int = 0, out: Path | None = None) -> tuple[Path, Taxonomy]:
    """Write a taxonomy induced from the papers alone as a file to edit; the survey is not changed.

    Raises:
        ThemeError: the file exists with other content.
    """
    settings = replace(project.settings.themes, target=target or project.settings.themes.target)
    with Store.open(project.database) as store:
        data = embed(open_context(project, store, progress), SurveyData())
    inducer = KMeansInducer(settings)
    with progress.stage("induce", 1) as advance:
        themes, assignments = inducer.induce(
            data.embeddings,
            data.papers,
            parent=None,
            reserved_ids=frozenset(),
            seed=settings.seed,
            title=project.settings.title,
        )
        advance(1)
    taxonomy, short = _with_short_ids(Taxonomy(themes))
    placed = {
        item.paper: replace(item, theme=short[item.theme], path=tuple(short[step] for step in item.path))
        for item in assignments
    }
    title = project.settings.title
    text = taxonomy_toml(Profile(name=project.settings.slug, title=title, taxonomy=taxonomy), taxonomy, title)
    head, *tables = text.split("[[theme]]\n")
    notes = _describe_themes(replace(data, taxonomy=taxonomy, assignments=placed))
    path = out or project.root / _DRAFT
    write_new(path, head + "".join(f"{note}[[theme]]\n{table}" for note, table in zip(notes, tables, strict=True)))
    return path, taxonomy


def _with_short_ids(taxonomy: Taxonomy) -> tuple[Taxonomy, dict[ThemeId, ThemeId]]:
    """Return a taxonomy whose ids follow from the names alone, for a person to edit, and the new id of each old one."""
    short: dict[ThemeId, ThemeId] = {}
    for theme in taxonomy:
        slug = slugify(theme.name)[:40].strip("-")
        names = (ThemeId(slug if n == 1 else f"{slug}-{n}") for n in count(1))
        short[theme.id] = next(name for name in names if name not in short.values())
    themes = (
        replace(theme, id=short[theme.id], parent=short[theme.parent] if theme.parent else None) for theme in taxonomy
    )
    return Taxonomy(tuple(themes)), short


def _describe_themes(data: SurveyData) -> Iterator[str]:
    """Yield comments for each theme of a draft: its size, the most similar top theme, and typical titles."""
    similarity = theme_similarity(data)
    titles = {paper.id: paper.title for paper in data.papers}
    for theme in data.taxonomy:
        size = sum(theme.id in item.path for item in data.assignments.values())
        near = {other: value for (first, other), value in similarity.items() if first == theme.id}
        closest = f"; the most similar theme is {data.taxonomy[max(near, key=near.__getitem__)].name}" if near else ""
        typical = "".join(f"#   {titles[paper]}\n" for paper in theme.seeds[:_TYPICAL])
        yield f"# {size} {'paper' if size == 1 else 'papers'}{closest}. Typical papers:\n{typical}"


def reinduce(project: Project, progress: Progress, *, target: int = 0, out: Path | None = None) -> ReinducedTaxonomy:
    """Induce the themes anew and write them as a profile with the successor of each old theme.

    A theme that shares most of its papers with an old one keeps its id, its name and its text. The survey is not
    changed: the draft is adopted by naming it as the profile, and papers that a person placed follow the map.

    Args:
        project: the survey.
        progress: receives the stages.
        target: number of top themes; 0 for as many as there are.
        out: the file to write instead of retaxonomy.draft.toml in the project.

    Raises:
        ThemeError: the file exists with other content. Others: as for a build.
    """
    with open_session(project) as session:
        data = place_papers(open_context(project, session.store, progress))
        settings = project.settings.themes
        count = target or settings.target or len(data.taxonomy.children(None))
        inducer = KMeansInducer(replace(settings, target=count))
        with progress.stage("induce", 1) as advance:
            used = used_theme_ids(session.store, session.profile)
            themes, assignments = inducer.induce(
                data.embeddings,
                data.papers,
                parent=None,
                reserved_ids=used,
                seed=settings.seed,
                title=project.settings.title,
            )
            advance(1)
    before = {paper: item.path for paper, item in data.assignments.items()}
    after = {item.paper: item.path for item in assignments}
    taxonomy, lineage = align(data.taxonomy, before, Taxonomy(themes), after)
    replaces = dict(lineage.merged)
    replaces |= {old: replaces.get(new, new) for old, new in session.profile.replaces}
    successors = tuple(sorted((old, new) for old, new in replaces.items() if new in taxonomy))
    title = project.settings.title
    path = out or project.root / _NEW_DRAFT
    write_new(path, taxonomy_toml(Profile(project.settings.slug, title, replaces=successors), taxonomy, title))
    return ReinducedTaxonomy(path, taxonomy, lineage)


def proposals(project: Project, progress: Progress) -> Suggestions:
    """Assign the papers as a build would, and return the suggested changes.

    Raises:
        as for a build.
    """
    with open_session(project) as session:
        context = open_context(project, session.store, progress)
        return suggest(context, place_papers(context))


def suggest(context: BuildContext, data: SurveyData) -> Suggestions:
    """Return the suggestions for the assignments of a run; equal assignments give equal suggestions."""
    assignments = tuple(data.assignments.values())
    content = digest(data.embeddings.encoder, data.taxonomy.themes, assignments, sorted(data.recent))
    previous = _SUGGESTIONS.load(context.store)
    if previous is not None and previous.content == content:
        return previous.offered
    with context.progress.stage("proposals", 2) as advance:
        source = SuggestionInput(
            papers=data.papers,
            embeddings=data.embeddings,
            taxonomy=data.taxonomy,
            paths={item.paper: item.path for item in assignments},
            near=data.neighbors,
            recent=data.recent,
            placed=frozenset(item.paper for item in assignments if item.method in {"person", "seed"}),
            seed=context.settings.themes.seed,
        )
        proposed = suggest_changes(source, previous.offered.proposals if previous else ())
        advance(1)
        drift = _measure_drift(context, data)
        advance(1)
    suggestions = Suggestions(proposed, drift)
    _SUGGESTIONS.save(context.store, StoredSuggestions(content, suggestions))
    return suggestions


def _measure_drift(context: BuildContext, data: SurveyData) -> Drift | None:
    """Compare the top themes with as many induced afresh from a sample, the same papers in every run.

    None where the top themes are given, or there is only one.
    """
    tops = len(data.taxonomy.children(None))
    if context.profile.taxonomy.themes or tops < 2:
        return None
    sample = sorted((paper.id for paper in data.papers), key=sampling_key)[:_DRIFT_SAMPLE]
    first = _induce_sample(context, data, sample, tops)
    second = _induce_sample(context, data, sample[: len(sample) * 4 // 5], tops)
    current = {paper: item.path[0] for paper, item in data.assignments.items()}
    observed = agreement([current[paper] for paper in first], list(first.values()))
    expected = agreement([first[paper] for paper in second], list(second.values()))
    return Drift(observed, expected, grown=observed < _DRIFT_THRESHOLD * expected)


def _induce_sample(
    context: BuildContext, data: SurveyData, sample: Sequence[PaperId], tops: int
) -> dict[PaperId, ThemeId]:
    """Return the top theme of each sampled paper in an induction that is not stored."""
    members = set(sample)
    settings = context.settings.themes
    inducer = KMeansInducer(replace(settings, target=tops, subthemes="none"))
    _, assignments = inducer.induce(
        data.embeddings.subset(sorted(sample)),
        [paper for paper in data.papers if paper.id in members],
        parent=None,
        reserved_ids=frozenset(),
        seed=settings.seed,
    )
    return {item.paper: item.path[0] for item in assignments}


def accept(project: Project, progress: Progress, proposal: str = "") -> DecisionResult:
    """Store a proposal as a decision; without a name the only one there is.

    All proposals of one list may be accepted one after the other, as long as the themes that they name exist.

    Raises:
        ThemeError: there is no such proposal, or several and none is named. Others: as for a build.
    """
    with open_session(project) as session:
        if proposal and any(item.proposal == proposal for item in active_decisions(session.decisions)):
            return DecisionResult(None)
        chosen = _find_proposal(session, progress, proposal)
        if chosen.kind == "merge":
            session.check_merge(chosen.themes[0], session.theme(chosen.themes[1]))
            return session.decide("merge", chosen.themes[0], chosen.themes[1], proposal=chosen.id)
        if chosen.kind == "split":
            parts = session.divide(progress, session.theme(chosen.themes[0]), target=2)
            return session.decide("split", chosen.themes[0], themes=parts, proposal=chosen.id)
        theme = _new_theme(session, chosen)
        return session.decide("add", theme.id, theme.parent or "", themes=(theme,), proposal=chosen.id)


def _find_proposal(session: DecisionSession, progress: Progress, name: str) -> Proposal:
    """Return a proposal of the list that was shown last, else of the present one.

    Decisions since then may have led to another list.
    """
    previous = _SUGGESTIONS.load(session.store)
    for proposal in previous.offered.proposals if previous else ():
        if proposal.id == name:
            for theme in proposal.themes:
                session.theme(theme)
            return proposal
    context = open_context(session.project, session.store, progress)
    listed = suggest(context, place_papers(context)).proposals
    matches = [item for item in listed if item.id == name or not name]
    if not listed:
        raise ThemeError("there are no proposals", "add papers; proposals are made from new papers")
    if len(matches) != 1:
        problem = f"there is no proposal {name!r}" if name else f"there are {len(listed)} proposals"
        raise ThemeError(problem, f"choose from {', '.join(item.id for item in listed)}")
    return matches[0]


def _new_theme(session: DecisionSession, proposal: Proposal) -> Theme:
    """Create the theme of a proposal with an unused id; its papers become its seeds."""
    used = used_theme_ids(session.store, session.profile)
    parent = proposal.themes[0] if proposal.themes else None
    attempt = 0
    while True:
        content = "\x1f".join((parent or "", str(attempt), *proposal.papers)).encode("utf-8", "surrogatepass")
        theme = ThemeId(f"{slugify(proposal.name)[:40].strip('-')}-{hashlib.sha256(content).hexdigest()[:6]}")
        if theme not in used:
            return Theme(
                theme, proposal.name, parent, proposal.description, proposal.keywords, proposal.papers, "induced"
            )
        attempt += 1
