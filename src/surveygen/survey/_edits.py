"""Apply the edits of persons to the sections of a survey."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
from surveygen.domain.full_text import UnitLookup
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Attribution, Sentence, cited_papers
from surveygen.domain.survey import Block, Note, Paragraph, Section
from surveygen.survey.data import SurveyData

Edits = Mapping[str, tuple[Decision, Edit]]


def apply_edits(sections: Sequence[Section], data: SurveyData, language: str) -> tuple[Section, ...]:
    """Set the key of every claim, and replace edited claims by the sentences of persons.

    The sentence of a claim that the draft no longer makes follows its former neighbor, else the sentences of its role,
    else the last paragraph. If its section is gone, it is left out until the section returns.

    Args:
        sections: as composed.
        data: with the edits in force.
        language: of the edition.
    """
    papers = {paper.id: paper for paper in (*data.withdrawn, *data.papers)}
    unit = data.texts.unit
    keyed = _with_claim_keys(sections, papers.get, unit)
    edits = {
        decision.edit.claim: (decision, decision.edit)  # the last edit of a claim is in force
        for decision in data.edits
        if decision.edit is not None and (not decision.edit.local or decision.edit.language == language)
    }
    if not edits:
        return keyed
    writer = _EditWriter(edits, language, {paper.id for paper in data.papers}, papers.get, unit)
    claims = {claim for section in keyed for claim in section.claims()}
    return tuple(writer.edited(section, claims) for section in keyed)


def _with_claim_keys(sections: Iterable[Section], paper: PaperLookup, unit: UnitLookup) -> tuple[Section, ...]:
    """Set the key of every claim; equal ones are counted in reading order."""
    counts: Counter[str] = Counter()
    keyed: list[Section] = []
    for section in sections:
        blocks: list[Block] = []
        for block in section.blocks:
            new = block
            if isinstance(block, Paragraph):
                sentences: list[Sentence] = []
                for sentence in block.sentences:
                    claim = claim_key(sentence, paper, unit)
                    counts[claim] += 1
                    key = claim if counts[claim] == 1 else f"{claim}-{counts[claim]}"
                    sentences.append(replace(sentence, claim=key))
                new = replace(block, sentences=tuple(sentences))
            elif isinstance(block, Note) and block.role == "definition":
                new = replace(block, claim=section_key(DEFINITION, section.id))
            blocks.append(new)
        keyed.append(replace(section, blocks=tuple(blocks)))
    return tuple(keyed)


@dataclass(frozen=True, slots=True)
class _EditWriter:
    """Writes the sentences of persons into sections.

    A paper that is cited but not in the draft is named without a citation.
    """

    edits: Edits
    language: str
    drafted: set[PaperId]
    paper: PaperLookup
    unit: UnitLookup

    def edited(self, section: Section, claims: set[str]) -> Section:
        """Return a section with its edits; `claims` are those of the whole draft."""
        whole = self.edits.get(section_key(WHOLE, section.id))
        if whole is not None:  # one sentence stands in place of the text; an empty one removes it
            others = [block for block in section.blocks if not isinstance(block, Paragraph)]
            blocks = [new for block in others for new in self._replaced(block)]
            if whole[0].target:
                first = (at for at, block in enumerate(section.blocks) if isinstance(block, Paragraph))
                at = min(next(first, _end_of_notes(blocks)), len(blocks))
                blocks.insert(at, Paragraph((self._sentence(*whole),)))
            return replace(section, blocks=tuple(blocks))
        blocks = [new for block in section.blocks for new in self._replaced(block)]
        for decision, edit in self.edits.values():
            if decision.subject == section.id and decision.target and edit.claim not in claims:
                _insert(blocks, self._sentence(decision, edit), edit)
        return replace(section, blocks=tuple(blocks))

    def _replaced(self, block: Block) -> Iterator[Block]:
        """Yield a block with its claims replaced; nothing if all of them are removed."""
        if isinstance(block, Paragraph):
            sentences = tuple(
                self._sentence(*self.edits[sentence.claim]) if sentence.claim in self.edits else sentence
                for sentence in block.sentences
                if sentence.claim not in self.edits or self.edits[sentence.claim][0].target
            )
            yield from (replace(block, sentences=sentences),) if sentences else ()
        elif isinstance(block, Note) and block.claim in self.edits:
            decision, edit = self.edits[block.claim]
            if decision.target:
                language = "" if edit.language == self.language else edit.language
                yield replace(
                    block, text=decision.target, attribution=self._attribution(decision, edit), language=language
                )
        else:
            yield block

    def _sentence(self, decision: Decision, edit: Edit) -> Sentence:
        """Return an edited sentence with its citations and its evidence in the current versions."""

        def mark(match: re.Match[str]) -> str:
            return match[0] if match[1] in self.drafted else f"[{match[1]}]"

        text = re.sub(r"\[@([^\]\s]+)\]", mark, decision.target)
        return Sentence(
            text=text,
            cites=cited_papers(text),
            evidence=tuple(
                span for span in current_evidence(edit, self.paper, self.unit) if span.paper in self.drafted
            ),
            method="human",
            role=edit.role,
            language=edit.language,
            claim=edit.claim,
            attribution=self._attribution(decision, edit),
        )

    def _attribution(self, decision: Decision, edit: Edit) -> Attribution:
        return Attribution(decision.author, decision.at, stale_sources(edit, self.paper, self.unit))


def _insert(blocks: list[Block], sentence: Sentence, edit: Edit) -> None:
    """Insert a sentence behind its former neighbor, else behind the sentences of its role, else at the end."""
    paragraphs = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Paragraph)]
    for at, block in paragraphs:
        claims = [other.claim for other in block.sentences]
        if edit.after in claims:
            index = claims.index(edit.after) + 1
            blocks[at] = replace(block, sentences=(*block.sentences[:index], sentence, *block.sentences[index:]))
            return
    for at, block in paragraphs:
        if edit.role in {other.role for other in block.sentences}:
            blocks[at] = replace(block, sentences=(*block.sentences, sentence))
            return
    blocks.insert(paragraphs[-1][0] + 1 if paragraphs else _end_of_notes(blocks), Paragraph((sentence,)))


def _end_of_notes(blocks: Sequence[Block]) -> int:
    """Return the index behind the notes at the head of a section."""
    return next((at for at, block in enumerate(blocks) if not isinstance(block, Note)), len(blocks))
