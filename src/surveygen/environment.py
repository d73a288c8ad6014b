"""Environment variables and user folders."""

from __future__ import annotations

import getpass
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from surveygen.config import LOOPBACK
from surveygen.errors import ConfigError


def now_override() -> str | None:
    """Return the value of SOURCE_DATE_EPOCH, the convention for reproducible builds; None if it is not set."""
    return os.environ.get("SOURCE_DATE_EPOCH")


def api_key(service: str) -> str:
    """Return the key of a service from the environment, such as OPENALEX_API_KEY; empty if it is not set.

    Raises:
        ConfigError: the key contains blanks or characters that are not ASCII; it is not shown.
    """
    name = f"{service.upper()}_API_KEY"
    key = os.environ.get(name, "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise ConfigError(f"{name}: contains characters that are not allowed in a key", "copy the key again", path=name)
    return key


def login_name() -> str:
    """Return the login name of the user, "unknown" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in the password file, as in some containers
        return "unknown"


def model_key(base_url: str) -> str | None:
    """Return the key for a language model: SURVEYGEN_API_KEY, else None: the provider's own variable is used.

    A server on this machine gets a placeholder, as most require no key and clients insist on one.
    """
    key = os.environ.get("SURVEYGEN_API_KEY")
    local = urlsplit(base_url).hostname in LOOPBACK
    return key or ("local" if local else None)


def cache_folder() -> Path:
    """Return the user's cache folder of surveygen, in XDG_CACHE_HOME or ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "surveygen"
