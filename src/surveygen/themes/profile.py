"""Read a taxonomy profile from its TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import ConfigError

_TOP_KEYS: dict[str, type] = {
    "name": str,
    "title": str,
    "description": str,
    "titles": dict,
    "theme": list,
    "replaces": dict,
    "glossary": dict,
}
_THEME_KEYS: dict[str, type] = {
    "id": str,
    "name": str,
    "parent": str,
    "description": str,
    "keywords": list,
    "seeds": list,
    "names": dict,
}
_KINDS: dict[type, str] = {str: "a string", list: "a list of strings", dict: "a table of strings"}


@dataclass(frozen=True, slots=True)
class Profile:
    """A subject: its themes, and what a survey of it is called.

    `titles` are (language code, title) sorted by code. `replaces` are (theme of an earlier taxonomy, its successor
    here) sorted by theme: papers that a person put under the one stand under the other. `glossaries` are (language
    code, (term, its translation) pairs), all sorted.
    """

    name: str
    title: str = ""
    titles: tuple[tuple[str, str], ...] = ()
    description: str = ""
    taxonomy: Taxonomy = field(default_factory=Taxonomy)
    replaces: tuple[tuple[ThemeId, ThemeId], ...] = ()
    glossaries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


def shipped_profiles() -> tuple[str, ...]:
    """List the names of the profiles in the package, sorted."""
    found = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load_profile(name_or_path: str, base: Path) -> Profile:
    """Read a profile: a shipped name, the path of a TOML file (from `base` if it is relative), or "none".

    Raises:
        ConfigError: no such profile, no TOML, an unknown key (with the nearest valid one), two themes of one id, a
            parent that is missing or stands below its child.
    """
    if name_or_path == "none":
        return Profile("none")
    if name_or_path in shipped_profiles():
        return _read(_folder() / f"{name_or_path}.toml", f"{name_or_path}.toml")
    path = base / name_or_path
    if path.suffix != ".toml" and not path.is_file():
        near = get_close_matches(name_or_path, (*shipped_profiles(), "none"), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        choices = ", ".join((*shipped_profiles(), "none"))
        raise ConfigError(
            f"profile: there is no {name_or_path!r}",
            f"{hint}choose from {choices}, or give a .toml file",
            path="profile",
        )
    return _read(path, str(path))


def _folder() -> Traversable:
    return files("surveygen") / "profiles"


def _read(source: Traversable, label: str) -> Profile:
    try:
        data = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{label}: {error.strerror}", "check the path and its permissions", path="profile") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{label}: not valid TOML: {error}", "mend the file") from error
    glossary = data.get("glossary", {})
    _check({**data, "glossary": {}} if isinstance(glossary, dict) else data, _TOP_KEYS, label, "")
    _check(glossary, dict.fromkeys(glossary, dict), label, "glossary.")
    themes = tuple(_theme(item, label, n) for n, item in enumerate(data.get("theme", ())))
    _check_tree(themes, label)
    return Profile(
        name=data.get("name", Path(label).stem),
        title=data.get("title", ""),
        titles=tuple(sorted(data.get("titles", {}).items())),
        description=data.get("description", ""),
        taxonomy=Taxonomy(themes),
        glossaries=tuple(sorted((code, tuple(sorted(terms.items()))) for code, terms in glossary.items())),
        replaces=_replaces(data.get("replaces", {}), {theme.id for theme in themes}, label),
    )


def _replaces(data: Mapping[str, str], known: Collection[str], label: str) -> tuple[tuple[ThemeId, ThemeId], ...]:
    for old, new in data.items():
        if new not in known:
            where = f"replaces.{old}"
            raise ConfigError(f"{label}: {where} names {new!r}, which is no theme", _nearest(new, known), path=where)
    return tuple(sorted((ThemeId(old), ThemeId(new)) for old, new in data.items()))


def _theme(item: Any, label: str, n: int) -> Theme:  # noqa: ANN401  # whatever TOML held
    where = f"theme[{n}]"
    if not isinstance(item, dict):
        raise ConfigError(f"{label}: {where} is not a table", "write [[theme]]", path=where)
    _check(item, _THEME_KEYS, label, f"{where}.")
    for key in ("id", "name"):
        if not item.get(key, "").strip():
            raise ConfigError(f"{label}: {where} has no {key}", f'add: {key} = "..."', path=f"{where}.{key}")
    return Theme(
        id=ThemeId(item["id"]),
        name=item["name"],
        parent=ThemeId(item["parent"]) if "parent" in item else None,
        description=item.get("description", ""),
        keywords=tuple(item.get("keywords", ())),
        seeds=tuple(PaperId(seed) for seed in item.get("seeds", ())),
        names=tuple(sorted(item.get("names", {}).items())),
    )


def _check(data: Mapping[str, Any], known: Mapping[str, type], label: str, prefix: str) -> None:
    for key, value in data.items():
        where = f"{prefix}{key}"
        if key not in known:
            raise ConfigError(f"{label}: unknown key {where!r}", _nearest(key, known), path=where)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        plain = key == "theme" or all(isinstance(one, str) for one in inner)
        if not isinstance(value, known[key]) or not plain:
            raise ConfigError(f"{label}: {where} = {value!r} is not {_KINDS[known[key]]}", "mend the value", path=where)


def _check_tree(themes: tuple[Theme, ...], label: str) -> None:
    above: set[str] = set()
    every = {theme.id for theme in themes}
    for n, theme in enumerate(themes):
        if theme.id in above:
            raise ConfigError(f"{label}: two themes have the id {theme.id!r}", "rename one", path=f"theme[{n}].id")
        if theme.parent is not None and theme.parent not in above:
            hint = "move the parent above it" if theme.parent in every else _nearest(theme.parent, every)
            message = f"{label}: theme {theme.id!r} names the parent {theme.parent!r}, which does not stand above it"
            raise ConfigError(message, hint, path=f"theme[{n}].parent")
        above.add(theme.id)


def _nearest(key: str, known: Collection[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(sorted(known))}"
