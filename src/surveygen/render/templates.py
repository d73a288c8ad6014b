"""Find and fill templates, those of prompts included; locate their errors."""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from surveygen.domain.text import clean
from surveygen.errors import TemplateError

_SUFFIX = ".j2"
_PROMPTS = "prompts"  # folder
_TAG = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)  # of a prompt: Jinja's and those of its fences
_LOOK_ALIKES = str.maketrans("<>", "‹›")
# What an expression in a user's template can raise besides Jinja's own errors.
_FAULTS = (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class TemplateRoots:
    """Where templates lie: a file of `user` goes before the shipped one of the same path."""

    shipped: Path
    user: Path | None = None


def template_root() -> Path:
    """Return the folder of the shipped templates: inside the package, else at the top of the checkout."""
    packaged = Path(str(files("surveygen"))) / "templates"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "templates"


class Safe(str):
    """Text that is already written in the language of the file it goes to; only this may be printed."""

    __slots__ = ()

    def __html__(self) -> Self:
        return self


class TexSafe(Safe):
    """Text that is TeX."""

    __slots__ = ()


class MarkdownSafe(Safe):
    """Text that is Markdown."""

    __slots__ = ()


def html_environment(roots: TemplateRoots) -> SandboxedEnvironment:
    """Make the environment of HTML templates: every value is escaped unless it is ``markupsafe.Markup``."""
    return _environment(roots)


def text_environment(roots: TemplateRoots, **delimiters: str) -> SandboxedEnvironment:
    """Make an environment for other formats: printing a plain string is an error, so nothing goes unescaped."""
    return _environment(roots, finalize=_refuse_plain, **delimiters)


def prompt_environment(roots: TemplateRoots) -> SandboxedEnvironment:
    """Make the environment of prompts: every value becomes one line that can neither open nor close a tag."""
    return _environment(roots, finalize=_harmless)


def fill(environment: SandboxedEnvironment, name: str, values: Mapping[str, object]) -> str:
    """Render one template; a user's template of that name, or ``{% extends "shipped/..." %}`` of it, goes first.

    Raises:
        TemplateError: a template is missing, not well formed, names something unknown or prints a plain string.
    """
    try:
        return environment.get_template(name).render(values)
    except _FAULTS as error:
        where, line = name, 0
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(_SUFFIX)]
        if isinstance(error, jinja2.TemplateSyntaxError):
            where, line = error.name or name, error.lineno
        elif frames:
            where, line = "/".join(Path(frames[-1].filename).parts[-2:]), frames[-1].lineno or 0
        raise TemplateError(
            f"template {where}, line {line}: {error}",
            "fix your template, or delete it to use the shipped one",
            template=where,
            line=line,
        ) from error


class PromptTemplates:
    """The templates below ``prompts/``, a survey's own before the shipped ones.

    A survey may replace any of them; the fence around the papers and the words that must not come back stay checked,
    as both follow from the templates in use.
    """

    def __init__(self, roots: TemplateRoots) -> None:
        self._environment = prompt_environment(roots)
        folders: list[Path] = [roots.shipped / _PROMPTS, *([roots.user / _PROMPTS] if roots.user else [])]
        paths = (path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.j2")))
        self._texts = {path.name: path.read_text(encoding="utf-8") for path in paths}

    @property
    def fingerprint(self) -> str:
        """Hash of every template that a prompt can be made of."""
        digest = hashlib.sha256()
        for name, text in sorted(self._texts.items()):
            digest.update(f"{name}\0{text}\0".encode())
        return digest.hexdigest()[:16]

    @property
    def canary(self) -> str:
        """A word that no paper has; another one whenever a template changes."""
        return f"zq{self.fingerprint}"

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return a prompt.

        Raises:
            TemplateError: a template is missing, not well formed or names something unknown.
        """
        return fill(self._environment, f"{_PROMPTS}/{name}.txt.j2", values)

    def instructions(self, name: str) -> str:
        """Return the fixed words of a template, without its tags and fences."""
        return _TAG.sub(" ", self._texts[f"{name}.txt.j2"])


class _CompiledTemplates(jinja2.BytecodeCache):
    """Compiled templates, kept in memory: compiling takes a third of the time of a small build, once per edition."""

    def __init__(self) -> None:
        self._bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Give a template that was compiled before; Jinja compares the hash of its source."""
        if bucket.key in self._bytecode:
            bucket.bytecode_from_string(self._bytecode[bucket.key])

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep a template that was compiled now."""
        self._bytecode[bucket.key] = bucket.bytecode_to_string()


@cache
def _compiled_templates(options: frozenset[tuple[str, object]]) -> _CompiledTemplates:
    """Return the compiled templates of all environments with the same options, which the bytecode depends on."""
    del options
    return _CompiledTemplates()


def _environment(roots: TemplateRoots, **options: Any) -> SandboxedEnvironment:  # noqa: ANN401  # Jinja's own
    shipped = jinja2.FileSystemLoader(roots.shipped)
    user = [jinja2.FileSystemLoader(roots.user)] if roots.user is not None else []
    return SandboxedEnvironment(
        loader=jinja2.ChoiceLoader([*user, shipped, jinja2.PrefixLoader({"shipped": shipped})]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,  # so that macros and super() give safe strings in every format
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_compiled_templates(frozenset(options.items())),
        **options,
    )


def _refuse_plain(value: object) -> object:
    if isinstance(value, (int, jinja2.Undefined)) or hasattr(value, "__html__"):
        return value
    raise jinja2.TemplateRuntimeError(f"{str(value)[:60]!r} is not escaped and cannot be printed")


def _harmless(value: object) -> object:
    """Trade angle brackets for look-alikes, so that no value can end the part that holds it."""
    if isinstance(value, (int, jinja2.Undefined)) or hasattr(value, "__html__"):
        return value
    return Safe(clean(str(value)).translate(_LOOK_ALIKES))
