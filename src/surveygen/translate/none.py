"""Translate nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.translate import Masked


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> NoTranslator:
    """Make the engine that leaves each sentence in the language of its source."""
    del settings, connect
    return NoTranslator()


class NoTranslator:
    """Speaks no other language."""

    fingerprint: Final = "none"
    workers: Final = 0
    batch_size: Final = 1
    last_error: Final = ""

    def supports(self, source: str, target: str) -> bool:
        """Say no."""
        del source, target
        return False

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Answer nothing."""
        del source, target
        return [None] * len(batch)
