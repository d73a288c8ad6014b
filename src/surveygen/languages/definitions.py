"""Write and read the definitions of induced themes: fixed words around their phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from babel.lists import format_list

from surveygen.languages import load

_SOURCE = "en"  # language in which definitions are stored
_KEYS = ("theme_on_with", "theme_on_and", "theme_on", "theme_mixed", "theme_like")  # the most specific ones first


@dataclass(frozen=True, slots=True)
class Definition:
    """A computed definition.

    Attributes:
        key: of its wording in the language files.
        name: of the theme, as in the sentence; empty where the sentence does not have it.
        topics: noun phrases of titles. title: of the paper that the theme is like.
    """

    key: str
    name: str = ""
    topics: tuple[str, ...] = ()
    title: str = ""

    @classmethod
    def of(cls, name: str, topics: Sequence[str] = ()) -> Definition:
        """Define a theme by its name, and by further phrases if there are any."""
        return cls("theme_on_with" if topics else "theme_on", name, tuple(topics))

    @classmethod
    def of_several(cls, topics: Sequence[str]) -> Definition:
        """Define a theme whose papers share no subject."""
        return cls("theme_mixed", topics=tuple(topics))

    def say(self, language: str = _SOURCE) -> str:
        """Write the definition in one of the shipped languages."""
        listed = join(self.topics, language)
        return load(language).say(self.key, name=self.name, topics=listed, keywords=listed, title=self.title)

    def renamed(self, name: str) -> Definition:
        """Return the definition of the theme under another name; that of several subjects is now of one."""
        if self.key == "theme_like":
            return self.of(name)
        return self.of(name, self.topics) if self.key == "theme_mixed" else replace(self, name=name)


def read_definition(text: str) -> Definition | None:
    """Return the computed definition that an English sentence is, or None where a person wrote it."""
    for key, pattern in _patterns():
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            listed = values.get("topics") or values.get("keywords") or ""
            topics = tuple(re.split(r", | and ", listed)) if listed else ()
            return Definition(key, values.get("name", ""), topics, values.get("title", ""))
    return None


def join(words: Sequence[str], language: str) -> str:
    """Join words as a list of the language; in English without a comma before "and"."""
    return format_list(words, locale="en_GB" if language == _SOURCE else language)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = load(_SOURCE).words
    return tuple((key, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(str(words[key]))))) for key in _KEYS)
