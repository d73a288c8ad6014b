"""Editable text of an edition, and the edits that persons make in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from surveygen.corpus import Store
from surveygen.domain.decision import Decision, active_edits
from surveygen.domain.edits import WHOLE, Edit, section_key, snapshot_sources
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Attribution, Sentence, cited_papers
from surveygen.domain.survey import Note, Survey
from surveygen.errors import ConfigError
from surveygen.languages import Language
from surveygen.languages import load as load_language
from surveygen.pipeline.decide import DecisionSession
from surveygen.pipeline.files import read_manifest, sha256, write_if_changed
from surveygen.pipeline.run_context import BuildContext
from surveygen.render import read_markdown

MARKDOWN = "survey.md"
# Share of common characters from which an edited sentence counts as being in the language of the original.
_SAME_LANGUAGE = 0.5
Draft = Callable[[Language], Survey]


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


@dataclass(frozen=True, slots=True)
class ImportedEdits:
    """The edits of a Markdown edition.

    Attributes:
        decisions: the edits as they were stored.
        other_changes: whether the file contains changes outside the editable text, which are not imported.
    """

    decisions: tuple[Decision, ...]
    other_changes: bool


@dataclass(frozen=True, slots=True)
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
                    EditableUnit(
                        current.id, edit.claim, edit.original, "dropped", Attribution(decision.author, decision.at)
                    )
                    for decision, edit in self._edits()
                    if decision.subject == current.id and not decision.target
                )
        return (*units, *(() if section else self.orphaned_edits()))

    def orphaned_edits(self) -> tuple[EditableUnit, ...]:
        """Return the edits of a person that are shown nowhere because their section does not exist any more."""
        sections = {section.id for section in self.survey.sections}
        shown = {claim for section in self.survey.sections for claim in section.claims()}
        return tuple(
            EditableUnit(
                decision.subject, edit.claim, decision.target, "waiting", Attribution(decision.author, decision.at)
            )
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

    def new_edit(self, section: str, claim: str, text: str, language: str = "") -> Edit:
        """Describe what the text of a person replaces, and the sources that it rests on.

        The text is in the language of the edition unless another one is given.
        """
        language = language or self.survey.language
        before, sentence = self._context_of(section, claim)
        papers = {entry.paper.id: entry.paper for entry in self.survey.entries}
        last = self.current_edit(claim)
        earlier = last.edit if last is not None else None
        if earlier is not None and earlier.language == language:
            local = earlier.local
        else:
            written = "en" if sentence.method == "aggregate" else sentence.translated_from or sentence.language
            local = language != written  # every edition writes aggregates itself; the English one stands for all
        return Edit(
            claim=claim,
            language=language,
            local=local,
            role=sentence.role,
            after=before,
            original=earlier.original if earlier is not None else sentence.plain,
            basis=snapshot_sources(sentence, cited_papers(text), papers.get, self.store.full_text.unit),
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


def edited_folders(folders: Sequence[Path]) -> list[Path]:
    """Return the folders whose Markdown edition differs from what was written last."""
    edited: list[Path] = []
    for folder in folders:
        path, checksum = folder / MARKDOWN, read_manifest(folder).get(MARKDOWN)
        if checksum and path.is_file() and sha256(path) != checksum:
            edited.append(folder)
    return edited


def import_edited_folders(context: BuildContext, folders: Sequence[Path], draft: Draft) -> None:
    """Store the edits in the Markdown editions of some folders before a build writes them anew.

    A file with other changes, or one that cannot be read, is copied under another name, and a note says so.

    Args:
        context: of the build.
        folders: those of `edited_folders`.
        draft: composes the survey in a language, as it was before the edits.
    """
    for folder in folders:
        path = folder / MARKDOWN
        try:
            imported = import_markdown(context, path.read_text(encoding="utf-8"), draft)
        except (ConfigError, UnicodeDecodeError) as error:
            context.progress.note(f"{path}: {error}; your changes were not imported")
            imported = ImportedEdits((), other_changes=True)
        if imported.decisions:
            context.progress.note(f"{path}: imported {len(imported.decisions)} edited sentences")
        if imported.other_changes:
            copy = _back_up(path)
            context.progress.note(f"{path}: has other changes, which were not imported; a copy is in {copy}")


def import_markdown(context: BuildContext, text: str, draft: Draft) -> ImportedEdits:
    """Store a decision for each claim of a Markdown edition that a person changed.

    Raises:
        ConfigError: as for `read_markdown`.
    """
    reading = read_markdown(text)
    if not reading.edits:
        return ImportedEdits((), reading.beside)
    decisions: list[Decision] = []
    editable = EditableDraft(draft(load_language(reading.language)), context.store)
    for section, claim, words in reading.edits:
        last = editable.current_edit(claim)
        if last is not None and last.target == words:
            continue
        target = editable.section_of(claim) or section
        edit = editable.new_edit(target, claim, words, _guess_language(claim, words, editable))
        result = DecisionSession.of(context.project, context.store).decide("edit", target, words, edit=edit)
        decisions += [result.decision] if result.decision else []
    return ImportedEdits(tuple(decisions), reading.beside)


def _guess_language(claim: str, text: str, draft: EditableDraft) -> str:
    """Return the language of the original sentence if the new text resembles it, else that of the edition."""
    original = next((sentence for sentence in draft.survey.sentences() if sentence.claim == claim), None)
    if original is None:
        return draft.survey.language
    similar = SequenceMatcher(None, original.text, text, autojunk=False).ratio() >= _SAME_LANGUAGE
    return original.language if similar or not text else draft.survey.language


def _back_up(path: Path) -> str:
    """Copy a file to a free name beside it, unless a copy with the same bytes exists; return the name."""
    data = path.read_bytes()
    for number in range(1000):
        copy = path.with_name(f"{path.stem}.edited{f'-{number}' if number else ''}{path.suffix}")
        if not copy.exists() or copy.read_bytes() == data:
            write_if_changed(copy, data)
            return copy.name
    raise ConfigError(f"{path}: 1,000 copies of edited files exist beside it", "delete the ones you do not need")
