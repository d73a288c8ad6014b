"""Read what the environment says."""

from __future__ import annotations

import getpass
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from surveygen.config import LOOPBACK
from surveygen.errors import ConfigError


def now_override() -> str | None:
    """Return SOURCE_DATE_EPOCH, the convention for reproducible builds, as given; None if it is not set."""
    return os.environ.get("SOURCE_DATE_EPOCH")


def api_key(service: str) -> str:
    """Return the key of a service from the environment, such as OPENALEX_API_KEY; empty if there is none.

    Raises:
        ConfigError: it holds characters that no key has; they are not shown.
    """
    name = f"{service.upper()}_API_KEY"
    key = os.environ.get(name, "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise ConfigError(f"{name}: holds characters that no key has", "copy the key again", path=name)
    return key


def login_name() -> str:
    """Return the name under which the person is logged in, "unknown" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in the password file, as in some containers
        return "unknown"


def model_key(base_url: str) -> str | None:
    """Return the key for a language model: SURVEYGEN_API_KEY, else None, so that the provider's own variable holds.

    A server on this machine gets a word in place of a key, as most ask for none and clients insist on one.
    """
    key = os.environ.get("SURVEYGEN_API_KEY")
    local = urlsplit(base_url).hostname in LOOPBACK
    return key or ("local" if local else None)


def cache_folder() -> Path:
    """Return where programs of this user keep what may be deleted (XDG_CACHE_HOME, else ``~/.cache``)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "surveygen"
