"""Translation by the models that Argos Translate has installed."""

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
    """Make the engine; Argos is imported when something is translated."""
    del connect
    return Argos(settings)


class Argos:
    """Translates one sentence after the other; a pair without a model goes through English, as Argos does it."""

    workers: Final = 0
    batch_size: Final = 16
    last_error: Final = ""

    def __init__(self, settings: TranslateSettings) -> None:
        self._settings = settings
        self._model = cache(self._load_model)

    @property
    def fingerprint(self) -> str:
        """The library's version; it reports none of the models, so a newer model needs another `revision`."""
        try:
            installed = version("argostranslate")
        except PackageNotFoundError:
            installed = ""
        return f"argos: {installed} {self._settings.revision}".strip()

    def supports(self, source: str, target: str) -> bool:
        """Whether models for the pair are installed.

        Raises:
            ConfigError: Argos Translate is not installed.
        """
        return self._model(source, target) is not None

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return the translations of the model."""
        model = self._model(source, target)
        return [str(model.translate(masked.text)) if model is not None else None for masked in batch]

    def _load_model(self, source: str, target: str) -> Any:  # noqa: ANN401  # a translation of Argos
        try:
            from argostranslate import translate as argos  # noqa: PLC0415  # seconds to import
        except ImportError as error:
            raise ConfigError(
                f"translate.engine: argos needs a package that is missing: {error.name or 'argostranslate'}",
                'run: pip install "surveygen[argos]", and install models with argospm',
                path="translate.engine",
            ) from error
        installed = {language.code: language for language in argos.get_installed_languages()}
        from_language, to_language = (installed.get(self._settings.code(code)) for code in (source, target))
        return from_language.get_translation(to_language) if from_language and to_language else None
