"""Prove a draft: compose it again from the store, and check its sentences."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from surveygen.config import Project
from surveygen.corpus import Store, copy_database
from surveygen.errors import ConfigError, SurveygenError
from surveygen.languages import codes
from surveygen.llm import CostEstimate
from surveygen.pipeline.build import check_request, run_build
from surveygen.pipeline.files import MANIFEST, read_manifest, sha256
from surveygen.pipeline.run_context import NullProgress, open_context
from surveygen.pipeline.stages.assign import curated_taxonomy, saved_taxonomy
from surveygen.pipeline.stages.compose import edits_in_force
from surveygen.pipeline.stages.render import REVIEWS, FormatRecord, OutputCache, shared_files
from surveygen.pipeline.stages.translate import load_glossary
from surveygen.pipeline.verify_document import DraftCheck, DraftSources, Problem, compare_editions
from surveygen.pipeline.verify_glue import glue_problems
from surveygen.render import REVIEW_FOLDER, format_names
from surveygen.themes import load_profile

Record = Mapping[str, FormatRecord]  # by format
_JSON = "survey.json"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The outcome; a draft is valid if there are no problems.

    Attributes:
        drafts: number of editions. sentences, citations: numbers of those that were checked.
        problems: what does not hold.
        human: number of sentences written by a person, which are not checked against sources.
        doubted: those of them whose sources have changed since.
        outdated: files that are as they were built, from an earlier state of the corpus, settings or program.
    """

    drafts: int
    sentences: int
    citations: int
    problems: tuple[Problem, ...]
    human: int = 0
    doubted: tuple[Problem, ...] = ()
    outdated: tuple[Problem, ...] = ()


def verify(project: Project, folder: Path | None = None) -> VerifyReport:
    """Prove every edition below a folder (default: the survey's output).

    The editions are composed and rendered again from a private copy of the store, and every byte is compared. Where the
    survey has moved on since the build, the files are compared with the checksums that the store remembers. On top of
    that each sentence is checked against its sources, and all editions must state the same facts. Nothing is written
    into the project or the draft, no model is asked, and nothing is sent.

    Raises:
        ConfigError: there is no draft. CorpusError: there is no store, or it is damaged.
    """
    root = folder or project.output / project.settings.slug
    found = {path.parent for name in (MANIFEST, _JSON) for path in root.rglob(name)} if root.is_dir() else set()
    editions = sorted(found)
    if not editions:
        raise ConfigError(f"no draft below {root}", "run: surveygen build")
    problems: list[Problem] = []
    outdated: list[Problem] = []
    documents: list[tuple[Path, Mapping[str, Any]]] = []
    names = {"": {project.settings.title}}
    deleted: Counter[str] = Counter()
    with Store.open_copy(project.database) as store, TemporaryDirectory(prefix="surveygen-verify-") as scratch:
        for number, parent in enumerate(dict.fromkeys(edition.parent for edition in editions)):
            languages: dict[Path, str] = {}
            for edition in (edition for edition in editions if edition.parent == parent):
                data = _read(edition / _JSON)
                if isinstance(data, Problem):
                    problems.append(data)
                    continue
                language = str(data.get("language", edition.name))
                if language in codes():
                    languages[edition] = language
                else:
                    problems.append(Problem(str(edition), "", f"is not an edition: {language!r} is not a language"))
                documents += [(edition / _JSON, data)] if data else []
            if languages:
                files = _FileCheck(project, store, parent, languages, Path(scratch) / str(number))
                for problem, is_old in files.differences(shared=parent.is_relative_to(root)):
                    (outdated if is_old else problems).append(problem)
                documents += files.composed_documents()
                for theme, name in files.theme_names():
                    names.setdefault(theme, set()).add(name)
                deleted |= Counter(files.deletions())
        profile = load_profile(project.settings.profile, project.root)
        sources = DraftSources(store, project.settings.full_text.show)
        checks = [
            DraftCheck(sources, path, data, load_glossary(project, profile, str(data.get("language", ""))))
            for path, data in documents
        ]
        problems += [problem for check in checks for problem in check.problems()]
    for path, data in documents:
        problems += [Problem(str(path), place, reason) for place, reason in glue_problems(data, names, deleted)]
    problems += [Problem(str(path), place, reason) for path, place, reason in compare_editions(documents)]
    return VerifyReport(
        len(editions),
        sum(check.sentences for check in checks),
        sum(check.citations for check in checks),
        tuple(problems),
        sum(check.human for check in checks),
        tuple(stale for check in checks for stale in check.stale),
        tuple(outdated),
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A folder of a draft, and what its files are compared with.

    Attributes:
        folder: the draft. names: its files. required: files that it must have.
        made: the folder of what the store gives now. failure: why it gives nothing.
        record: what the store remembers of the files.
    """

    folder: Path
    made: Path
    names: set[str]
    required: set[str]
    record: Record
    failure: str


class _FileCheck:
    """The comparison of the editions of one survey with what the store gives.

    Args:
        project: the survey.
        store: a copy of its store, since composing fills caches.
        parent: the folder of the editions, and of the files that they share.
        languages: by folder of an edition, its language.
        scratch: an empty folder to build in.
    """

    def __init__(
        self, project: Project, store: Store, parent: Path, languages: Mapping[Path, str], scratch: Path
    ) -> None:
        self._parent, self._languages, self._made = parent, languages, scratch / "draft"
        answers = scratch / project.answers.name
        scratch.mkdir()
        if project.answers.is_file():
            copy_database(project.answers, answers)
        request = check_request(project, tuple(dict.fromkeys(languages.values())), ("json",), parent)
        budget = CostEstimate(project.settings.llm)  # counts what a model would be asked, and asks nothing
        self._context = open_context(project, store, NullProgress(), request, budget=budget, answers=answers)
        self._cache = OutputCache(self._context)

    def differences(self, *, shared: bool) -> Iterator[tuple[Problem, bool]]:
        """Yield what differs, and whether it is only of an earlier state; `shared` includes what the editions share."""
        cache = self._cache
        usual = self._context.project.output / self._context.settings.slug
        records = {
            edition: cache.record(edition) or cache.record(usual / language)
            for edition, language in self._languages.items()
        }
        failure = ""
        if any(
            not record or cache.content in {item.content for item in record.values()} for record in records.values()
        ):
            failure = self._compose(records)
        for edition, record in records.items():
            names = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()} - {MANIFEST}
            required = {name for item in record.values() for name in item.files}
            if not cache.record(edition):  # a copy, which need not have every format
                required = {name for item in record.values() if names & _own_files(item, record) for name in item.files}
            if not read_manifest(edition):
                yield Problem(str(edition / MANIFEST), "", "missing or unreadable: build the draft again"), False
            made = self._made / self._languages[edition]
            yield from self._compare(_Draft(edition, made, names, required, record, failure))
        if shared:
            record = cache.record(self._parent)
            names = {path.name for path in shared_files(self._context) if (self._parent / path.name).is_file()}
            required = {name for item in record.values() for name in item.files}
            yield from self._compare(_Draft(self._parent, self._made, names, required, record, failure))

    def theme_names(self) -> Iterator[tuple[str, str]]:
        """Yield theme and name for each theme of the survey, in the language of the papers."""
        context = self._context
        base = saved_taxonomy(context.store, context.profile, context.settings.themes)
        for theme in curated_taxonomy(context, base).shown:
            yield theme.id, theme.name

    def deletions(self) -> Iterator[str]:
        """Yield the section of each sentence that a person removed."""
        yield from (edit.subject for edit in edits_in_force(self._context) if not edit.target)

    def composed_documents(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Yield the survey.json that the store gives for each edition that was built without one."""
        for edition, language in self._languages.items():
            data = _read(self._made / language / _JSON)
            if data and not isinstance(data, Problem) and not (edition / _JSON).is_file():
                yield edition / _JSON, data

    def _compose(self, records: Mapping[Path, Record]) -> str:
        """Build the editions in the scratch folder; return why they could not be built, "" if they could.

        A PDF is made again only if the store has no record of it: that takes TeX and most of the time.
        """
        pdfs = [(edition, path.name) for edition in records for path in edition.glob("*.pdf")]
        recorded = all(name in records[edition].get("pdf", FormatRecord("", {})).files for edition, name in pdfs)
        with_pdf = not recorded and shutil.which("lualatex") is not None
        groups: dict[frozenset[str], set[str]] = defaultdict(set)  # languages by formats: a format may link to another
        for edition, record in records.items():
            formats = self._formats(edition, record)
            if not with_pdf and "pdf" in formats:
                formats = formats - {"pdf"} | {"latex"}  # which the PDF was made of
            groups[frozenset(formats)].add(self._languages[edition])
        whole = self._context.request
        try:
            for names, codes_of_group in groups.items():
                languages = tuple(language for language in whole.languages if language.code in codes_of_group)
                request = replace(whole, folder=self._made, languages=languages, formats=tuple(sorted(names)))
                run_build(replace(self._context, request=request))
        except SurveygenError as error:
            return str(error)
        return ""

    def _formats(self, edition: Path, record: Record) -> set[str]:
        """Return the formats to make for one edition: without pages of papers where these are of an earlier state."""
        formats = {*record, "json"} if record else set(format_names())
        is_current = REVIEWS in record and record[REVIEWS].content == self._cache.content
        has_reviews = is_current or (not record and (edition / REVIEW_FOLDER).is_dir())
        return formats if has_reviews else formats - {REVIEWS}

    def _compare(self, draft: _Draft) -> Iterator[tuple[Problem, bool]]:
        """Yield each file that is not what the store gives now, and whether it is as it was built at another time."""
        listed = read_manifest(draft.folder)
        for name in sorted(draft.names | draft.required | {name for name in listed if " " not in name}):
            if name not in draft.names:
                reason, is_old = "missing", False
            else:
                checksum = sha256(draft.folder / name)
                signed = listed.get(name, "" if listed else checksum) == checksum
                if not ((draft.made / name).is_file() and sha256(draft.made / name) == checksum):
                    reason, is_old = self._difference(draft, name, checksum, signed=signed or name not in listed)
                else:
                    reason, is_old = "" if signed else f"{MANIFEST} has another checksum: build the draft again", False
            if reason:
                yield Problem(str(draft.folder / name), "", reason), is_old

    def _difference(self, draft: _Draft, name: str, checksum: str, *, signed: bool) -> tuple[str, bool]:
        """Return why a file is not what the store gives now, "" if it need not be, and whether it is only old."""
        content = self._cache.content
        contents = {item.content for item in draft.record.values()}
        made_from = {item.content for item in draft.record.values() if item.files.get(name) == checksum}
        if made_from and content not in made_from:
            return f"is as it was built {self._moved_on(draft.folder)}", True
        if not signed:
            return "changed after it was built", False
        if made_from and draft.failure:
            return f"is as it was built, but cannot be built again: {draft.failure}", True
        if made_from and name.endswith(".pdf"):
            return "", False  # not made again, as the store remembers its bytes
        if content in contents or not draft.failure:
            state = "" if content in contents else f" (it was built {self._moved_on(draft.folder)})"
            return f"is not what the store gives{state}: build the draft again", False
        return f"cannot be compared, since the survey cannot be built: {draft.failure}", False

    def _moved_on(self, folder: Path) -> str:
        """Say from which state a draft was built, where that is not the present one."""
        data = _read(folder / _JSON)
        provenance = data.get("provenance", {}) if isinstance(data, Mapping) else {}
        built, now = str(provenance.get("corpus_sha256", "")), self._context.store.sha256()
        if built and built != now:
            return f"from state {built[:12]} of the corpus, which is now {now[:12]}"
        return "from an earlier state of the survey (decisions, settings, templates or program)"


def _own_files(item: FormatRecord, record: Record) -> set[str]:
    """Return the files that no other format of an edition has."""
    return set(item.files) - {name for other in record.values() if other is not item for name in other.files}


def _read(path: Path) -> Mapping[str, Any] | Problem:
    """Return the content of a survey.json, empty if there is no file, or why it cannot be used."""
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return Problem(str(path), "", f"cannot be read: {error}")
    if not isinstance(data, dict) or data.get("schema_version") != 1:
        return Problem(str(path), "schema_version", "is not 1: build the draft again")
    return data
