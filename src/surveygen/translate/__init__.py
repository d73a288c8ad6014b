"""Translate the sentences of a survey.

Every public module of this package is an engine. It has one function::

    def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> Translator

`connect` returns the client of the survey's language model; an engine that needs none ignores it. The smallest engine::

    class Echo:
        fingerprint, workers, batch_size, last_error = "echo", 0, 50, ""

        def supports(self, source, target):
            return True

        def translate(self, batch, source, target):
            return [masked.text for masked in batch]

Engines are not trusted: a translation is unmasked and checked (`validation_error`) before it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from surveygen.translate._check import validation_error
from surveygen.translate._mask import Glossary, Masked, Placeholder, mask, read_glossary, unmask

__all__ = ["Glossary", "Masked", "Placeholder", "Translator", "mask", "read_glossary", "unmask", "validation_error"]


class Translator(Protocol):
    """An engine that translates masked sentences."""

    @property
    def fingerprint(self) -> str:
        """Name the engine and what its answers depend on besides the text and the languages."""
        ...

    @property
    def workers(self) -> int:
        """How many threads may call it at once; 0 if it works on this machine, one batch after the other."""
        ...

    @property
    def batch_size(self) -> int:
        """The most sentences of one call."""
        ...

    @property
    def last_error(self) -> str:
        """Why the last batch had no answer; empty if it had one."""
        ...

    def supports(self, source: str, target: str) -> bool:
        """Whether it translates between two languages, ISO 639-1.

        Raises:
            ConfigError: the engine cannot be used at all: a program, a package or a model is missing.
        """
        ...

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return each sentence in the target language, with its placeholders; None if there is no answer this time.

        Raises:
            ConfigError: as for `supports`.
        """
        ...
