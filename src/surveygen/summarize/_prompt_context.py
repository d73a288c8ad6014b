"""What a language model gets to see: papers with numbered sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, PaperReview, Sentence, ThemeSummary
from surveygen.summarize._english import either
from surveygen.summarize._split import split_sentences
from surveygen.summarize._who import called

MOST_PAPERS = 16  # in one question; with four sentences each about 2,500 tokens
MOST_SENTENCES = 4  # of a paper where several are shown
_WHOLE = 20  # sentences of the one paper of a card
_ORDER = re.compile(either("orders"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ContextPaper:
    """One paper of a brief and the spans of its abstract that are shown."""

    paper: Paper
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The papers of one question; numbers count from 1, a sentence's label is "paper.sentence"."""

    given: tuple[ContextPaper, ...]

    def values(self) -> list[dict[str, object]]:
        """Return what the prompt prints."""
        return [
            {
                "number": number,
                "called": called(each.paper)[0],
                "year": each.paper.year,
                "title": each.paper.title,
                "sentences": [
                    {"label": f"{number}.{place}", "text": each.paper.abstract[start:end]}
                    for place, (start, end) in enumerate(each.spans, start=1)
                ],
            }
            for number, each in enumerate(self.given, start=1)
        ]

    def paper(self, number: int) -> Paper | None:
        """Return the paper of a number, None if there is none."""
        return self.given[number - 1].paper if 1 <= number <= len(self.given) else None

    def evidence(self, label: str) -> Evidence | None:
        """Return the span of a label, None if there is none."""
        found = re.fullmatch(r"\[?([1-9]\d{0,2})\.([1-9]\d{0,2})\]?", label.strip())
        paper = self.paper(int(found[1])) if found else None
        if found is None or paper is None or int(found[2]) > len(self.given[int(found[1]) - 1].spans):
            return None
        return Evidence(paper.id, paper.version, "abstract", *self.given[int(found[1]) - 1].spans[int(found[2]) - 1])

    def lookup(self, paper: PaperId, version: int) -> Paper | None:
        """Find a paper of the brief for the checker."""
        found = (each.paper for each in self.given)
        return next((each for each in found if each.id == paper and each.version == version), None)

    def others(self, cited: Iterable[PaperId]) -> list[Paper]:
        """Return the papers that are not cited."""
        known = set(cited)
        return [each.paper for each in self.given if each.paper.id not in known]


def whole(paper: Paper) -> PromptContext:
    """Show one paper, sentence by sentence."""
    spans = _harmless(paper, split_sentences(paper.abstract))[:_WHOLE]
    return PromptContext((ContextPaper(paper, tuple(spans)),) if spans else ())


def of_cards(papers: Sequence[Paper], cards: Mapping[PaperId, PaperReview]) -> PromptContext:
    """Show papers in their order, each with the sentences that its review rests on."""
    return _brief([(paper, _rests_on(_said(cards[paper.id]), paper)) for paper in papers])


def of_summaries(summaries: Sequence[ThemeSummary], papers: Mapping[PaperId, Paper]) -> PromptContext:
    """Show the papers that summaries cite, taking turns between the summaries, with the sentences they rest on."""
    told = [list(sentences_of(summary)) for summary in summaries]
    turns = [each[place] for place in range(max(map(len, told), default=0)) for each in told if place < len(each)]
    ids = dict.fromkeys(item.paper for sentence in turns for item in sentence.evidence)
    return _brief([(papers[paper], _rests_on(turns, papers[paper])) for paper in ids if paper in papers])


def sentences_of(summary: ThemeSummary) -> tuple[Sentence, ...]:
    """Return all that a summary says, in its order."""
    return (*(sentence for strand in summary.strands for sentence in strand.sentences), *summary.open_problems)


def joined(first: PromptContext, second: PromptContext) -> PromptContext:
    """Put the papers of another brief behind, as long as there is room."""
    known = {each.paper.id for each in first.given}
    return PromptContext((*first.given, *(each for each in second.given if each.paper.id not in known))[:MOST_PAPERS])


def _brief(found: Sequence[tuple[Paper, Sequence[tuple[int, int]]]]) -> PromptContext:
    shown = ((paper, _harmless(paper, spans)[:MOST_SENTENCES]) for paper, spans in found)
    return PromptContext(tuple(ContextPaper(paper, tuple(spans)) for paper, spans in shown if spans)[:MOST_PAPERS])


def _said(card: PaperReview) -> list[Sentence]:
    first = [card.one_liner] if card.one_liner else []
    return [*first, *card.aims[:1], *card.methods[:1], *card.findings[:2], *card.limits[:1]]


def _rests_on(sentences: Iterable[Sentence], paper: Paper) -> list[tuple[int, int]]:
    spans = (item for sentence in sentences for item in sentence.evidence)
    mine = ((item.start, item.end) for item in spans if item.paper == paper.id and item.field == "abstract")
    return list(dict.fromkeys(mine))


def _harmless(paper: Paper, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out sentences that give orders to whoever reads them."""
    return [span for span in spans if not _ORDER.search(paper.abstract[slice(*span)])]
