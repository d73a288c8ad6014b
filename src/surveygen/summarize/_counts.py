"""Check that what a sentence counts is in the papers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CITATION_MARK, Count, Sentence
from surveygen.summarize._facets import recount

_NUMBER = re.compile(r"(?<![\d.,])\d[\d.,\u00a0\u202f]*\d|\d")


def count_error(sentence: Sentence, papers: dict[PaperId, Paper]) -> str:
    """Return what is wrong with the counts of an aggregate, "" if nothing.

    It must cite the papers that it counts, those of each count together and in its order, and each of them must have
    what is counted. That no paper is left out, only the whole survey can tell: see `counted_papers`.

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


def counted_papers(count: Count, members: Iterable[Paper]) -> tuple[list[PaperId], int]:
    """Count again: return the papers that have what is counted, and the number of those considered."""
    considered = [paper for paper in members if not count.since or (paper.year or 0) >= count.since]
    return [paper.id for paper in considered if recount(paper, count.facet, count.value)], len(considered)


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
