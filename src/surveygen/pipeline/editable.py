"""Editable text of an edition, with the edits of a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from surveygen.corpus import Store
from surveygen.domain.decision import Decision, active_edits
from surveygen.domain.edits import WHOLE, Edit, section_key, snapshot_sources
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Attribution, Sentence, cited_papers
from surveygen.domain.survey import Note, Survey


@dataclass(frozen=True, slots=True)
class EditableUnit:
    """Text of a draft that a person may edit.

    Attributes:
        section: id of its section.
        claim: key that identifies the text in every edition.
        text: the text, with citations as ``[@paper-id]``.
        kind: "sentence", "definition", "dropped" for text that a person removed, or "waiting" for an edit whose
            section is not in the draft any more.
        attribution: the person who wrote it, None if the program did.
    """

    section: str
    claim: str
    text: str
    kind: str
    attribution: Attribution | None = None

    @property
    def by(self) -> str:
        """The author and the day, "" if the program wrote the text."""
        return f"{self.attribution.author}, {self.attribution.at[:10]}" if self.attribution else ""


@dataclass(frozen=True)
class EditableDraft:
    """One edition with the store that it was built from."""

    survey: Survey
    store: Store

    def units(self, section: str = "") -> tuple[EditableUnit, ...]:
        """Return the editable text of a section, or of all, in reading order; dropped text is last in its section."""
        units: list[EditableUnit] = []
        for current in self.survey.sections:
            if section in {"", current.id}:
                units += (
                    EditableUnit(current.id, block.claim, block.text, "definition", block.attribution)
                    for block in current.blocks
                    if isinstance(block, Note) and block.claim
                )
                units += (
                    EditableUnit(current.id, sentence.claim, sentence.text, "sentence", sentence.attribution)
                    for sentence in current.sentences()
                )
                units += (
                    EditableUnit(current.id, edit.claim, edit.original, "dropped", _attribution(decision))
                    for decision, edit in self._edits()
                    if decision.subject == current.id and not decision.target
                )
        return (*units, *(() if section else self.orphaned_edits()))

    def orphaned_edits(self) -> tuple[EditableUnit, ...]:
        """Return the edits of a person that are shown nowhere because their section does not exist any more."""
        sections = {section.id for section in self.survey.sections}
        shown = {claim for section in self.survey.sections for claim in section.claims()}
        return tuple(
            EditableUnit(decision.subject, edit.claim, decision.target, "waiting", _attribution(decision))
            for decision, edit in self._edits()
            if decision.target and self._applies(edit) and edit.claim not in shown and decision.subject not in sections
        )

    def section_of(self, claim: str) -> str:
        """Return the section that contains a claim, "" if none does."""
        return next((unit.section for unit in self.units() if unit.claim == claim), "")

    def references(self) -> dict[str, PaperId]:
        """Return the papers of the draft by number, id and cite key."""
        entries = self.survey.entries
        return {
            str(name): entry.paper.id for entry in entries for name in (entry.number, entry.paper.id, entry.cite_key)
        }

    def current_edit(self, claim: str) -> Decision | None:
        """Return the last edit of a claim that applies to this edition."""
        matches = (
            decision for decision, edit in reversed(tuple(self._edits())) if edit.claim == claim and self._applies(edit)
        )
        return next(matches, None)

    def new_edit(self, section: str, claim: str, text: str, language: str) -> Edit:
        """Describe what the text of a person replaces, and the sources that it rests on."""
        before, sentence = self._context_of(section, claim)
        last = self.current_edit(claim)
        earlier = last.edit if last is not None else None
        if earlier is not None and earlier.language == language:
            local = earlier.local
        else:
            local = language != (sentence.translated_from or sentence.language)
        return Edit(
            claim=claim,
            language=language,
            local=local,
            role=sentence.role,
            after=before,
            original=earlier.original if earlier is not None else sentence.plain,
            basis=snapshot_sources(sentence, cited_papers(text), self._papers.get),
        )

    def _edits(self) -> Iterator[tuple[Decision, Edit]]:
        for decision in active_edits(self.store.decisions.all()):
            if decision.edit is not None:
                yield decision, decision.edit

    def _applies(self, edit: Edit) -> bool:
        return not edit.local or edit.language == self.survey.language

    def _context_of(self, section: str, claim: str) -> tuple[str, Sentence]:
        """Return the claim before the edited text in its section, and that text as a sentence."""
        for current in self.survey.sections:
            before = ""
            for sentence in current.sentences():
                if sentence.claim == claim:
                    return before, sentence
                before = sentence.claim
        whole = claim == section_key(WHOLE, section)
        units = (unit for unit in self.units(section) if unit.claim == claim or (whole and unit.kind == "sentence"))
        text = " ".join(unit.text for unit in units)
        inside = (sentence for item in self.survey.sections if item.id == section for sentence in item.sentences())
        spans = tuple(span for sentence in inside for span in sentence.evidence) if whole else ()
        return "", Sentence(text, cited_papers(text), spans, language=self.survey.language)

    @cached_property
    def _papers(self) -> dict[PaperId, Paper]:
        return {entry.paper.id: entry.paper for entry in self.survey.entries}


def _attribution(decision: Decision) -> Attribution:
    return Attribution(decision.author, decision.at)
