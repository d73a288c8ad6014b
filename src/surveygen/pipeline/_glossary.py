"""Put the glossary of a language together."""

from __future__ import annotations

from surveygen.config import Project
from surveygen.errors import ConfigError
from surveygen.themes import Profile
from surveygen.translate import Glossary, read_glossary


def glossary_of(project: Project, profile: Profile, language: str) -> Glossary:
    """Join the terms of the profile with those of ``glossary/<language>.toml``, which go first.

    Raises:
        ConfigError: the file cannot be read, or is no glossary.
    """
    path = project.glossary / f"{language}.toml"
    own: dict[str, str] = {}
    if path.is_file():
        try:
            own = read_glossary(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}", "check the file; it must be UTF-8") from error
    return Glossary.of(dict(dict(profile.glossaries).get(language, ())), own)
