"""Write the paragraphs of a theme from the strands of its summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from babel.lists import format_list

from surveygen.domain.summary import Axis, Count, Sentence, SubtopicSummary, ThemeSummary
from surveygen.domain.survey import Paragraph
from surveygen.domain.theme import Theme
from surveygen.survey._aggregates import citation_marks, count_sentence
from surveygen.survey.context import ComposeContext

_MIN_LABELLED = 8  # papers of a theme whose paragraphs have run-in headings
_MIN_SENTENCES = 3  # of a paragraph; a shorter one joins its neighbor
_MIN_OF_AXIS = 2  # the same where the neighbor is on another axis
_TOPIC_WORDINGS = _FURTHER_WORDINGS = 4
_MIN_TOPICS, _MAX_TOPICS = 2, 5  # that one sentence names


@dataclass(slots=True)
class _OpenParagraph:
    axis: Axis
    label: str
    sentences: list[Sentence]


def write_strands(context: ComposeContext, theme: Theme, summary: ThemeSummary | None) -> tuple[Paragraph, ...]:
    """Write a paragraph for each strand: how many papers share its topic, then what its papers say.

    The first paragraph of each axis has its name as run-in heading, if the theme is large enough. Sentences that the
    survey has quoted already are left out, and what remains of a short paragraph joins its neighbor.
    """
    if summary is None:
        return ()
    wordings = _Wordings(context, theme)
    drafts: list[_OpenParagraph] = []
    further = [strand for strand in summary.strands if strand.axis == "further"]
    for strand in summary.strands:
        if strand.axis == "further":
            sentences = list(wordings.further(further)) if strand is further[0] else []
        else:
            sentences = list(context.quoted.claim_new(strand.sentences))
            if sentences and strand.papers:
                sentences = [*filter(None, [wordings.topic(strand)]), *sentences]
        if sentences:
            drafts.append(_OpenParagraph(strand.axis, _label(context, strand), sentences))
    labelled = len(context.members(theme)) >= _MIN_LABELLED
    paragraphs: list[Paragraph] = []
    before: Axis = ""
    for draft in _merged(drafts):
        shown = draft.label and (not draft.axis or (labelled and draft.axis != before))
        paragraphs.append(Paragraph(tuple(draft.sentences), draft.label if shown else ""))
        before = draft.axis
    return tuple(paragraphs)


def write_limits(context: ComposeContext, theme: Theme, summary: ThemeSummary) -> tuple[Paragraph, ...]:
    """Write a paragraph for each group of limits: how many of the newest papers share its topic, then what they say."""
    members = [context.papers[item.paper] for item in context.members(theme)]
    total = sum((paper.year or 0) >= summary.since for paper in members)
    paragraphs: list[Paragraph] = []
    for group in summary.limits:
        sentences = list(context.quoted.claim_new(group.sentences))
        if group.topic and sentences:
            counts = [Count("phrase", group.topic, group.papers, total, theme.id, summary.since)]
            values = {"topic": group.topic, "year": str(summary.since)}
            count = count_sentence(context, "open_topic", counts, group.evidence, role="limit", **values)
            sentences = [*filter(None, [count]), *sentences]
        if sentences:
            paragraphs.append(Paragraph(tuple(sentences), "" if paragraphs else context.name(theme.id)))
    return tuple(paragraphs)


def _label(context: ComposeContext, strand: SubtopicSummary) -> str:
    """Return the run-in heading of a strand: its axis, what a model says it is about, or its role."""
    if strand.axis:
        return context.say(f"axis_{strand.axis}")
    if strand.topic:
        return strand.topic
    return "" if strand.role == "other" else context.say(f"strand_{strand.role}")


class _Wordings:
    """Sentences that count papers, in wordings that take turns within a theme; each theme begins with another one."""

    def __init__(self, context: ComposeContext, theme: Theme) -> None:
        self._context, self._theme = context, theme
        self._total = len(context.members(theme))
        self._topics = self._further = context.theme_numbers[theme.id]

    def topic(self, strand: SubtopicSummary) -> Sentence | None:
        """Return how many papers of the theme share the topic of a strand, None if they are too many to cite."""
        self._topics += 1
        key = f"topic_{self._topics % _TOPIC_WORDINGS + 1}"
        counts = [self._count(strand)]
        return count_sentence(self._context, key, counts, strand.evidence, role=strand.role, topic=strand.topic)

    def further(self, strands: Sequence[SubtopicSummary]) -> Iterator[Sentence]:
        """Yield which topics other papers have, two to five in each sentence; a single topic is not told."""
        sentences = -(-len(strands) // _MAX_TOPICS)
        for at in range(sentences):
            yield from self._together(strands[at * len(strands) // sentences : (at + 1) * len(strands) // sentences])

    def _together(self, strands: Sequence[SubtopicSummary]) -> Iterator[Sentence]:
        """Yield a sentence on the topics of some strands, or two where their papers are too many for one."""
        if len(strands) < _MIN_TOPICS:
            return
        self._further += 1
        counts = [self._count(strand) for strand in strands]
        named = [f"{self._context.say('quoted_topic', topic=it.value)} {citation_marks(it.papers)}" for it in counts]
        sentence = count_sentence(
            self._context,
            f"further_{self._further % _FURTHER_WORDINGS + 1}",
            counts,
            [span for strand in strands for span in strand.evidence],
            topics=format_list(named, locale=self._context.language.code),
        )
        if sentence is not None:
            yield sentence
        else:
            half = len(strands) // 2
            yield from self._together(strands[:half])
            yield from self._together(strands[half:])

    def _count(self, strand: SubtopicSummary) -> Count:
        rank = self._context.rank
        papers = sorted(strand.papers, key=lambda paper: (rank.get(paper, len(rank)), paper))
        return Count("phrase", strand.topic, tuple(papers), self._total, self._theme.id)


def _merged(drafts: Sequence[_OpenParagraph]) -> list[_OpenParagraph]:
    """Join paragraphs that are too short to their neighbors; the heading is that of the longer one."""
    merged: list[_OpenParagraph] = []
    for draft in drafts:
        last = merged[-1] if merged else None
        if last is not None and _joins(last, draft):
            if len(draft.sentences) > len(last.sentences):
                last.axis, last.label = draft.axis, draft.label
            last.sentences += draft.sentences
        else:
            merged.append(replace(draft))
    return merged


def _joins(before: _OpenParagraph, after: _OpenParagraph) -> bool:
    """Whether two neighbors are one paragraph; the role headings of a model's summary stay apart."""
    if not (before.axis and after.axis):
        return False
    shorter = min(len(before.sentences), len(after.sentences))
    if before.axis == after.axis or "further" in (before.axis, after.axis):
        return shorter < _MIN_SENTENCES
    return shorter < _MIN_OF_AXIS
