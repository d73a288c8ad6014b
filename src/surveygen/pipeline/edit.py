"""Editing the text of a draft: sentences of a person in place of generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.edits import WHOLE, section_key
from surveygen.domain.text import MAX_TEXT, clean
from surveygen.errors import ConfigError
from surveygen.languages import load as load_language
from surveygen.pipeline.build import draft_survey
from surveygen.pipeline.decide import DecisionResult, DecisionSession, open_session
from surveygen.pipeline.editable import EditableDraft, EditableUnit, ImportedEdits, import_markdown
from surveygen.pipeline.run_context import Progress, open_context
from surveygen.render import read_words


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
        return session.decide("edit", section, words, edit=draft.new_edit(section, claim, words))


def drop_sentence(
    project: Project, progress: Progress, section: str, sentence: str, *, language: str = ""
) -> DecisionResult:
    """Remove a sentence from every edition, or the whole running text of a section.

    Raises:
        ConfigError: no such section or sentence.
    """
    with _open_draft(project, progress, language) as (session, draft):
        claim = _find_claim(draft, section, sentence)
        return session.decide("edit", section, "", edit=draft.new_edit(section, claim, ""))


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
            words, language = last.target, last.edit.language if last.edit else "en"
            return session.decide("edit", section, words, edit=draft.new_edit(section, claim, words, language))
        whole = claim == section_key(WHOLE, section)
        units = (unit for unit in draft.units(section) if unit.claim == claim or (whole and unit.kind == "sentence"))
        text = " ".join(clean(unit.text, MAX_TEXT) for unit in units)
        return session.decide("edit", section, text, edit=draft.new_edit(section, claim, text))


def import_edits(project: Project, progress: Progress, path: Path) -> ImportedEdits:
    """Store what a person changed in a Markdown edition as decisions.

    Raises:
        ConfigError: the file cannot be read, or as for `read_markdown`. Others: as for a build.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ConfigError(f"{path}: not a file", "name the survey.md of an edition")
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", "name the survey.md of an edition") from error
    with Store.open(project.database) as store:
        context = open_context(project, store, progress)
        return import_markdown(context, text, lambda language: draft_survey(context, language))


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
        context = open_context(project, session.store, progress)
        yield session, EditableDraft(draft_survey(context, edition), session.store)
