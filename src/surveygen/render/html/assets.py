"""Bundle scripts and styles, write their Content-Security-Policy, and fill what all pages share."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable

import jinja2
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from surveygen.domain.survey import Survey
from surveygen.errors import TemplateError
from surveygen.languages import Language, load
from surveygen.render.html.markup import string, words

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |class )", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b", re.MULTILINE)

Read = Callable[[str], str]


def read_asset(environment: SandboxedEnvironment, *paths: str) -> str:
    """Read the first script or style of `paths` that exists; a user's file takes precedence over the shipped one.

    Raises:
        TemplateError: no file exists, or it contains the end tag of the element that it is put into.
    """
    for path in paths:
        try:
            text = environment.loader.get_source(environment, path)[0] if environment.loader else ""
        except jinja2.TemplateNotFound:
            continue
        if "</script" in text.lower() or "</style" in text.lower():
            raise TemplateError(f"{path} contains an end tag of script or style", "remove the end tag", template=path)
        return text.replace("\r\n", "\n").replace("\r", "\n")  # as a browser reads it, so that the hash matches
    raise TemplateError(f"template {paths[-1]} is missing", "reinstall surveygen", template=paths[-1])


def bundle(entry: str, read: Read) -> str:
    """Join a module and its imports into one script, dependencies first.

    The joined modules share one scope, so their top-level names must differ. Only named imports from ``"./name.js"``
    on one line and named exports of functions, constants and classes are supported.

    Raises:
        TemplateError: a module uses another form of import or export.
    """
    bundled: dict[str, str] = {}
    _add_module(entry, read, bundled)
    return "".join(bundled.values())


def _add_module(name: str, read: Read, bundled: dict[str, str]) -> None:
    if name in bundled:
        return
    text = read(name)
    bundled[name] = ""  # ends cyclic imports; the module takes its place behind its imports below
    for imported in _IMPORT.findall(text):
        _add_module(imported, read, bundled)
    del bundled[name]
    script = _EXPORT.sub("", _IMPORT.sub("", text))
    unsupported = _LEFT_OVER.search(script)
    if unsupported:
        raise TemplateError(
            f"html/{name}: unsupported form of import or export",
            'write imports as import { name } from "./file.js"; on one line, and use named exports',
            template=f"html/{name}",
            line=text.count("\n", 0, text.find(script[unsupported.start() :][:60])) + 1,
        )
    bundled[name] = script


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return a Content-Security-Policy that allows these scripts and styles and no request.

    The hashes are of the text between the tags: https://www.w3.org/TR/CSP3/#match-element-to-source-list.
    """
    allowed = {
        "default-src": ["'none'"],
        "script-src": [_source_hash(text) for text in scripts],
        "style-src": [_source_hash(text) for text in styles],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in allowed.items())


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page_frame(
    survey: Survey, language: Language, environment: SandboxedEnvironment, *, style: str, script: str
) -> dict[str, object]:
    """Return the values that the templates of all pages of an edition have.

    `style` and `script` are the files in ``html`` that only pages of this kind have. Of scripts and styles, as of
    templates, a user's file goes before the shipped one of the same name.
    """

    def read(name: str) -> str:
        return read_asset(environment, f"html/{name}")

    rules = read("base.css") + read(style) + read("own.css")
    early, main = read("early.js"), bundle(script, read)
    return {
        "style": Markup(rules),  # noqa: S704  # files of this program or its user, not of a source
        "early": Markup(early),  # noqa: S704  # as above
        "script": Markup(main),  # noqa: S704  # as above
        "policy": policy([early, main], [rules]),
        "title": words(survey.title),
        "title_plain": string(survey.title),
        "language": language,
        "say": language.say,
        "day": survey.generated_at[:10],
        "date": language.day(survey.generated_at),
        "made_with": string(survey.provenance.surveygen),
    }


def edition_links(survey: Survey, language: Language, file: str) -> list[dict[str, str]]:
    """Return code, name and address of the same file in the other languages; their folders are side by side."""
    up = "../" * (file.count("/") + 1)
    others = (load(code) for code in survey.editions if code != language.code)
    return [{"href": f"{up}{other.code}/{file}", "code": other.code, "name": other.name} for other in others]
