"""Environment variables and user folders."""

from __future__ import annotations

import getpass
import os
import re
import stat
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from surveygen.config import LOOPBACK
from surveygen.errors import ConfigError
from surveygen.redaction import is_secret

# What a program is told of the environment: where programs and folders are, and how to write text.
_CHILD_VARIABLES = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LD_LIBRARY_PATH"}
)

_PRIVATE = 0o700


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


def forget_removed_tracer() -> None:
    """Remove the variables of a tracer that langchain no longer has, and for which it refuses every request."""
    for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):
        os.environ.pop(name, None)


def cache_folder() -> Path:
    """Return the user's cache folder of surveygen, in XDG_CACHE_HOME or ``~/.cache``."""
    return _user_folder("XDG_CACHE_HOME", ".cache")


def state_folder() -> Path:
    """Return the user's folder for what surveygen remembers, in XDG_STATE_HOME or ``~/.local/state``."""
    return _user_folder("XDG_STATE_HOME", ".local/state")


def child_environment(*prefixes: str) -> dict[str, str]:
    """Return the variables that a program gets: paths, language and time zone, and those with a prefix; no keys."""
    named = {
        name: value
        for name, value in os.environ.items()
        if name in _CHILD_VARIABLES or name.startswith(("LC_", *prefixes))
    }
    return {name: value for name, value in named.items() if not is_secret(name)}


def _user_folder(variable: str, below_home: str) -> Path:
    base = os.environ.get(variable, "")
    if Path(base).is_absolute():
        return Path(base) / "surveygen"
    try:
        return Path.home() / below_home / "surveygen"
    except RuntimeError:  # neither HOME nor an entry in the password file, as in some containers
        return temp_folder() / Path(below_home).name.lstrip(".")


def temp_folder() -> Path:
    """Return the user's own folder below the one for temporary files, which others may write to."""
    return Path(tempfile.gettempdir()) / f"surveygen-{os.getuid()}"


def make_private(folder: Path) -> bool:
    """Make a folder that only its user can open; return whether it is one.

    A folder of another user, or a link, may have been put there by somebody who waits for it.
    """
    if temp_folder() in folder.parents and not make_private(temp_folder()):
        return False
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
            return False
        if stat.S_IMODE(state.st_mode) & ~_PRIVATE:
            folder.chmod(_PRIVATE)
    except OSError:
        return False
    return True
