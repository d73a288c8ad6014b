"""Choose the sentences of a theme and put them in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview, Role, Sentence, SubtopicSummary
from surveygen.domain.theme import Theme
from surveygen.summarize._candidates import Statement
from surveygen.summarize._effects import Effect, common, effects
from surveygen.summarize._ordering import OrderingInput, SelectedSentence, order_sentences
from surveygen.summarize._rank import Matrix, centrality, chain, rank_share, scaled, space

# Shares of a theme's length, in reading order; what a role cannot fill goes to the others.
SHARES: Mapping[Role, float] = {"problem": 0.2, "approach": 0.4, "finding": 0.3, "limit": 0.1}
OPEN_SHARE = 6  # one sentence in so many may look ahead
MOST_PAPERS = 160  # whose sentences are compared; of a larger theme those that stand for it best
PER_PAPER = 2  # sentences of one paper, in different roles
TOO_ALIKE = 0.6  # cosine from which a second sentence says nothing new
_NEW = 0.8  # rank of the date from which a paper counts as recent
_VARIETY = 0.5  # weight of being unlike what is chosen
_STRANGE = 0.25  # how much less worth a sentence is whose short form is explained in another
_KNOWN = 3  # papers of a theme that explain a short form which its readers know
_EXPLAINED = re.compile(r"\(([A-Z][A-Za-z]{0,2}[A-Z]{1,4})\)")
_SECOND_TIME, _FIRST_RECENT = 0.3, 0.15


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper of the theme: how well it stands for it (0 to 1), and how recent it is among them (0 to 1)."""

    paper: Paper
    standing: float
    recency: float


Said = Callable[[Paper], Sequence[Statement]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    statement: Statement
    member: RankedPaper
    value: float


@dataclass(slots=True)
class _Selection:
    """What is chosen so far; rows index the candidates."""

    candidates: Sequence[_Candidate]
    similarity: Matrix
    rows: list[int] = field(default_factory=list)
    papers: Counter[PaperId] = field(default_factory=Counter)


def members(theme: Theme, papers: Sequence[Paper], vectors: Embeddings) -> tuple[RankedPaper, ...]:
    """Rate the papers of a theme and keep the MOST_PAPERS that stand for it best, in the order of their ids."""
    ordered = sorted(papers, key=lambda paper: paper.id)
    if not ordered:
        return ()
    recent = rank_share([paper.date or "" for paper in ordered])
    seed = np.array([paper.id in theme.seeds for paper in ordered], dtype=np.float32)
    standing = 0.4 * _middle(ordered, vectors) + 0.2 * recent + 0.4 * seed
    best = sorted(range(len(ordered)), key=lambda i: (-standing[i], ordered[i].id))[:MOST_PAPERS]
    return tuple(RankedPaper(ordered[i], float(standing[i]), float(recent[i])) for i in sorted(best))


def strands(
    theme: Theme, chosen: Sequence[RankedPaper], limit: int, cards: Mapping[PaperId, PaperReview], said: Said
) -> tuple[tuple[SubtopicSummary, ...], tuple[Sentence, ...]]:
    """Return the strands in the order of SHARES, and the sentences on what is open; `limit` sentences in all.

    `said` tells what a paper says.
    """
    candidates, similarity = _candidates(theme, chosen, said)
    draft = _Selection(candidates, similarity)
    ahead = _fill(draft, [i for i, each in enumerate(candidates) if each.statement.labelled.open], limit // OPEN_SHARE)
    by_role = {
        role: [i for i, each in enumerate(candidates) if each.statement.labelled.role == role] for role in SHARES
    }
    shares = {role: round(share * (limit - len(ahead))) for role, share in SHARES.items()}
    paired = _pair(draft, by_role["finding"]) if shares["finding"] >= 2 else []
    taken: dict[Role, list[int]] = {
        role: [*paired, *_fill(draft, by_role[role], shares[role] - len(paired))]
        if role == "finding"
        else _fill(draft, by_role[role], shares[role])
        for role in SHARES
    }
    for role in ("approach", "finding", "problem", "limit"):  # what is left over
        taken[role] += _fill(draft, by_role[role], limit - len(draft.rows))
    if not draft.rows:  # no English abstract among them
        taken["approach"] = _fill(draft, range(len(candidates)), limit)
    scene = OrderingInput(theme, [member.paper for member in chosen], cards)
    made = (order_sentences(scene, role, _in_order(draft, rows)) for role, rows in taken.items())
    return tuple(strand for each in made for strand in each), tuple(each.sentence for each in _in_order(draft, ahead))


def _middle(papers: Sequence[Paper], vectors: Embeddings) -> Matrix:
    """Return `(n,)` float32, 0 to 1: likeness to the mean of the theme; zeros for papers without a vector."""
    known = set(vectors.ids)
    have = [paper.id for paper in papers if paper.id in known]
    found = np.zeros(len(papers), dtype=np.float32)
    if have:
        rows = vectors.rows(have)
        likeness = scaled(rows @ unit_rows(rows.mean(axis=0, keepdims=True))[0])
        found[[i for i, paper in enumerate(papers) if paper.id in known]] = likeness
    return found


def _candidates(theme: Theme, chosen: Sequence[RankedPaper], said: Said) -> tuple[list[_Candidate], Matrix]:
    """Value every sentence of the members; likeness to each other is `(n, n)` float32."""
    told = [(member, statement) for member in chosen for statement in said(member.paper) if _usable(statement)]
    placed = space([statement.sentence.plain for _, statement in told])
    query = scaled(placed.rows @ placed.place(" ".join([theme.name, *theme.keywords, theme.name, theme.description])))
    middle = centrality(placed.rows)
    strange = _strange(chosen)
    values = [
        0.25 * float(query[i])
        + 0.2 * float(middle[i])
        + 0.16 * member.standing
        + 0.2 * statement.own
        + 0.1 * statement.labelled.sure
        - _STRANGE * _is_strange(statement.sentence.plain, strange[member.paper.id])
        for i, (member, statement) in enumerate(told)
    ]
    found = [_Candidate(statement, member, value) for (member, statement), value in zip(told, values, strict=True)]
    return found, placed.rows @ placed.rows.T


def _strange(chosen: Sequence[RankedPaper]) -> dict[PaperId, frozenset[str]]:
    """Return the short forms that an abstract explains and that neither its title nor others of the theme have."""
    explained = {member.paper.id: frozenset(_EXPLAINED.findall(member.paper.abstract)) for member in chosen}
    known = Counter(form for forms in explained.values() for form in forms)
    return {
        member.paper.id: frozenset(
            form for form in explained[member.paper.id] if known[form] < _KNOWN and form not in member.paper.title
        )
        for member in chosen
    }


def _is_strange(text: str, strange: frozenset[str]) -> bool:
    """Whether a sentence uses a short form that only another sentence of its paper explains."""
    return any(form in text and f"({form})" not in text for form in strange)


def _usable(statement: Statement) -> bool:
    return statement.labelled.role != "other" or statement.sentence.language != "en"


def _pair(draft: _Selection, rows: Sequence[int]) -> list[int]:
    """Choose the two most valuable findings of different papers that move one measure; nothing if there are none."""
    moving = [(i, found) for i in rows if (found := _effects(draft.candidates[i])) and _fits(draft, i)]
    pairs = [
        (i, j)
        for place, (j, theirs) in enumerate(moving)
        for i, ours in moving[:place]
        if common(ours, theirs) and draft.similarity[i, j] < TOO_ALIKE and _paper(draft, i) != _paper(draft, j)
    ]
    best = max(pairs, key=lambda pair: sum(draft.candidates[i].value for i in pair), default=())
    for row in best:
        _take(draft, row)
    return list(best)


def _paper(draft: _Selection, row: int) -> PaperId:
    return draft.candidates[row].member.paper.id


def _take(draft: _Selection, row: int) -> None:
    draft.rows.append(row)
    draft.papers[_paper(draft, row)] += 1


def _fill(draft: _Selection, rows: Sequence[int], count: int) -> list[int]:
    """Choose up to `count` of some candidates, the most valuable that is unlike the chosen at each step."""
    taken: list[int] = []
    while len(taken) < count:
        free = [i for i in rows if _fits(draft, i)]
        if not free:
            break
        best = max(free, key=lambda i: (_worth(draft, i), -i))
        taken.append(best)
        _take(draft, best)
    return taken


def _fits(draft: _Selection, row: int) -> bool:
    each = draft.candidates[row]
    if row in draft.rows or draft.papers[each.member.paper.id] >= PER_PAPER:
        return False
    role, paper = each.statement.labelled.role, each.member.paper.id
    chosen = [draft.candidates[i] for i in draft.rows]
    if any(other.member.paper.id == paper and other.statement.labelled.role == role for other in chosen):
        return False
    return not draft.rows or float(draft.similarity[row, draft.rows].max()) < TOO_ALIKE


def _worth(draft: _Selection, row: int) -> float:
    each = draft.candidates[row]
    alike = float(draft.similarity[row, draft.rows].max()) if draft.rows else 0.0
    fresh = each.member.recency >= _NEW and not any(draft.candidates[i].member.recency >= _NEW for i in draft.rows)
    again = draft.papers[each.member.paper.id] > 0
    return each.value - _VARIETY * alike - _SECOND_TIME * again + _FIRST_RECENT * fresh


def _in_order(draft: _Selection, rows: Sequence[int]) -> list[SelectedSentence]:
    dates = [draft.candidates[i].member.paper.date or "9999" for i in rows]
    order = chain(draft.similarity[np.ix_(rows, rows)], dates) if rows else []
    found = [draft.candidates[rows[i]] for i in order]
    return [SelectedSentence(each.statement.sentence, each.member.paper, _effects(each)) for each in found]


def _effects(each: _Candidate) -> tuple[Effect, ...]:
    return effects(each.statement.sentence.plain) if each.statement.labelled.role == "finding" else ()
