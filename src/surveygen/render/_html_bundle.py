"""Join the page's scripts and styles, and write the policy that admits only them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from surveygen.errors import TemplateError

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |class )", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]*(?://((?!\*/).)*|/\*((?!\*/).)*\*/[ \t]*)")  # a line that is nothing else
_LEFT_OVER = re.compile(r"^(?:import|export)\b", re.MULTILINE)

Read = Callable[[str], str]


def read_asset(environment: SandboxedEnvironment, *paths: str) -> str:
    """Read a script or style, the first of some paths that there is; a user's file goes before the shipped one.

    Raises:
        TemplateError: there is none, or it closes the element that it goes into.
    """
    for path in paths:
        try:
            text = environment.loader.get_source(environment, path)[0] if environment.loader else ""
        except jinja2.TemplateNotFound:
            continue
        if "</script" in text.lower() or "</style" in text.lower():
            raise TemplateError(f"{path} closes its own element", "take the end tag out", template=path)
        return text.replace("\r\n", "\n").replace("\r", "\n")  # as a browser reads it, so that the hash fits
    raise TemplateError(f"template {paths[-1]} is missing", "install surveygen again", template=paths[-1])


def bundle(entry: str, read: Read) -> str:
    """Join a module and all that it imports into one script, what is imported first.

    Modules of one page share a scope after this, so their top-level names must differ. Only named imports from
    ``"./name.js"`` on one line and named exports of functions, constants and classes are understood.

    Raises:
        TemplateError: a module uses another form of import or export.
    """
    done: dict[str, str] = {}
    _collect(entry, read, done)
    return "".join(done.values())


def squeezed(text: str) -> str:
    """Take out indentation, empty lines, and the lines that are comments, of a script or a style.

    A file in which a literal goes on in the next line, where its spaces have a meaning, stays as it is.
    """
    lines = text.split("\n")
    if any(line.count("`") % 2 or line.endswith("\\") for line in lines):
        return text
    kept = (line.lstrip(" \t") for line in lines if not _COMMENT.fullmatch(line))
    return "".join(f"{line}\n" for line in kept if line)


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return a Content-Security-Policy that runs these scripts and styles and loads nothing.

    A hash is of the text between the tags: https://www.w3.org/TR/CSP3/#match-element-to-source-list.
    """
    allowed = {
        "default-src": ["'none'"],
        "script-src": [_hash(text) for text in scripts],
        "style-src": [_hash(text) for text in styles],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _collect(name: str, read: Read, done: dict[str, str]) -> None:
    if name in done:
        return
    text = read(name)
    done[name] = ""  # keeps a ring of imports from running forever; its place is set below
    for imported in _IMPORT.findall(text):
        _collect(imported, read, done)
    del done[name]
    bare = _EXPORT.sub("", _IMPORT.sub("", text))
    left = _LEFT_OVER.search(bare)
    if left:
        raise TemplateError(
            f"html/{name}: an import or export that cannot be joined",
            'write imports as import { name } from "./file.js"; on one line, and name what you export',
            template=f"html/{name}",
            line=text.count("\n", 0, text.find(bare[left.start() :][:60])) + 1,
        )
    done[name] = squeezed(bare)
