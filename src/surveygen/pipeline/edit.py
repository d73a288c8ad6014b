"""Editing the text of a draft: sentences of a person in place of generated ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import Decision
from surveygen.domain.edits import WHOLE, section_key
from surveygen.domain.text import MAX_TEXT, clean
from surveygen.errors import ConfigError
from surveygen.languages import load as load_language
from surveygen.pipeline._files import read_manifest, sha256, write_if_changed
from surveygen.pipeline.decide import DecisionResult, DecisionSession, open_session
from surveygen.pipeline.editable import EditableDraft, EditableUnit
from surveygen.pipeline.prepare import PreparedSurvey, prepare_survey
from surveygen.pipeline.progress import Progress
from surveygen.render import EditedWords, read_markdown, read_words

MARKDOWN = "survey.md"
# Share of common characters from which an edited sentence counts as being in the language of the original.
_SAME_LANGUAGE = 0.5


@dataclass(frozen=True, slots=True)
class ImportedEdits:
    """The edits of a Markdown edition.

    Attributes:
        decisions: the edits as they were stored.
        other_changes: whether the file contains changes outside the editable text, which are not imported.
    """

    decisions: tuple[Decision, ...]
    other_changes: bool


def editable_units(
    project: Project, progress: Progress, section: str = "", *, language: str = ""
) -> tuple[EditableUnit, ...]:
    """Return the editable text of a section, or of all sections.

    Raises:
        ConfigError: there is no such section. Others: as for a build.
    """
    with _open_draft(project, progress, language) as (_, draft):
        _check_section(draft, section)
        return draft.units(section)


def edit(
    project: Project, progress: Progress, section: str, sentence: str, text: str, *, language: str = ""
) -> DecisionResult:
    """Replace a sentence, or the whole running text of a section, by the text of a person.

    Args:
        project: the survey.
        progress: receives the stages.
        section: id of the section.
        sentence: its number in the section from 1, or its claim; "" for the whole text.
        text: Markdown; citations as ``[12]``, or ``[@id]`` with the id or cite key of a paper.
        language: of the edition and the text; the first language of the survey by default.

    Raises:
        ConfigError: no such section or sentence, no text, or a citation that is not in the references.
    """
    with _open_draft(project, progress, language) as (session, draft):
        claim = _find_claim(draft, section, sentence)
        words = read_words(text, draft.references())
        if not words:
            raise ConfigError("the new text is empty", "to remove a sentence: --drop")
        return _store_edit(session, draft, section, claim, words, language=draft.survey.language)


def drop_sentence(
    project: Project, progress: Progress, section: str, sentence: str, *, language: str = ""
) -> DecisionResult:
    """Remove a sentence from every edition, or the whole running text of a section.

    Raises:
        ConfigError: no such section or sentence.
    """
    with _open_draft(project, progress, language) as (session, draft):
        claim = _find_claim(draft, section, sentence)
        return _store_edit(session, draft, section, claim, "", language=draft.survey.language)


def confirm_sentence(
    project: Project, progress: Progress, section: str, sentence: str, *, language: str = ""
) -> DecisionResult:
    """Confirm the present text: it stays whatever happens to its sources, and is not stale any more.

    A dropped sentence returns with its original text.

    Raises:
        ConfigError: no such section or sentence.
    """
    with _open_draft(project, progress, language) as (session, draft):
        claim = _find_claim(draft, section, sentence)
        last = draft.current_edit(claim)
        if last is not None and last.target:
            spoken = last.edit.language if last.edit else "en"
            return _store_edit(session, draft, section, claim, last.target, language=spoken)
        whole = claim == section_key(WHOLE, section)
        units = (unit for unit in draft.units(section) if unit.claim == claim or (whole and unit.kind == "sentence"))
        text = " ".join(clean(unit.text, MAX_TEXT) for unit in units)
        return _store_edit(session, draft, section, claim, text, language=draft.survey.language)


def import_edits(project: Project, progress: Progress, path: Path) -> ImportedEdits:
    """Store what a person changed in a Markdown edition as decisions.

    Raises:
        ConfigError: the file cannot be read, or as for `read_markdown`. Others: as for a build.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", "name the survey.md of an edition") from error
    reading = read_markdown(text)
    if not reading.edits:
        return ImportedEdits((), reading.beside)
    with Store.open(project.database) as store:
        return _store_edits(reading, prepare_survey(project, store, progress))


def edited_folders(folders: Sequence[Path]) -> list[Path]:
    """Return the folders whose Markdown edition differs from what was written last."""
    edited: list[Path] = []
    for folder in folders:
        path, checksum = folder / MARKDOWN, read_manifest(folder).get(MARKDOWN)
        if checksum and path.is_file() and sha256(path) != checksum:
            edited.append(folder)
    return edited


def import_edited_folders(prepared: PreparedSurvey, folders: Sequence[Path], progress: Progress) -> None:
    """Store the edits in the Markdown editions of some folders before a build writes them anew.

    A file with other changes, or one that cannot be read, is copied under another name, and a note says so.
    """
    for folder in folders:
        path = folder / MARKDOWN
        try:
            reading = read_markdown(path.read_text(encoding="utf-8"))
            imported = _store_edits(reading, prepared) if reading.edits else ImportedEdits((), reading.beside)
        except (ConfigError, UnicodeDecodeError) as error:
            progress.note(f"{path}: {error}; your changes were not imported")
            imported = ImportedEdits((), other_changes=True)
        if imported.decisions:
            progress.note(f"{path}: imported {len(imported.decisions)} edited sentences")
        if imported.other_changes:
            progress.note(f"{path}: has other changes, which were not imported; a copy is in {_back_up(path)}")


def _back_up(path: Path) -> str:
    """Copy a file to a free name beside it, unless a copy with the same bytes exists; return the name."""
    data = path.read_bytes()
    for number in range(1000):
        copy = path.with_name(f"{path.stem}.edited{f'-{number}' if number else ''}{path.suffix}")
        if not copy.exists() or copy.read_bytes() == data:
            write_if_changed(copy, data)
            return copy.name
    raise ConfigError(f"{path}: 1,000 copies of edited files exist beside it", "delete the ones you do not need")


def _store_edits(reading: EditedWords, prepared: PreparedSurvey) -> ImportedEdits:
    project, store = prepared.project, prepared.run.store
    decisions: list[Decision] = []
    draft = EditableDraft(prepared.survey(load_language(reading.language)), store)
    for section, claim, text in reading.edits:
        last = draft.current_edit(claim)
        if last is not None and last.target == text:
            continue
        language = _guess_language(claim, text, draft)
        target = draft.section_of(claim) or section
        result = _store_edit(DecisionSession.of(project, store), draft, target, claim, text, language=language)
        decisions += [result.decision] if result.decision else []
    return ImportedEdits(tuple(decisions), reading.beside)


def _guess_language(claim: str, text: str, draft: EditableDraft) -> str:
    """Return the language of the original sentence if the new text resembles it, else that of the edition."""
    original = next((sentence for sentence in draft.survey.sentences() if sentence.claim == claim), None)
    if original is None:
        return draft.survey.language
    similar = SequenceMatcher(None, original.text, text, autojunk=False).ratio() >= _SAME_LANGUAGE
    return original.language if similar or not text else draft.survey.language


def _store_edit(
    session: DecisionSession, draft: EditableDraft, section: str, claim: str, text: str, *, language: str
) -> DecisionResult:
    return session.decide("edit", section, text, edit=draft.new_edit(section, claim, text, language))


def _find_claim(draft: EditableDraft, section: str, sentence: str) -> str:
    """Return the claim with a number or key; for "" that of the whole section."""
    _check_section(draft, section)
    if not sentence:
        return section_key(WHOLE, section)
    claims = [unit.claim for unit in draft.units(section)]
    if sentence.isdecimal() and 1 <= int(sentence) <= len(claims):
        return claims[int(sentence) - 1]
    if sentence not in claims:
        raise ConfigError(
            f"{section} has no sentence {sentence!r}", f"surveygen edit {section} lists its sentences with numbers"
        )
    return sentence


def _check_section(draft: EditableDraft, section: str) -> None:
    sections = [item.id for item in draft.survey.sections if draft.units(item.id)]
    if section and section not in sections:
        raise ConfigError(f"there is no editable section {section!r}", f"choose from {', '.join(sections)}")


@contextmanager
def _open_draft(project: Project, progress: Progress, language: str) -> Iterator[tuple[DecisionSession, EditableDraft]]:
    edition = load_language(language or project.settings.languages[0])
    with open_session(project) as session:
        yield session, EditableDraft(prepare_survey(project, session.store, progress).survey(edition), session.store)
