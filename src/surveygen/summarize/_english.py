"""Word lists and phrase patterns of English, and the forms of its verbs."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_SIBILANTS = ("s", "x", "z", "ch", "sh", "o")  # endings that take "es"


@cache
def word_list(name: str) -> frozenset[str]:
    """Return one list of `_english.toml`; a dot leads into a table ("stop_words.es")."""
    node: Any = _data()
    for key in name.split("."):
        node = node[key]
    return frozenset(node.split() if isinstance(node, str) else node)


@cache
def word_pairs(name: str) -> dict[str, str]:
    """Return one list of entries "word:meaning" as a dictionary."""
    return dict(entry.split(":", 1) for entry in sorted(word_list(name)))


def any_word(name: str) -> str:
    """Return a regular expression, without a group, that matches any word of a list, the longest first."""
    return "|".join(sorted(word_list(name), key=lambda word: (-len(word), word)))


@cache
def phrases(name: str) -> str:
    """Return a regular expression, one group, that matches any line of a pattern of `_english.toml`."""
    lines: str = _data()["patterns"][name]
    return f"(?:{'|'.join(lines.strip().splitlines())})"


def cue_patterns() -> dict[str, re.Pattern[str]]:
    """Return the cue phrases of the role classifier by name, for lower-case text."""
    return {name: re.compile(pattern) for name, pattern in _data()["cues"].items()}


def third_person(verb: str) -> str:
    """Put a base form into the third person singular; other words stay.

    >>> third_person("study"), third_person("teach"), third_person("are"), third_person("trained")
    ('studies', 'teaches', 'is', 'trained')
    """
    irregular = {"are": "is", "were": "was", "have": "has", "do": "does"}
    if verb in irregular:
        return irregular[verb]
    if verb not in word_list("verbs"):
        return verb
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(_SIBILANTS) else f"{verb}s"


@cache
def base_forms() -> dict[str, str]:
    """Map the third person singular of every listed verb to its base form."""
    return {third_person(verb): verb for verb in sorted(word_list("verbs"))}


@cache
def past_forms() -> frozenset[str]:
    """Return the simple past and the participle of every listed verb."""
    irregular = {entry.split(":")[0]: entry.split(":")[1:] for entry in word_list("irregular")}
    forms: set[str] = set()
    for verb in word_list("verbs"):
        if verb in irregular:
            forms.update(irregular[verb])
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            forms.add(f"{verb[:-1]}ied")
        else:
            forms.add(f"{verb}d" if verb.endswith("e") else f"{verb}ed")
    return frozenset(forms)


def is_finite(word: str, before: str) -> bool:
    """Whether a word can be the finite verb of a clause, given the word before it."""
    if word in word_list("auxiliaries") or word in base_forms() or word in past_forms():
        return True
    plural_subject = before.endswith(("s", "]")) or before in {"we", "they", "people", "data", "who", "that", "which"}
    return plural_subject and (word in word_list("verbs") or word.endswith(("ize", "ise", "ify", "ate")))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "_english.toml").read_text(encoding="utf-8"))
