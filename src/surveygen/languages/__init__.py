"""Fixed words, numbers and dates of each language, read from its TOML file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from babel import Locale, dates, numbers

from surveygen.errors import ConfigError, did_you_mean

Wording = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Language:
    """Fixed words of one language, and its way to write numbers and dates.

    Attributes:
        code: ISO 639-1, the name of the file. name: of the language in the language itself.
        latex: name of the language in the babel package of LaTeX.
        words: text by key; a mapping from CLDR plural categories to texts where it depends on a number.
        separator: between the items of a list in a sentence. sentence_gap: between two sentences.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    latex: str
    words: Mapping[str, Wording]
    separator: str = "; "
    sentence_gap: str = " "

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key with values filled in; integers and percentages (floats) are formatted.

        The value `n` selects the plural form.

        Raises:
            KeyError: neither the language nor English has the key.
        """
        wording = self.words[key]
        if not isinstance(wording, str):
            n = values["n"]
            form = Locale.parse(self.code).plural_form(n if isinstance(n, int) else 0)
            wording = wording.get(form, wording["other"])
        written = {name: self.number(value) for name, value in values.items() if isinstance(value, int)}
        written |= {name: self.percent(value) for name, value in values.items() if isinstance(value, float)}
        return wording.format(**{**values, **written})

    def number(self, value: float) -> str:
        """Write a number with the language's separators, in Latin digits."""
        return numbers.format_decimal(value, locale=self.code, numbering_system="latn")

    def decimal(self, value: float) -> str:
        """Write a number with two decimals, in Latin digits."""
        return numbers.format_decimal(value, format="0.00", locale=self.code, numbering_system="latn")

    def percent(self, share: float) -> str:
        """Write a share of 0 to 1 as a percentage with at most one decimal, rounded down: only 1.0 is 100 %."""
        share = math.floor(share * 1000 + 1e-9) / 1000
        pattern = Locale.parse(self.code).percent_formats[None].pattern.replace("0", "0.#")
        return numbers.format_percent(share, format=pattern, locale=self.code, numbering_system="latn")

    def day(self, iso: str) -> str:
        """Write an ISO 8601 date; a year or a month stays as it is."""
        if len(iso) < len("2023-05-01"):
            return iso
        return dates.format_date(date.fromisoformat(iso[:10]), format="long", locale=self.code)


@cache
def codes() -> tuple[str, ...]:
    """List the codes of all language files."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def direction_of(code: str) -> Literal["ltr", "rtl", "auto"]:
    """Return the direction of writing, or "auto" for a language without a file."""
    return load(code).direction if code in codes() else "auto"


@cache
def load(code: str) -> Language:
    """Read a language file; missing words are taken from English.

    Raises:
        ConfigError: there is no file for the language.
    """
    if code not in codes():
        raise ConfigError(f"languages: unknown language {code!r}", did_you_mean(code, codes()))
    data = tomllib.loads((files(__name__) / f"{code}.toml").read_text(encoding="utf-8"))
    english = load("en").words if code != "en" else {}
    return msgspec.convert({**data, "code": code, "words": {**english, **data["words"]}}, Language)
