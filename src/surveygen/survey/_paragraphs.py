"""Write the paragraphs of a theme from the strands of its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveygen.domain.summary import Axis, Count, Sentence, SubtopicSummary, ThemeSummary
from surveygen.domain.survey import Paragraph
from surveygen.domain.theme import Theme
from surveygen.survey._aggregates import count_limits, count_sentence
from surveygen.survey.context import ComposeContext

_MIN_LABELLED = 8  # papers of a theme whose paragraphs have run-in headings
_MIN_SENTENCES = 3  # of a paragraph; a shorter one joins its neighbor
_MIN_OF_AXIS = 2  # the same where the neighbor is on another axis
_TOPIC_WORDINGS = 4


@dataclass(slots=True)
class _OpenParagraph:
    axis: Axis
    label: str
    sentences: list[Sentence]


def write_strands(context: ComposeContext, theme: Theme, summary: ThemeSummary | None) -> tuple[Paragraph, ...]:
    """Write a paragraph for each strand: how many papers share its topic or tell limits, then what its papers say.

    The first paragraph of each axis has its name as run-in heading, if the theme is large enough. Sentences that the
    survey has quoted already are left out, and what remains of a short paragraph joins its neighbor.
    """
    if summary is None:
        return ()
    # Wordings take turns within a theme; each theme begins with another one.
    wording = context.theme_numbers[theme.id]
    drafts: list[_OpenParagraph] = []
    for strand in summary.strands:
        sentences = list(context.quoted.claim_new(strand.sentences))
        if sentences and strand.papers:
            topic = _topic_sentence(context, theme, strand, wording % _TOPIC_WORDINGS + 1)
            sentences = [*filter(None, [topic]), *sentences]
            wording += 1
        if sentences and strand.axis == "limits" and (count := count_limits(context, theme)):
            sentences.insert(0, count)
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
            opening = count_sentence(context, "open_topic", counts, group.evidence, role="limit", **values)
            sentences = [*filter(None, [opening]), *sentences]
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


def _topic_sentence(context: ComposeContext, theme: Theme, strand: SubtopicSummary, wording: int) -> Sentence | None:
    """Return how many papers of the theme deal with the topic of a strand; None for too many to cite."""
    rank = context.rank
    papers = tuple(sorted(strand.papers, key=lambda paper: (rank.get(paper, len(rank)), paper)))
    counts = [Count("phrase", strand.topic, papers, len(context.members(theme)), theme.id)]
    return count_sentence(context, f"topic_{wording}", counts, strand.evidence, role=strand.role, topic=strand.topic)


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
    return shorter < (_MIN_SENTENCES if before.axis == after.axis else _MIN_OF_AXIS)
