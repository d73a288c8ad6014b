"""Account for every record, from what the sources brought to what stands under a theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from surveygen.domain.survey import FlowCount, FlowStage, PrismaFlow
from surveygen.survey.context import ComposeContext

_MOST_SOURCES = 5  # named in the first box; the rest is one line


def write_flow(desk: ComposeContext) -> PrismaFlow:
    """Follow the records through the selection, with what each number was before the last refresh where it is known."""
    counter = _Counter(desk)
    placed = [item for item in desk.material.assignments.values() if not item.outside]
    included = len(desk.material.papers)
    outside = len(desk.material.assignments) - len(placed)
    aside = counter.each("quarantined", "duplicates")
    gone = counter.each("withdrawn", "excluded")
    distinct = included + sum(one.total for one in gone)
    found = distinct + sum(one.total for one in aside)
    stages = (
        FlowStage(counter.count("found", found), _sources(counter, desk.material.found), aside),
        FlowStage(counter.count("distinct", distinct), aside=gone),
        FlowStage(
            counter.count("included", included),
            aside=(counter.count("outside", outside), counter.count("unassigned", included - len(placed) - outside)),
        ),
        FlowStage(counter.count("placed", len(placed))),
    )
    caption = desk.say("flow_caption", n=included, found=found, placed=len(placed))
    return PrismaFlow(f"{caption} {desk.say('flow_sum')}" if counter.refreshed else caption, stages)


class _Counter:
    """Names numbers of the selection, and remembers what they were."""

    def __init__(self, desk: ComposeContext) -> None:
        self._desk = desk
        self._before = dict(desk.material.changes.counts) if desk.material.changes is not None else {}

    @property
    def refreshed(self) -> bool:
        """Whether the numbers before the last refresh are known."""
        return bool(self._before)

    def count(self, name: str, total: int, label: str = "") -> FlowCount:
        """Make a number; what was not there before was none."""
        before = self._before.get(name, 0) if self._before else None
        return FlowCount(name, label or self._desk.say(_LABELS.get(name, f"selection_{name}")), total, before)

    def each(self, *names: str) -> tuple[FlowCount, ...]:
        """Make the numbers that the store tells by name."""
        return tuple(self.count(name, self._desk.material.selection.get(name, 0)) for name in names)

    def more(self, names: Iterable[str], total: int) -> FlowCount:
        """Make one number of several sources."""
        rest = list(names)
        before = sum(self._before.get(f"source:{name}", 0) for name in rest) if self._before else None
        return FlowCount("source", self._desk.say("and_more", n=len(rest)), total, before)


_LABELS = {
    "found": "flow_found",
    "distinct": "flow_distinct",
    "placed": "flow_placed",
    "outside": "quality_outside",
    "unassigned": "quality_unassigned",
}


def _sources(counter: _Counter, found: Mapping[str, int]) -> tuple[FlowCount, ...]:
    """Name the sources that brought most."""
    ranked = sorted(found, key=lambda name: (-found[name], name))
    room = _MOST_SOURCES if len(ranked) > _MOST_SOURCES + 1 else len(ranked)
    named = tuple(counter.count(f"source:{name}", found[name], label=name) for name in ranked[:room])
    rest = ranked[room:]
    return (*named, counter.more(rest, sum(found[name] for name in rest))) if rest else named
