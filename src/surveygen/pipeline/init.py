"""Creation of a survey in a new folder."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path

from surveygen.config import FILE_NAME, document_settings, load_settings, toml_value
from surveygen.domain.text import slugify
from surveygen.errors import ConfigError
from surveygen.themes import load_profile

_WIDTH = 118


def init(folder: Path, *, profile: str = "none", title: str | None = None) -> tuple[Path, ...]:
    """Make a folder with survey.toml, corpus/ and output/; return the files written.

    `profile` is a shipped name or a taxonomy file, which is copied to ``taxonomy.toml``.

    Raises:
        ConfigError: the folder is already a survey or cannot be written. ThemeError: the profile cannot be used.
    """
    settings = folder / FILE_NAME
    if settings.exists():
        raise ConfigError(f"{settings} exists already", "choose another folder, or edit that file")
    source = Path(profile)
    loaded = load_profile(profile, Path.cwd())
    name = "taxonomy.toml" if source.suffix == ".toml" else profile
    chosen = title or loaded.title or folder.resolve().name.replace("-", " ").replace("_", " ").title()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("corpus", "output"):
            (folder / part).mkdir(exist_ok=True)
        if source.suffix == ".toml":
            shutil.copyfile(source, folder / name)
        values = {"title": chosen, "slug": slugify(chosen), "profile": name, "themes.subthemes": "induced"}
        text = settings_file(values)
        settings.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}", "choose a folder with write permission") from error
    load_settings(settings)
    return (settings,)


def settings_file(values: Mapping[str, object]) -> str:
    """Return the text of a survey.toml with every key, its documentation and its value.

    Args:
        values: by dotted name, values in place of the defaults.
    """
    lines = ["# Settings of this survey: every key."]
    table = ""
    for setting in document_settings():
        if setting.table != table:
            table = setting.table
            lines += ["", *_comment(setting.table_text), f"[{table}]"]
        value = values.get(f"{table}.{setting.name}".lstrip("."), setting.default)
        # An empty table gets its header, so that keys can be written below it.
        entry = f"[{table}.{setting.name}]" if value == {} else f"{setting.name} = {toml_value(value)}"
        lines += ["", *_comment(setting.text), entry]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text[:1].upper() + text[1:], _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
