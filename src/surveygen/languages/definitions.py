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
        examples: titles of two typical papers, or none.
    """

    key: str
    name: str = ""
    topics: tuple[str, ...] = ()
    title: str = ""
    examples: tuple[str, ...] = ()

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
        listed, words = join(self.topics, language), load(language)
        sentence = words.say(self.key, name=self.name, topics=listed, keywords=listed, title=self.title)
        return sentence + self.say_examples(language)

    def say_examples(self, language: str = _SOURCE) -> str:
        """Write the sentence that names typical papers, with the space before it; nothing where there are none."""
        if not self.examples:
            return ""
        first, second = self.examples
        sentence = load(language).say("theme_typical", first=first, second=second)
        return sentence if sentence.endswith("。") else f" {sentence}"

    def renamed(self, name: str) -> Definition:
        """Return the definition of the theme under another name; that of several subjects is now of one."""
        if self.key == "theme_like":
            return self.of(name)
        key = self.of(name, self.topics).key if self.key == "theme_mixed" else self.key
        return replace(self, key=key, name=name)


def read_definition(text: str) -> Definition | None:
    """Return the computed definition that an English sentence is, or None where a person wrote it."""
    last = str(load(_SOURCE).words["theme_typical"]).rpartition("}")[2]
    cited = _examples().fullmatch(text) if text.endswith(last) else None  # no search that must fail
    sentence, examples = (cited["sentence"], (cited["first"], cited["second"])) if cited else (text, ())
    for key, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            values = found.groupdict()
            listed = values.get("topics") or values.get("keywords") or ""
            topics = tuple(re.split(r", | and ", listed)) if listed else ()
            return Definition(key, values.get("name", ""), topics, values.get("title", ""), examples)
    return None


def join(words: Sequence[str], language: str) -> str:
    """Join words as a list of the language; in English without a comma before "and"."""
    return format_list(words, locale="en_GB" if language == _SOURCE else language)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((key, _pattern(key)) for key in _KEYS)


@cache
def _examples() -> re.Pattern[str]:
    """Return the pattern of a definition that names typical papers."""
    return re.compile(f"(?P<sentence>.+?) {_pattern('theme_typical').pattern}")


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(str(load(_SOURCE).words[key]))))
