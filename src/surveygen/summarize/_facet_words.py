"""Word lists, patterns and spans from which facets are found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from babel import Locale

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Field
from surveygen.domain.text import fold_words
from surveygen.languages.detection import detect_language
from surveygen.summarize._text import split_sentences, title_parts


@dataclass(frozen=True, slots=True)
class FacetText:
    """A part of a title or a sentence of an abstract.

    Attributes:
        text: its words. folded: the same as `fold_words` gives them, with spaces. evidence: where they are.
        own: whether the authors speak of their work in it. late: whether they have done so there or before.
    """

    text: str
    folded: str
    evidence: Evidence
    own: bool
    late: bool

    @property
    def in_title(self) -> bool:
        """Whether it is a part of the title."""
        return self.evidence.field == "title"


@lru_cache(maxsize=4096)
def units(paper: Paper) -> tuple[FacetText, ...]:
    """Split a paper into the parts of its title and the sentences of its abstract.

    Authors describe their field first and then their work, so whatever follows the first sentence in which they speak
    counts as late.
    """
    fields: tuple[tuple[Field, tuple[tuple[int, int], ...]], ...] = (
        ("title", title_parts(paper.title)),
        ("abstract", split_sentences(paper.abstract)),
    )
    found = []
    late = paper.abstract_kind == "note"
    for field, spans in fields:
        text = getattr(paper, field)
        for start, end in spans:
            words = " ".join(text[start:end].split())
            own = field == "abstract" and bool(pattern("own.speaks").search(words))
            late = late or own
            evidence = Evidence(paper.id, paper.version, field, start, end)
            found.append(FacetText(words, " ".join(fold_words(words)), evidence, own, late))
    return tuple(found)


@lru_cache(maxsize=4096)
def is_english(paper: Paper) -> bool:
    """Whether the rules, which are of English, apply to a paper."""
    return detect_language(paper.abstract or paper.title) == "en"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return one pattern of `_facets.toml` ("facts.people"), one group."""
    return re.compile(alternatives(name), re.IGNORECASE)


@cache
def alternatives(name: str) -> str:
    """Return one pattern of `_facets.toml` as text, one group."""
    return f"(?:{'|'.join(_text(name).strip().splitlines())})"


@cache
def words(name: str) -> frozenset[str]:
    """Return one word list of `_facets.toml`; an underscore stands for a space."""
    return frozenset(word.replace("_", " ") for word in _text(name).split())


@cache
def table(name: str) -> Mapping[str, str]:
    """Return a table of `_facets.toml`; a dot leads into one inside another."""
    node: Any = _data()
    for key in name.split("."):
        node = node[key]
    return MappingProxyType(node)


@cache
def closed_values(name: str) -> Mapping[str, re.Pattern[str]]:
    """Return the values of a closed list with the pattern of each, which matches whole words."""
    return {
        value: re.compile(rf"(?<![\w-])(?:{alternatives(f'{name}.{value}')})(?!\w)", re.IGNORECASE)
        for value in table(name)
    }


@cache
def language_codes() -> Mapping[str, str]:
    """Return ISO 639-1 codes by English names in lower case, without names that are words of another sense."""
    names = {name.lower(): code for code, name in Locale("en").languages.items() if len(code) == 2}
    names |= table("language_aliases")
    unclear = {name.lower() for name in words("facts.names_not_languages")}
    return {name: code for name, code in names.items() if name not in unclear}


def is_language_pair(text: str) -> bool:
    """Whether a text is a direction of translation, such as "Romanian-English".

    >>> is_language_pair("Romanian-English"), is_language_pair("Adult-Income")
    (True, False)
    """
    names = re.split(r"[-–→/]", text.lower())
    return len(names) > 1 and all(name in language_codes() for name in names)


def _text(name: str) -> str:
    path, _, key = name.rpartition(".")
    return table(path)[key]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "_facets.toml").read_text(encoding="utf-8"))
