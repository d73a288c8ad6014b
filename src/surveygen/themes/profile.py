"""Read a taxonomy profile from its TOML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import ConfigError, did_you_mean
from surveygen.toml_files import read_toml

_FOLDER = files("surveygen") / "profiles"


@dataclass(frozen=True, slots=True)
class Profile:
    """A subject: its taxonomy, and the title of a survey of it.

    `titles` are (language code, title) pairs sorted by code. `replaces` are (theme of an earlier taxonomy, its
    successor in this one) pairs sorted by theme: papers that a person put under the first are placed under the second.
    `glossaries` are (language code, (term, translation) pairs), all sorted.
    """

    name: str
    title: str = ""
    titles: tuple[tuple[str, str], ...] = ()
    description: str = ""
    taxonomy: Taxonomy = field(default_factory=Taxonomy)
    replaces: tuple[tuple[ThemeId, ThemeId], ...] = ()
    glossaries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class _ThemeTable:
    """A table `[[theme]]`; the defaults of `id` and `name` are invalid and reported with the number of the table."""

    id: str = ""
    name: str = ""
    parent: str | None = None
    description: str = ""
    keywords: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def theme(self) -> Theme:
        """Return the theme that the table describes."""
        return Theme(
            id=ThemeId(self.id),
            name=self.name,
            parent=ThemeId(self.parent) if self.parent is not None else None,
            description=self.description,
            keywords=self.keywords,
            seeds=tuple(PaperId(seed) for seed in self.seeds),
            names=tuple(sorted(self.names.items())),
        )


@dataclass(frozen=True, slots=True)
class _ProfileFile:
    """The keys of a profile file."""

    name: str | None = None
    title: str = ""
    description: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    theme: tuple[_ThemeTable, ...] = ()
    replaces: dict[str, str] = field(default_factory=dict)
    glossary: dict[str, dict[str, object]] = field(default_factory=dict)


def shipped_profiles() -> tuple[str, ...]:
    """List the names of the profiles in the package, sorted."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_profile(name_or_path: str, base: Path) -> Profile:
    """Read a profile: a shipped name, the path of a TOML file (relative to `base`), or "none".

    Raises:
        ConfigError: there is no such profile, it is not valid TOML, has an unknown key (the hint names the nearest
            valid one) or two themes with one id, or a parent is missing or comes after its child.
    """
    if name_or_path == "none":
        return Profile("none")
    if name_or_path in shipped_profiles():
        return _read(_FOLDER / f"{name_or_path}.toml", f"{name_or_path}.toml")
    path = base / name_or_path
    if path.suffix != ".toml" and not path.is_file():
        hint = f"{did_you_mean(name_or_path, (*shipped_profiles(), 'none'))}, or give a .toml file"
        raise ConfigError(f"profile: unknown profile {name_or_path!r}", hint, path="profile")
    return _read(path, str(path))


def _read(source: Traversable, label: str) -> Profile:
    file = read_toml(_ProfileFile, source)
    _check_themes(file.theme, label)
    ids = {theme.id for theme in file.theme}
    for old, new in file.replaces.items():
        if new not in ids:
            where = f"replaces.{old}"
            message = f"{label}: {where} names {new!r}, which is not a theme of the profile"
            raise ConfigError(message, did_you_mean(new, ids), path=where)
    glossaries: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for code, terms in sorted(file.glossary.items()):
        pairs: list[tuple[str, str]] = []
        for term, translation in sorted(terms.items()):
            if not isinstance(translation, str):
                where = f"glossary.{code}.{term}"
                raise ConfigError(f"{label}: {where} = {translation!r} is not a string", "fix the value", path=where)
            pairs.append((term, translation))
        glossaries.append((code, tuple(pairs)))
    return Profile(
        name=Path(label).stem if file.name is None else file.name,
        title=file.title,
        titles=tuple(sorted(file.titles.items())),
        description=file.description,
        taxonomy=Taxonomy(tuple(table.theme() for table in file.theme)),
        glossaries=tuple(glossaries),
        replaces=tuple(sorted((ThemeId(old), ThemeId(new)) for old, new in file.replaces.items())),
    )


def _check_themes(themes: tuple[_ThemeTable, ...], label: str) -> None:
    """Raise unless each theme has an id of its own and a name, and comes after its parent."""
    all_ids = {theme.id for theme in themes}
    earlier: set[str] = set()
    for n, theme in enumerate(themes):
        where = f"theme[{n}]"
        for key, value in (("id", theme.id), ("name", theme.name)):
            if not value.strip():
                raise ConfigError(f"{label}: {where} has no {key}", f'add: {key} = "..."', path=f"{where}.{key}")
        if theme.id in earlier:
            raise ConfigError(f"{label}: two themes have the id {theme.id!r}", "rename one", path=f"{where}.id")
        if theme.parent is not None and theme.parent not in earlier:
            hint = "move the parent above it" if theme.parent in all_ids else did_you_mean(theme.parent, all_ids)
            message = f"{label}: theme {theme.id!r} names the parent {theme.parent!r}, which is not defined above it"
            raise ConfigError(message, hint, path=f"{where}.parent")
        earlier.add(theme.id)
