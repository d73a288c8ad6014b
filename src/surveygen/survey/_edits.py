"""Put a person's sentences in the places of the program's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from surveygen.domain.decision import Decision
from surveygen.domain.edits import (
    DEFINITION,
    WHOLE,
    Edit,
    PaperLookup,
    claim_key,
    current_evidence,
    section_key,
    stale_sources,
)
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Attribution, Sentence, cited_papers
from surveygen.domain.survey import Block, Note, Paragraph, Section
from surveygen.survey.data import SurveyData

Edits = Mapping[str, tuple[Decision, Edit]]


def with_hand(sections: Sequence[Section], material: SurveyData, language: str) -> tuple[Section, ...]:
    """Name every claim, and let a person's words stand where a person put them.

    Words whose claim the draft no longer makes stand behind the claim that they followed, else with those of their
    role, else at the end of the running text. Where their section is gone they wait for it.

    Args:
        sections: as the program wrote them.
        material: with the edits that hold.
        language: of the edition.
    """
    papers = {paper.id: paper for paper in (*material.withdrawn, *material.papers)}
    named = _named(sections, papers.get)
    edits = _for_language(material.edits, language)
    if not edits:
        return named
    pen = _EditWriter({paper.id for paper in material.papers}, papers.get)
    there = {claim for section in named for claim in section.claims()}
    return tuple(_SectionEdits(section, edits, pen, language).written(there) for section in named)


def _named(sections: Iterable[Section], paper: PaperLookup) -> tuple[Section, ...]:
    seen: Counter[str] = Counter()

    def name(sentence: Sentence) -> Sentence:
        claim = claim_key(sentence, paper)
        seen[claim] += 1
        return replace(sentence, claim=claim if seen[claim] == 1 else f"{claim}-{seen[claim]}")

    def block_of(block: Block, section: str) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, sentences=tuple(map(name, block.sentences)))
        if isinstance(block, Note) and block.role == "definition":
            return replace(block, claim=section_key(DEFINITION, section))
        return block

    return tuple(replace(one, blocks=tuple(block_of(block, one.id) for block in one.blocks)) for one in sections)


def _for_language(edits: Iterable[Decision], language: str) -> Edits:
    """Return the last edit of each claim that holds in editions of a language."""
    held: dict[str, tuple[Decision, Edit]] = {}
    for one in edits:
        if one.edit is not None and (not one.edit.local or one.edit.language == language):
            held[one.edit.claim] = (one, one.edit)
    return held


class _EditWriter:
    """Writes the sentences of a person; what is cited and not in the draft is named, but no citation any more."""

    def __init__(self, drafted: set[PaperId], paper: PaperLookup) -> None:
        self._drafted = drafted
        self._paper = paper

    def sentence(self, decision: Decision, edit: Edit) -> Sentence:
        """Return the words with what they cite, what they rest on now, and what has changed."""
        text = re.sub(r"\[@([^\]\s]+)\]", self._mark, decision.target)
        return Sentence(
            text=text,
            cites=cited_papers(text),
            evidence=tuple(span for span in current_evidence(edit, self._paper) if span.paper in self._drafted),
            method="human",
            role=edit.role,
            language=edit.language,
            claim=edit.claim,
            attribution=self.hand(decision, edit),
        )

    def hand(self, decision: Decision, edit: Edit) -> Attribution:
        """Return who wrote and what has changed since."""
        return Attribution(decision.author, decision.at, stale_sources(edit, self._paper))

    def _mark(self, found: re.Match[str]) -> str:
        return found[0] if found[1] in self._drafted else f"[{found[1]}]"


class _SectionEdits:
    """One section while its claims are exchanged."""

    def __init__(self, section: Section, edits: Edits, pen: _EditWriter, language: str) -> None:
        self._language = language
        self._section = section
        self._edits = edits
        self._pen = pen

    def written(self, there: set[str]) -> Section:
        """Return the section with the person's words; `there` are the claims of the whole draft."""
        whole = self._edits.get(section_key(WHOLE, self._section.id))
        blocks = [block for one in self._section.blocks for block in self._exchanged(one, drop=whole is not None)]
        if whole is not None and whole[0].target:
            at = next((n for n, one in enumerate(self._section.blocks) if isinstance(one, Paragraph)), _end(blocks))
            blocks.insert(min(at, len(blocks)), Paragraph((self._pen.sentence(*whole),)))
        if whole is None:
            for decision, edit in self._edits.values():
                if decision.subject == self._section.id and decision.target and edit.claim not in there:
                    _place(blocks, self._pen.sentence(decision, edit), edit)
        return replace(self._section, blocks=tuple(blocks))

    def _exchanged(self, block: Block, *, drop: bool) -> Iterator[Block]:
        if isinstance(block, Paragraph):
            sentences = () if drop else tuple(self._sentences(block))
            yield from (replace(block, sentences=sentences),) if sentences else ()
        elif isinstance(block, Note) and block.claim in self._edits:
            decision, edit = self._edits[block.claim]
            if decision.target:
                own = edit.language == self._language
                hand = self._pen.hand(decision, edit)
                yield replace(block, text=decision.target, attribution=hand, language="" if own else edit.language)
        else:
            yield block

    def _sentences(self, block: Paragraph) -> Iterator[Sentence]:
        for sentence in block.sentences:
            if sentence.claim not in self._edits:
                yield sentence
            elif self._edits[sentence.claim][0].target:
                yield self._pen.sentence(*self._edits[sentence.claim])


def _place(blocks: list[Block], sentence: Sentence, edit: Edit) -> None:
    """Put a sentence whose claim is gone behind its old neighbor, else beside its like, else at the end."""
    paragraphs = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Paragraph)]
    for at, block in paragraphs:
        claims = [one.claim for one in block.sentences]
        if edit.after in claims:
            place = claims.index(edit.after) + 1
            blocks[at] = replace(block, sentences=(*block.sentences[:place], sentence, *block.sentences[place:]))
            return
    for at, block in paragraphs:
        if edit.role in {one.role for one in block.sentences}:
            blocks[at] = replace(block, sentences=(*block.sentences, sentence))
            return
    blocks.insert(paragraphs[-1][0] + 1 if paragraphs else _end(blocks), Paragraph((sentence,)))


def _end(blocks: Sequence[Block]) -> int:
    """Return the place behind the notes that a section begins with."""
    return next((at for at, block in enumerate(blocks) if not isinstance(block, Note)), len(blocks))
