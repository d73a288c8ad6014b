"""Edits that persons made in the Markdown editions, imported as decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from surveygen.domain.decision import Decision
from surveygen.domain.survey import Survey
from surveygen.errors import ConfigError
from surveygen.languages import Language
from surveygen.languages import load as load_language
from surveygen.pipeline.context import BuildContext
from surveygen.pipeline.decide import DecisionSession
from surveygen.pipeline.editable import EditableDraft
from surveygen.pipeline.files import read_manifest, sha256, write_if_changed
from surveygen.render import read_markdown

MARKDOWN = "survey.md"
# Share of common characters from which an edited sentence counts as being in the language of the original.
_SAME_LANGUAGE = 0.5
Draft = Callable[[Language], Survey]


@dataclass(frozen=True, slots=True)
class ImportedEdits:
    """The edits of a Markdown edition.

    Attributes:
        decisions: the edits as they were stored.
        other_changes: whether the file contains changes outside the editable text, which are not imported.
    """

    decisions: tuple[Decision, ...]
    other_changes: bool


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
