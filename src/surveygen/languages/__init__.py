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

from babel import Locale, dates, numbers

from surveygen.errors import ConfigError, did_you_mean

Wording = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        code: ISO 639-1, the name of the file. name: what its speakers call it.
        latex: the name that the babel package of LaTeX knows it by.
        words: wording by key; a mapping of CLDR plural categories where a number decides.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    latex: str
    words: Mapping[str, Wording]

    def say(self, key: str, **values: object) -> str:
        """Return the wording of a key, with values filled in and numbers written the way of the language.

        A value named `n` chooses the plural form. A float is written as a percentage.

        Raises:
            KeyError: no language file, not even English, has the key.
        """
        wording = self.words[key]
        if not isinstance(wording, str):
            n = values["n"]
            form = Locale.parse(self.code).plural_form(n if isinstance(n, int) else 0)
            wording = wording.get(form, wording["other"])
        return wording.format(**{name: self._write(value) for name, value in values.items()})

    def _write(self, value: object) -> str:
        if isinstance(value, int):
            return self.number(value)
        return self.percent(value) if isinstance(value, float) else str(value)

    def number(self, value: float) -> str:
        """Write a number with the language's separators, in Latin digits."""
        return numbers.format_decimal(value, locale=self.code, numbering_system="latn")

    def decimal(self, value: float) -> str:
        """Write a number with two decimals, in Latin digits."""
        return numbers.format_decimal(value, format="0.00", locale=self.code, numbering_system="latn")

    def percent(self, share: float) -> str:
        """Write a share of 0 to 1 as a percentage with at most one decimal, rounded down: 100 % means all."""
        share = math.floor(share * 1000 + 1e-9) / 1000
        return numbers.format_percent(share, format="#,##0.#%", locale=self.code, numbering_system="latn")

    def day(self, iso: str) -> str:
        """Write the day, month or year of an ISO 8601 date as precisely as it is known."""
        if len(iso) < len("2023-05-01"):
            return iso
        return dates.format_date(date.fromisoformat(iso[:10]), format="long", locale=self.code)


@cache
def codes() -> tuple[str, ...]:
    """List the languages there are, sorted by code."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def direction_of(code: str) -> Literal["ltr", "rtl", "auto"]:
    """Return how a language is written, "auto" where there is no file for it."""
    return load(code).direction if code in codes() else "auto"


@cache
def load(code: str) -> Language:
    """Read a language file; a wording it lacks is taken from English.

    Raises:
        ConfigError: there is no file for that language.
    """
    if code not in codes():
        raise ConfigError(f"languages: unknown language {code!r}", did_you_mean(code, codes()))
    data = tomllib.loads((files(__name__) / f"{code}.toml").read_text(encoding="utf-8"))
    english = load("en").words if code != "en" else {}
    return Language(
        code=code,
        name=data["name"],
        direction=data["direction"],
        latex=data["latex"],
        words={**english, **data["words"]},
    )
