"""Find the terms whose share of the papers changed over time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview

FEWEST_PAPERS = 20  # before and since the year that divides them
FEWEST_USES = 5  # of a term: the exact test cannot tell less from chance
FALSE_SHARE = 0.05  # of the listed terms, at most, on average (Benjamini and Hochberg 1995)
_ROUNDING = 1e-9  # two tables are equally likely if their probabilities differ by less than this share


@dataclass(frozen=True, slots=True)
class Trend:
    """A term, its papers before the dividing year and since, and how likely chance alone is to do as much."""

    term: str
    before: int
    after: int
    chance: float
    years: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """Rising and falling terms, the surest first; `earlier` papers are older than `year`, `later` are not."""

    year: int
    earlier: int
    later: int
    rising: tuple[Trend, ...] = ()
    falling: tuple[Trend, ...] = ()


def find_trends(papers: Sequence[Paper], cards: Mapping[PaperId, PaperReview]) -> Trends | None:
    """Compare the half of the papers before the middle year with the half since; None if either is small."""
    dated = [(paper.year, cards[paper.id].keywords) for paper in papers if paper.year is not None]
    if not dated:
        return None
    year = sorted(each for each, _ in dated)[len(dated) // 2]
    earlier = sum(each < year for each, _ in dated)
    later = len(dated) - earlier
    if min(earlier, later) < FEWEST_PAPERS:
        return None
    trends = _significant([_trend(uses, year, earlier, later) for uses in _uses(dated)])
    rising = tuple(each for each in trends if each.after * earlier > each.before * later)
    falling = tuple(each for each in trends if each.after * earlier < each.before * later)
    return Trends(year, earlier, later, rising, falling)


def fisher(before: int, after: int, earlier: int, later: int) -> float:
    """Return the two-sided probability of Fisher's exact test: that chance divides the uses at least so unevenly.

    >>> round(fisher(1, 9, 12, 12), 6)  # the tea-like table of scipy.stats.fisher_exact([[1, 9], [11, 3]])
    0.002759
    """
    uses = before + after
    known = [_log_chance(k, uses, earlier, later) for k in range(max(0, uses - later), min(uses, earlier) + 1)]
    seen = _log_chance(before, uses, earlier, later)
    return min(1.0, sum(exp(each) for each in known if each <= seen + _ROUNDING))


def _uses(dated: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[str, Counter[int]]]:
    """Return each term that papers use often enough, as most of them write it, with its papers by year."""
    years: dict[str, Counter[int]] = defaultdict(Counter)
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for year, keywords in dated:
        for key, word in {_key(word): word for word in keywords}.items():
            years[key][year] += 1
            spelled[key][word] += 1
    often = sorted(key for key, by_year in years.items() if by_year.total() >= FEWEST_USES)
    return [(min(spelled[key], key=lambda word: (-spelled[key][word], word)), years[key]) for key in often]


def _key(word: str) -> str:
    """Fold case and the plural."""
    folded = word.casefold()
    return folded[:-1] if folded.endswith("s") and not folded.endswith("ss") and len(folded) > 3 else folded


def _trend(uses: tuple[str, Counter[int]], year: int, earlier: int, later: int) -> Trend:
    term, by_year = uses
    before = sum(n for each, n in by_year.items() if each < year)
    after = by_year.total() - before
    return Trend(term, before, after, fisher(before, after, earlier, later), tuple(sorted(by_year.items())))


def _significant(trends: Sequence[Trend]) -> list[Trend]:
    """Keep the surest, as many as hold by the step-up rule of Benjamini and Hochberg."""
    ordered = sorted(trends, key=lambda each: (each.chance, each.term))
    held = [n for n, each in enumerate(ordered, start=1) if each.chance <= FALSE_SHARE * n / len(ordered)]
    return ordered[: max(held, default=0)]


def _log_chance(before: int, uses: int, earlier: int, later: int) -> float:
    """Return the log probability that `before` of the uses fall among the earlier papers, by chance."""
    return _log_ways(earlier, before) + _log_ways(later, uses - before) - _log_ways(earlier + later, uses)


def _log_ways(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
