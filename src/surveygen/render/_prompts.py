"""Fill the prompts for a language model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from surveygen.render.templates import TemplateRoots, fill, prompt_environment

_FOLDER = "prompts"
_TAG = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)


class PromptTemplates:
    """The templates below ``prompts/``, a survey's own before the shipped ones.

    A survey may replace any of them; the fence around the papers and the words that must not come back stay checked,
    as both follow from the templates in use.
    """

    def __init__(self, roots: TemplateRoots) -> None:
        self._environment = prompt_environment(roots)
        self._texts = _texts(roots)

    @property
    def fingerprint(self) -> str:
        """Hash of every template that a prompt can be made of."""
        digest = hashlib.sha256()
        for name, text in sorted(self._texts.items()):
            digest.update(f"{name}\0{text}\0".encode())
        return digest.hexdigest()[:16]

    @property
    def canary(self) -> str:
        """A word that no paper has; another one whenever a template changes."""
        return f"zq{self.fingerprint}"

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return a prompt.

        Raises:
            TemplateError: a template is missing, not well formed or names something unknown.
        """
        return fill(self._environment, f"{_FOLDER}/{name}.txt.j2", values)

    def instructions(self, name: str) -> str:
        """Return the fixed words of a template, without its tags and fences."""
        return _TAG.sub(" ", self._texts[f"{name}.txt.j2"])


def _texts(roots: TemplateRoots) -> dict[str, str]:
    folders: list[Path] = [roots.shipped / _FOLDER, *([roots.user / _FOLDER] if roots.user else [])]
    found = (path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.j2")))
    return {path.name: path.read_text(encoding="utf-8") for path in found}
