"""Terms with a translation of their own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveygen.domain.text import clean
from surveygen.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Glossary:
    """(term, its translation) pairs of one target language; of two terms at one place the longer one counts.

    Terms are found whatever their case, as whole words; "reward model" does not stand for "reward models". A
    translation that is empty keeps the term as the source has it.
    """

    terms: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, *layers: Mapping[str, str]) -> Glossary:
        """Make a glossary; a later layer goes before an earlier one."""
        merged = {clean(term).casefold(): clean(said) for layer in layers for term, said in layer.items()}
        return cls(tuple(sorted(merged.items(), key=lambda pair: (-len(pair[0]), pair[0]))))

    def name(self, words: str) -> str:
        """Return the translation of words that are one term as a whole, empty if they are none."""
        known = dict(self.terms)
        term = clean(words).casefold()
        return known[term] or words if term in known else ""

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, translation) of each term in a text."""
        if not self.terms:
            return
        choice = "|".join(re.escape(term) for term, _ in self.terms)
        known = dict(self.terms)
        for found in re.finditer(rf"(?<![\w-])(?:{choice})(?![\w-])", text, re.IGNORECASE):
            yield found.start(), found.end(), known.get(found[0].casefold()) or found[0]


def read_glossary(text: str, label: str) -> dict[str, str]:
    """Read a glossary file: ``"term" = "translation"`` lines of TOML; an empty translation keeps the term.

    Raises:
        ConfigError: no TOML, a value that is no string, or an empty term.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{label}: not valid TOML: {error}", 'write lines such as "reward model" = "..."') from error
    for term, said in data.items():
        if not isinstance(said, str) or not term.strip():
            message = f"{label}: {term!r} = {said!r} is not a term and its translation"
            raise ConfigError(message, 'write "term" = "translation"', path=term)
    return data
