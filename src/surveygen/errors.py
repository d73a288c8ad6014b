"""The error tree: what happened, what to do, which exit code.

::

    SurveygenError            1   a check failed
    ├── ConfigError           2   usage, survey.toml or a taxonomy file
    ├── SourceError           3   a file or a server that papers come from
    ├── CorpusError           4   the store, or nothing in it to work with
    ├── EncoderError          5   the embedding model
    ├── ThemeError            6   the taxonomy or a theme
    ├── SummaryError          7   summaries and language models
    └── TemplateError         8   templates, rendering, TeX
"""

from __future__ import annotations

from typing import ClassVar


class SurveygenError(Exception):
    """Something a person can mend.

    Args:
        message: what happened, with the value, in one line.
        hint: what to do about it, in one line; empty if nothing can be said.
        retryable: whether the same call may succeed later without a change.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable


class ConfigError(SurveygenError):
    """A setting, a profile or a command's words cannot be used; `path` is the key."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, path: str = "") -> None:
        super().__init__(message, hint)
        self.path = path


class SourceError(SurveygenError):
    """A source gave no usable answer; `url` and `attempt` say which request."""

    exit_code = 3

    def __init__(
        self, message: str, hint: str = "", *, url: str = "", attempt: int = 0, status: int = 0, retryable: bool = False
    ) -> None:
        super().__init__(message, hint, retryable=retryable)
        self.url = url
        self.attempt = attempt
        self.status = status


class CorpusError(SurveygenError):
    """The store cannot be read or written, or holds nothing to work with."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int = 0) -> None:
        super().__init__(message, hint)
        self.file = file
        self.line = line


class EncoderError(SurveygenError):
    """The embedding model is missing, damaged or gave no usable vectors."""

    exit_code = 5


class ThemeError(SurveygenError):
    """A theme is unknown, or the taxonomy cannot be used."""

    exit_code = 6


class SummaryError(SurveygenError):
    """A summary could not be written; `theme` and `provider` say which."""

    exit_code = 7

    def __init__(self, message: str, hint: str = "", *, theme: str = "", provider: str = "") -> None:
        super().__init__(message, hint)
        self.theme = theme
        self.provider = provider


class TemplateError(SurveygenError):
    """A template or a rendered file is at fault; `template` and `line` say where."""

    exit_code = 8

    def __init__(self, message: str, hint: str = "", *, template: str = "", line: int = 0) -> None:
        super().__init__(message, hint)
        self.template = template
        self.line = line
