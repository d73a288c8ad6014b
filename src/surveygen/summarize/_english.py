"""Word lists of English, and the forms of its verbs."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_HISSING = ("s", "x", "z", "ch", "sh", "o")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "_english.toml").read_text(encoding="utf-8"))


@cache
def words(name: str) -> frozenset[str]:
    """Return one list of `_english.toml`; a dot goes into a table ("stop_words.es")."""
    node: Any = _data()
    for key in name.split("."):
        node = node[key]
    return frozenset(node.split() if isinstance(node, str) else node)


@cache
def pairs(name: str) -> dict[str, str]:
    """Return one list of entries "word:meaning" as a map."""
    return dict(entry.split(":", 1) for entry in sorted(words(name)))


@cache
def either(name: str) -> str:
    """Return the alternatives of one pattern of `_english.toml` as a group."""
    lines: str = _data()["patterns"][name]
    return f"(?:{'|'.join(lines.strip().splitlines())})"


def cues() -> dict[str, re.Pattern[str]]:
    """Return the cue phrases of the role classifier by name, for lower-case text."""
    return {name: re.compile(pattern) for name, pattern in _data()["cues"].items()}


def third_person(verb: str) -> str:
    """Put a base form into the third person singular.

    >>> third_person("study"), third_person("teach"), third_person("are"), third_person("trained")
    ('studies', 'teaches', 'is', 'trained')
    """
    fixed = {"are": "is", "were": "was", "have": "has", "do": "does"}
    if verb in fixed:
        return fixed[verb]
    if verb not in words("verbs"):
        return verb
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(_HISSING) else f"{verb}s"


@cache
def base_forms() -> dict[str, str]:
    """Map the third person singular of every listed verb to its base form."""
    return {third_person(verb): verb for verb in sorted(words("verbs"))}


@cache
def past_forms() -> frozenset[str]:
    """Return the simple past and the participle of every listed verb."""
    irregular = {entry.split(":")[0]: entry.split(":")[1:] for entry in words("irregular")}
    forms = {form for verb in words("verbs") for form in irregular.get(verb, [_regular_past(verb)])}
    return frozenset(forms)


def is_finite(word: str, before: str) -> bool:
    """Whether a word can be the finite verb of a clause, given the word before it."""
    if word in words("auxiliaries") or word in base_forms() or word in past_forms():
        return True
    plural_subject = before.endswith(("s", "]")) or before in {"we", "they", "people", "data", "who", "that", "which"}
    return plural_subject and (word in words("verbs") or word.endswith(("ize", "ise", "ify", "ate")))


def _regular_past(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"
