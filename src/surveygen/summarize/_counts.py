"""Check that what a sentence counts is in the papers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CITATION_MARK, Count, Sentence
from surveygen.domain.text import fold_name
from surveygen.domain.theme import ThemeId
from surveygen.summarize._facets import extract_facets, find_phrases, recount

_NUMBER = re.compile(r"(?<![\d.,])\d[\d.,\u00a0\u202f]*\d|\d")


def count_error(sentence: Sentence, papers: dict[PaperId, Paper]) -> str:
    """Return what is wrong with the counts of an aggregate, "" if nothing.

    It must cite the papers that it counts, those of each count together and in its order, and each of them must have
    what is counted. That no paper is left out, only the whole survey can tell: see `CountIndex`.

    Args:
        sentence: an aggregate.
        papers: as of the versions that it cites.
    """
    if not sentence.counts:
        return "an aggregate without a count"
    counted = [paper for count in sentence.counts for paper in count.papers]
    if CITATION_MARK.findall(sentence.text) != counted or set(sentence.cites) != set(counted):
        return "the papers cited are not those that it counts"
    for count in sentence.counts:
        if len(set(count.papers)) < len(count.papers) or count.total < len(count.papers):
            return f"{len(count.papers)} papers are not of {count.total}"
        wrong = (name for name in count.papers if not recount(papers[name], count.facet, count.value))
        if (first := next(wrong, None)) is not None:
            return f"{first} does not have {count.facet} {count.value!r}"
    return ""


class CountIndex:
    """What the papers of a survey have, to count again what its sentences count.

    Each paper is read once, for all counts; `recount` tells the same of a single paper.

    Args:
        papers: of the survey, as of the versions that were counted.
        themes: of each paper, those that it is in or below.
        phrases: all that are counted.
    """

    def __init__(
        self, papers: Iterable[Paper], themes: Mapping[PaperId, Collection[ThemeId]], phrases: Iterable[str]
    ) -> None:
        read = list(papers)
        self._years = {paper.id: paper.year for paper in read}
        self._members: dict[ThemeId | None, set[PaperId]] = defaultdict(set)
        self._having: dict[tuple[str, str], set[PaperId]] = defaultdict(set)
        for paper in read:
            for theme in (None, *themes.get(paper.id, ())):
                self._members[theme].add(paper.id)
            for facet in extract_facets(paper):
                self._having[facet.name, fold_name(facet.value)].add(paper.id)
        for phrase, spans in find_phrases(read, phrases).items():
            self._having["phrase", phrase].update(span.paper for span in spans)
        self._since: dict[tuple[ThemeId | None, int], frozenset[PaperId]] = {}

    def count(self, count: Count) -> tuple[frozenset[PaperId], int]:
        """Return the papers of the theme of a count that have what it counts, and the number of those considered."""
        considered = self._considered(count.theme, count.since)
        if count.facet == "year":
            years = ((paper, self._years[paper]) for paper in considered if count.value.isdecimal())
            recent = frozenset(paper for paper, year in years if year is not None and year >= int(count.value))
            return recent, len(considered)
        return considered & self._having.get((count.facet, fold_name(count.value)), frozenset()), len(considered)

    def _considered(self, theme: ThemeId | None, since: int) -> frozenset[PaperId]:
        """Return the papers in or below a theme, those from a year on if there is one."""
        if (theme, since) not in self._since:
            members = self._members.get(theme, ())
            recent = (paper for paper in members if not since or (self._years[paper] or 0) >= since)
            self._since[theme, since] = frozenset(recent)
        return self._since[theme, since]


def number_error(sentence: Sentence, names: Collection[str], write: Callable[[int], str]) -> str:
    """Return a number in the text of an aggregate that is not of its claim, "" if there is none.

    A number before the marks of a count is the size or the total of that count; one behind the last marks is a total.

    Args:
        sentence: an aggregate.
        names: that may stand in the text, such as those of themes; their digits are no numbers.
        write: writes a number as the language of the sentence does.
    """
    values = (count.value for count in sentence.counts if count.facet != "year")
    ours = sorted((name for name in {*names, *values} if _NUMBER.search(name)), key=lambda name: (-len(name), name))
    rest = sentence.text
    for count in (count for count in sentence.counts if count.papers):
        size = write(len(count.papers))
        before, _, rest = rest.partition(" ".join(f"[@{paper}]" for paper in count.papers))
        found = _numbers(before, ours)
        wrong = found - _totals([count], write) - {size, count.value if count.facet == "year" else size}
        if wrong or (found and size not in found):
            return f"the number {min(wrong, default='')} is not of its claim" if wrong else f"{size} is not in the text"
    wrong = _numbers(CITATION_MARK.sub("", rest), ours) - _totals(sentence.counts, write)
    return f"the number {min(wrong)} is not of its claim" if wrong else ""


def _numbers(text: str, names: Iterable[str]) -> set[str]:
    for name in names:
        text = text.replace(name, " ")
    return set(_NUMBER.findall(text))


def _totals(counts: Iterable[Count], write: Callable[[int], str]) -> set[str]:
    return {write(count.total) for count in counts} | {str(count.since) for count in counts if count.since}
