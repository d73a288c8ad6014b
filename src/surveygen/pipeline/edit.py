"""Let a person write over the words of a draft, and keep what they wrote."""

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
from surveygen.pipeline._editable import EditableDraft, EditableUnit
from surveygen.pipeline._files import read_manifest, sha256, write_if_changed
from surveygen.pipeline.decide import DecisionResult, DecisionSession, open_session
from surveygen.pipeline.prepare import PreparedSurvey, prepare_survey
from surveygen.pipeline.progress import Progress
from surveygen.render import EditedWords, read_markdown, read_words

MARKDOWN = "survey.md"
_ALIKE = 0.5  # share of characters from which an edited sentence counts as still in its language


@dataclass(frozen=True, slots=True)
class ImportedEdits:
    """What a Markdown edition brought: decisions, and whether it holds changes that are no words of a claim."""

    decisions: tuple[Decision, ...]
    beside: bool


def lines(project: Project, progress: Progress, section: str = "", *, language: str = "") -> tuple[EditableUnit, ...]:
    """Return the words of a section that can be edited, or of all sections.

    Raises:
        ConfigError: there is no such section. Others: as for a build.
    """
    with _desk(project, progress, language) as (_, page):
        _check_section(page, section)
        return page.lines(section)


def edit(
    project: Project, progress: Progress, section: str, sentence: str, text: str, *, language: str = ""
) -> DecisionResult:
    """Put a person's words in place of a sentence, or of the whole running text of a section.

    Args:
        project: the survey.
        progress: who watches.
        section: its id.
        sentence: its number in the section from 1, or its claim; "" for the whole text.
        text: Markdown; citations as ``[12]``, or ``[@id]`` with the id or cite key of a paper.
        language: of the edition and the words; the survey's first one by default.

    Raises:
        ConfigError: no such section or sentence, no words, or a citation of what is no reference.
    """
    with _desk(project, progress, language) as (desk, page):
        claim = _claim(page, section, sentence)
        words = read_words(text, page.references())
        if not words:
            raise ConfigError("there are no words to put there", "to take a sentence out: --drop")
        return _write(desk, page, section, claim, words, language=page.survey.language)


def drop(project: Project, progress: Progress, section: str, sentence: str, *, language: str = "") -> DecisionResult:
    """Take a sentence out of every edition, or the whole running text of a section.

    Raises:
        ConfigError: no such section or sentence.
    """
    with _desk(project, progress, language) as (desk, page):
        return _write(desk, page, section, _claim(page, section, sentence), "", language=page.survey.language)


def keep(project: Project, progress: Progress, section: str, sentence: str, *, language: str = "") -> DecisionResult:
    """Stand by the words that are there: they stay, whatever the sources become, and what was in doubt is settled.

    A dropped sentence comes back in the words that it had.

    Raises:
        ConfigError: no such section or sentence.
    """
    with _desk(project, progress, language) as (desk, page):
        claim = _claim(page, section, sentence)
        last = page.stands(claim)
        if last is not None and last.target:
            return _write(desk, page, section, claim, last.target, language=last.edit.language if last.edit else "en")
        words = " ".join(_shown(page, section, claim))
        return _write(desk, page, section, claim, words, language=page.survey.language)


def import_edits(project: Project, progress: Progress, path: Path) -> ImportedEdits:
    """Make decisions of what a person changed in a Markdown edition.

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
        return _take_up(reading, prepare_survey(project, store, progress))


def take_up_edited(drawing: PreparedSurvey, folders: Sequence[Path], progress: Progress) -> None:
    """Take up what persons changed in the Markdown editions of some folders, before a build writes them anew.

    A file with changes that are no words of a claim is kept beside, under another name, and the progress says so.
    """
    for folder in folders:
        path = folder / MARKDOWN
        try:
            reading = read_markdown(path.read_text(encoding="utf-8"))
            taken = _take_up(reading, drawing) if reading.edits else ImportedEdits((), reading.beside)
        except (ConfigError, UnicodeDecodeError) as error:
            progress.note(f"{path}: {error}; what you changed is not taken up")
            taken = ImportedEdits((), beside=True)
        if taken.decisions:
            progress.note(f"{path}: {len(taken.decisions)} edited sentences taken up")
        if taken.beside:
            progress.note(f"{path}: was changed elsewhere too; that is kept in {_kept_beside(path)} and not taken up")


def edited(folders: Sequence[Path]) -> list[Path]:
    """Return the folders whose Markdown edition is not what was written last."""
    known = ((folder, read_manifest(folder).get(MARKDOWN)) for folder in folders)
    return [folder for folder, sum_ in known if sum_ and _differs(folder / MARKDOWN, sum_)]


def _differs(path: Path, known: str) -> bool:
    return path.is_file() and sha256(path) != known


def _kept_beside(path: Path) -> str:
    data = path.read_bytes()
    names = (f"{path.stem}.edited{f'-{n}' if n else ''}{path.suffix}" for n in range(1000))
    free = (path.with_name(name) for name in names)
    chosen = next(one for one in free if not one.exists() or one.read_bytes() == data)
    write_if_changed(chosen, data)
    return chosen.name


def _take_up(reading: EditedWords, drawing: PreparedSurvey) -> ImportedEdits:
    project, store = drawing.project, drawing.run.store
    made: list[Decision] = []
    survey = drawing.survey(load_language(reading.language))
    page = EditableDraft(survey, store)
    for section, claim, text in reading.edits:
        last = page.stands(claim)
        if last is not None and last.target == text:
            continue
        language = _language_of(claim, text, page)
        where = page.section_of(claim) or section
        decided = _write(DecisionSession.of(project, store), page, where, claim, text, language=language)
        made += [decided.decision] if decided.decision else []
    return ImportedEdits(tuple(made), reading.beside)


def _language_of(claim: str, text: str, page: EditableDraft) -> str:
    """Take words that are much like those before them for the same language, others for that of the edition."""
    before = next((one for one in page.survey.sentences() if one.claim == claim), None)
    if before is None:
        return page.survey.language
    alike = SequenceMatcher(None, before.text, text, autojunk=False).ratio() >= _ALIKE
    return before.language if alike or not text else page.survey.language


def _write(
    desk: DecisionSession, page: EditableDraft, section: str, claim: str, text: str, *, language: str
) -> DecisionResult:
    about = page.edit(section, claim, text, language)
    return desk.decide("edit", section, text, edit=about)


def _claim(page: EditableDraft, section: str, sentence: str) -> str:
    """Find a claim by its number or name."""
    _check_section(page, section)
    if not sentence:
        return section_key(WHOLE, section)
    known = page.lines(section)
    numbered = {str(number): line.claim for number, line in enumerate(known, start=1)}
    if sentence in numbered:
        return numbered[sentence]
    found = [line.claim for line in known if line.claim == sentence]
    if not found:
        raise ConfigError(
            f"{section} has no sentence {sentence!r}", f"surveygen edit {section} lists its sentences with numbers"
        )
    return found[0]


def _check_section(page: EditableDraft, section: str) -> None:
    known = [one.id for one in page.survey.sections if page.lines(one.id)]
    if section and section not in known:
        raise ConfigError(f"there is no section {section!r} with words to edit", f"choose from {', '.join(known)}")


def _shown(page: EditableDraft, section: str, claim: str) -> Iterator[str]:
    whole = claim == section_key(WHOLE, section)
    for line in page.lines(section):
        if line.claim == claim or (whole and line.kind == "sentence"):
            yield clean(line.text, MAX_TEXT)


@contextmanager
def _desk(project: Project, progress: Progress, language: str) -> Iterator[tuple[DecisionSession, EditableDraft]]:
    spoken = load_language(language or project.settings.languages[0])
    with open_session(project) as desk:
        yield desk, EditableDraft(prepare_survey(project, desk.store, progress).survey(spoken), desk.store)
