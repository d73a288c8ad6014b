"""Say the sentences of a survey in another language.

Every public module here is an engine. It has one function::

    def make(settings: config.Translate, connect: Callable[[], Ask]) -> Translator

`connect` opens the way to the language model of the survey; who needs none leaves it alone. The smallest engine::

    class Echo:
        fingerprint, workers, batch_size, last_error = "echo", 0, 50, ""

        def supports(self, source, target):
            return True

        def translate(self, batch, source, target):
            return [masked.text for masked in batch]

An engine is not believed: what it says is unmasked and checked (`fault`) before it may stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from surveygen.translate._check import validation_error
from surveygen.translate._glossary import Glossary, read_glossary
from surveygen.translate._mask import Masked, Placeholder, mask, unmask

__all__ = ["Glossary", "Masked", "Placeholder", "Translator", "mask", "read_glossary", "unmask", "validation_error"]


class Translator(Protocol):
    """What every engine can do."""

    @property
    def fingerprint(self) -> str:
        """Name the engine and what its answers depend on besides the text and the languages."""
        ...

    @property
    def workers(self) -> int:
        """How many threads may ask at once; 0 if the engine works on this machine, one batch after the other."""
        ...

    @property
    def batch_size(self) -> int:
        """How many sentences it takes at once."""
        ...

    @property
    def last_error(self) -> str:
        """Why the last batch had no answer; empty if it had."""
        ...

    def supports(self, source: str, target: str) -> bool:
        """Whether it translates between two languages, ISO 639-1.

        Raises:
            ConfigError: the engine cannot be used at all: a program, a package or a model is missing.
        """
        ...

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return what each sentence is in the target language, its marks in it; None for no answer this time.

        Raises:
            ConfigError: as for `supports`.
        """
        ...
