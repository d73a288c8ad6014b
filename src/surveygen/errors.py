"""Error classes with message, hint and exit code.

::

    SurveygenError            1   a check failed
    ├── ConfigError           2   usage, survey.toml or a taxonomy file
    ├── SourceError           3   a file or a server that provides papers
    ├── CorpusError           4   the store, or a store without papers
    ├── EncoderError          5   the embedding model
    ├── ThemeError            6   the taxonomy or a theme
    ├── SummaryError          7   summaries and language models
    └── TemplateError         8   templates, rendering, TeX
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

from surveygen.redaction import redact


class SurveygenError(Exception):
    """An error that the user can fix; keys and passwords are removed from its texts.

    Args:
        message: what happened, with the value, in one line.
        hint: what to do about it, in one line; may be empty.
        retryable: whether the same call may succeed later without a change.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", *, retryable: bool = False) -> None:
        message = redact(message)
        super().__init__(message)
        self.message = message
        self.hint = redact(hint)
        self.retryable = retryable


class ConfigError(SurveygenError):
    """A setting, a profile or an argument of a command is invalid; `path` is the key."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, path: str = "") -> None:
        super().__init__(message, hint)
        self.path = path


class SourceError(SurveygenError):
    """A file or a server gave no usable data; `url`, `attempt` and `status` identify the request."""

    exit_code = 3

    def __init__(
        self, message: str, hint: str = "", *, url: str = "", attempt: int = 0, status: int = 0, retryable: bool = False
    ) -> None:
        super().__init__(message, hint, retryable=retryable)
        self.url = url
        self.attempt = attempt
        self.status = status


class CorpusError(SurveygenError):
    """The store cannot be read or written, or has no papers to work with."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int = 0) -> None:
        super().__init__(message, hint)
        self.file = file
        self.line = line


class EncoderError(SurveygenError):
    """The embedding model is missing, damaged or returned invalid vectors."""

    exit_code = 5


class ThemeError(SurveygenError):
    """A theme is unknown, or the taxonomy cannot be used."""

    exit_code = 6


class SummaryError(SurveygenError):
    """A summary could not be written; `theme` and `provider` identify it."""

    exit_code = 7

    def __init__(self, message: str, hint: str = "", *, theme: str = "", provider: str = "") -> None:
        super().__init__(message, hint)
        self.theme = theme
        self.provider = provider


class TemplateError(SurveygenError):
    """A template or a rendered file is invalid; `template` and `line` locate the fault."""

    exit_code = 8

    def __init__(self, message: str, hint: str = "", *, template: str = "", line: int = 0) -> None:
        super().__init__(message, hint)
        self.template = template
        self.line = line


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Write a hint that names the choice nearest to a misspelt word, and all choices.

    >>> did_you_mean("htlm", ["latex", "html"])
    "did you mean 'html'? choose from html, latex"
    """
    valid = sorted(choices)
    nearest = "".join(f"did you mean {match!r}? " for match in get_close_matches(word, valid, n=1))
    return f"{nearest}choose from {', '.join(valid)}"
