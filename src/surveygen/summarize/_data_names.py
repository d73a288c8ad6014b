"""Find names of data sets and benchmarks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from surveygen.summarize._english import phrases, word_list
from surveygen.summarize._facet_words import alternatives, is_language_pair, table, words

_NAME = r"(?:[A-Z][\w.+-]*|[a-z]*[A-Z\d][\w.+-]*)(?:[ /](?:[A-Z\d][\w.+-]*|of(?= [A-Z])))*"
_NAMES = rf"{_NAME}(?: ?\([^()]*\))?(?:(?:, and | and |, | & ){_NAME}(?: ?\([^()]*\))?)*"
_KIND = phrases("data_kinds")
_BEFORE_KIND = re.compile(rf"(?P<lead>\b[a-z-]+ )?(?P<names>{_NAMES}) (?P<kind>{_KIND})\b")  # "the MNIST dataset"
_BEHIND_KIND = re.compile(
    rf"\b{_KIND},? ?(?:such as|including|like|namely|:|\(|–|—) ?(?:(?:i\.e|e\.g)\.,? )?(?P<names>{_NAMES})"
)
_TESTED_ON = re.compile(rf"\b{phrases('tested_on')} (?:the )?(?P<names>{_NAMES})(?=[ ,.;:)])(?! (?:model|GPU|CPU))")
_DATA_HINT = re.compile(rf"{_KIND}|\b{phrases('tested_on')} ")
_ASIDE = re.compile(r" ?\([^()]*\)")
_AND = re.compile(r", and | and |, | & ")
_COINED = re.compile(r"[a-z][A-Z]|\d|[A-Z].*[A-Z]")  # ImageNet, CIFAR-10, GLUE: a name, not a word with a capital
_MIXED = re.compile(r"[a-z].*[A-Z]|[A-Z].*[a-z].*[A-Z]|[A-Za-z].*\d")  # no bare acronym, which may be a field or method
_AMOUNT = re.compile(
    r"\d[\d.,]*-?[A-Za-z]{0,2}(?:-[a-z]\w*)?(?: .*)?\Z|\d+\. |\w{1,2}\Z|\d{4} "
)  # 45TB, 12-keys, "1. First", 2016
_DATA_LEAD = re.compile(rf"\A(?:{phrases('data_leads')}) ")
_LANGUAGE_TAIL = re.compile(r" (?:[A-Z][a-z]+(?:-|–|→|-to-|/)\[?[A-Z]\w+.*|English|German|French|Chinese)\Z")
_ADJECTIVE_ENDINGS = ("-based", "-derived", "-like", "-style", "-trained", "-type", "-level", "-specific", "-related")


def data_names(text: str, context: str = "") -> tuple[str, ...]:
    """Return the names of data sets and benchmarks that a sentence mentions as such, in their order.

    Args:
        text: one sentence.
        context: the whole text of the paper, which may say what an abbreviation stands for.

    >>> data_names("It wins on the MNIST, CIFAR-10 and SVHN datasets, and we also train GPT-4 on it.")
    ('MNIST', 'CIFAR-10', 'SVHN')
    """
    line = " ".join(text.split())
    found = [*_introduced(line), *_known_names().findall(line)]
    if _COINED.search(line[1:]) and _DATA_HINT.search(line):
        found += [*_before_kind(line), *_behind_kind(line), *_tested_on(line)]
    names: list[str] = []
    for name in sorted(set(found), key=lambda name: (line.find(name), -len(name))):
        if not _is_expanded_otherwise(name, f"{line} {context}") and not any(name in other for other in names):
            names.append(name)
    return tuple(names)


def _introduced(line: str) -> Iterator[str]:
    """Yield what a sentence presents as a data set: "X, a new benchmark", "a corpus called X"."""
    for name in ("introduced", "called"):
        for match in re.finditer(alternatives(f"data.{name}"), line):
            if cleaned := _cleaned(match["name"]):
                yield cleaned


def _before_kind(line: str) -> Iterator[str]:
    for match in _BEFORE_KIND.finditer(line):
        names = [name for part in _parts(match) if (name := _cleaned(part))]
        plural = match["kind"].endswith("s") or match["kind"] == "corpora"
        named = any(_MIXED.search(name) for name in names)
        generic = (match["lead"] or "").strip() in words("data.generic_leads")
        if named or not (plural or generic):
            yield from names


def _behind_kind(line: str) -> Iterator[str]:
    for match in _BEHIND_KIND.finditer(line):
        yield from filter(None, map(_cleaned, _parts(match)))


def _tested_on(line: str) -> Iterator[str]:
    for match in _TESTED_ON.finditer(line):
        for part in _parts(match):
            if (name := _cleaned(part)) and _MIXED.search(name):
                yield name


def _parts(match: re.Match[str]) -> list[str]:
    return _AND.split(_ASIDE.sub("", match["names"]))


def _cleaned(part: str) -> str:
    """Return a name without the words around it, "" if it names something else than data."""
    name = _LANGUAGE_TAIL.sub("", _DATA_LEAD.sub("", part).strip(" .,-"))
    first = re.split(r"[ /]", name, maxsplit=1)[0].lower()
    heads = {first, first.removesuffix("s"), re.split(r"[-.\d]", first, maxsplit=1)[0]}
    other = not heads.isdisjoint(word_list("no_data") | words("data.not_data")) or _models().match(name)
    no_name = name.endswith(_ADJECTIVE_ENDINGS) or name.replace(".", "").isdigit() or _AMOUNT.match(name)
    coined = any(_COINED.search(word) for word in re.split(r"[ /]", name))
    return name if coined and not (other or no_name or is_language_pair(name)) else ""


def _is_expanded_otherwise(name: str, context: str) -> bool:
    """Whether a text introduces an abbreviation for something that is no data set."""
    if _known_names().fullmatch(name):
        return False
    match = re.search(rf"(?P<before>[\w-]+) \((?:the )?{re.escape(name)}s?\)(?P<after>(?: [\w-]+)?)", context)
    if match is None:
        return False
    return not re.search(_KIND, f"{match['before']} {match['after']}", re.IGNORECASE)


@cache
def _known_names() -> re.Pattern[str]:
    names = sorted(words("data.known"), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, names))})(?![\w/+-]|\.\d)")


@cache
def _models() -> re.Pattern[str]:
    forms = (form.replace("-", "[- ]?") if "[" not in form else form for form in table("model").values())
    return re.compile(rf"(?:{'|'.join(forms)})(?![a-z])")
