"""No translation: every sentence stays in the language of its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.translate import Masked


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> NoTranslator:
    """Make the engine that translates nothing."""
    del settings, connect
    return NoTranslator()


class NoTranslator:
    """Supports no pair of languages."""

    fingerprint: Final = "none"
    workers: Final = 0
    batch_size: Final = 1
    last_error: Final = ""

    def supports(self, source: str, target: str) -> bool:
        """Return False."""
        del source, target
        return False

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return no answer for any sentence."""
        del source, target
        return [None] * len(batch)
