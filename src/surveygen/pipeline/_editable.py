"""A draft as a person edits it: its claims, and the decisions about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from surveygen.corpus import Store
from surveygen.domain.decision import Decision, active_edits
from surveygen.domain.edits import WHOLE, Edit, section_key, snapshot_sources
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Attribution, Evidence, Sentence, cited_papers
from surveygen.domain.survey import Note, Section, Survey


@dataclass(frozen=True, slots=True)
class EditableUnit:
    """Words of a draft that a person may edit.

    Attributes:
        section: its id. claim: what they are named by. text: with citations as ``[@paper-id]``.
        kind: "sentence", "definition", "dropped" for words that a person took out, or "waiting" for a person's words
            whose section the draft has no more.
        attribution: the person who wrote them, None for the program.
    """

    section: str
    claim: str
    text: str
    kind: str
    attribution: Attribution | None = None

    @property
    def by(self) -> str:
        """Who wrote them and on which day, "" for the program."""
        return f"{self.attribution.author}, {self.attribution.at[:10]}" if self.attribution else ""


@dataclass(frozen=True)
class EditableDraft:
    """One edition with the store that it was made of."""

    survey: Survey
    store: Store

    def lines(self, section: str = "") -> tuple[EditableUnit, ...]:
        """Return the words of a section, or of all, in reading order; dropped ones stand last in their section."""
        chosen = [one for one in self.survey.sections if section in {"", one.id}]
        there = [line for one in chosen for line in (*_lines(one), *self._dropped(one.id))]
        return (*there, *(() if section else self.waiting()))

    def waiting(self) -> tuple[EditableUnit, ...]:
        """Return the words of a person that stand nowhere, as their section is gone."""
        known = {section.id for section in self.survey.sections}
        shown = {claim for section in self.survey.sections for claim in section.claims()}
        return tuple(
            EditableUnit(one.subject, one.edit.claim, one.target, "waiting", Attribution(one.author, one.at))
            for one in active_edits(self.store.decisions.all())
            if one.edit
            and one.target
            and self._holds(one.edit)
            and one.edit.claim not in shown
            and one.subject not in known
        )

    def section_of(self, claim: str) -> str:
        """Return the section where a claim stands, "" if it is in none."""
        return next((line.section for line in self.lines() if line.claim == claim), "")

    def references(self) -> dict[str, PaperId]:
        """Return the papers of the draft by number, id and cite key."""
        entries = self.survey.entries
        named = ((name, one.paper.id) for one in entries for name in (str(one.number), one.paper.id, one.cite_key))
        return {str(name): paper for name, paper in named}

    def stands(self, claim: str) -> Decision | None:
        """Return the last edit of a claim that holds in this edition."""
        held = (
            one for one in reversed(active_edits(self.store.decisions.all())) if one.edit and one.edit.claim == claim
        )
        return next((one for one in held if one.edit and self._holds(one.edit)), None)

    def edit(self, section: str, claim: str, text: str, language: str) -> Edit:
        """Say what a person's words stand in place of, and what they rest on."""
        before, sentence = self._around(section, claim)
        last = self.stands(claim)
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
            basis=snapshot_sources(sentence, cited_papers(text), self._paper),
        )

    def _holds(self, edit: Edit) -> bool:
        return not edit.local or edit.language == self.survey.language

    def _around(self, section: str, claim: str) -> tuple[str, Sentence]:
        """Return the claim before some words in their section, and the words as a sentence."""
        for known in self.survey.sections:
            before = ""
            for sentence in known.sentences():
                if sentence.claim == claim:
                    return before, sentence
                before = sentence.claim
        whole = claim == section_key(WHOLE, section)
        told = " ".join(one.text for one in self.lines(section) if one.claim == claim or (whole and _said(one)))
        spans = self._evidence(section) if whole else ()
        return "", Sentence(told, cited_papers(told), spans, language=self.survey.language)

    def _evidence(self, section: str) -> tuple[Evidence, ...]:
        inside = (sentence for one in self.survey.sections if one.id == section for sentence in one.sentences())
        return tuple(span for sentence in inside for span in sentence.evidence)

    def _dropped(self, section: str) -> Iterator[EditableUnit]:
        for one in active_edits(self.store.decisions.all()):
            if one.subject == section and not one.target and one.edit is not None:
                yield EditableUnit(
                    section, one.edit.claim, one.edit.original, "dropped", Attribution(one.author, one.at)
                )

    @cached_property
    def _papers(self) -> dict[PaperId, Paper]:
        return {entry.paper.id: entry.paper for entry in self.survey.entries}

    def _paper(self, paper: PaperId) -> Paper | None:
        return self._papers.get(paper)


def _said(line: EditableUnit) -> bool:
    return line.kind == "sentence"


def _lines(section: Section) -> Iterator[EditableUnit]:
    for block in section.blocks:
        if isinstance(block, Note) and block.claim:
            yield EditableUnit(section.id, block.claim, block.text, "definition", block.attribution)
    for sentence in section.sentences():
        yield EditableUnit(section.id, sentence.claim, sentence.text, "sentence", sentence.attribution)
