"""Translate by the models that Argos Translate has installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.errors import ConfigError
from surveygen.translate import Masked


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> Argos:
    """Make the engine; nothing heavy is imported yet."""
    del connect
    return Argos(settings)


class Argos:
    """One sentence after the other; a pair without a model goes by way of English, as Argos does it."""

    workers: Final = 0
    batch_size: Final = 16
    last_error: Final = ""

    def __init__(self, settings: TranslateSettings) -> None:
        self._settings = settings
        self._pair = cache(self._found)

    @property
    def fingerprint(self) -> str:
        """The library's version; the models have none that it tells, so a newer one wants another revision."""
        try:
            known = version("argostranslate")
        except PackageNotFoundError:
            known = ""
        return f"argos: {known} {self._settings.revision}".strip()

    def supports(self, source: str, target: str) -> bool:
        """Tell whether there are models for the pair.

        Raises:
            ConfigError: Argos Translate is not installed.
        """
        return self._pair(source, target) is not None

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return what the models say."""
        model = self._pair(source, target)
        return [str(model.translate(masked.text)) if model is not None else None for masked in batch]

    def _found(self, source: str, target: str) -> Any:  # noqa: ANN401  # a translation of Argos
        try:
            from argostranslate import translate as argos  # noqa: PLC0415  # seconds to import
        except ImportError as error:
            raise ConfigError(
                f"translate.engine: argos needs a package that is missing: {error.name or 'argostranslate'}",
                'run: pip install "surveygen[argos]", and install models with argospm',
                path="translate.engine",
            ) from error
        known = {language.code: language for language in argos.get_installed_languages()}
        ours, theirs = (known.get(self._settings.code(code)) for code in (source, target))
        return ours.get_translation(theirs) if ours is not None and theirs is not None else None
