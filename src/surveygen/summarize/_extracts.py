"""Take a question, or the names of data, out of a span."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from surveygen.summarize._english import either, words
from surveygen.summarize._sentence_quality import dangles

_ASKING = re.compile(rf"(?:{either('asking')})\b", re.IGNORECASE)
_SHORTEST, _LONGEST = 4, 30  # words of a question
_NAME = r"(?:[A-Z][\w.+-]*|[a-z]*[A-Z\d][\w.+-]*)(?:[ /](?:[A-Z\d][\w.+-]*|of(?= [A-Z])))*"
_NAMES = rf"{_NAME}(?: ?\([^()]*\))?(?:(?:, and | and |, | & ){_NAME}(?: ?\([^()]*\))?)*"
_KIND = either("data_kinds")
_BEFORE = re.compile(
    rf"(?P<names>{_NAMES}) (?:(?!and\b|or\b)[\w-]+ )?{_KIND}\b"
)  # "on the MNIST and CIFAR-10 datasets"
_AFTER = re.compile(
    rf"\b{_KIND},? ?(?:such as|including|like|namely|called|named|:|\(|–|—) ?(?:(?:i\.e|e\.g)\.,? )?(?P<names>{_NAMES})"
)
_ON = re.compile(rf"\b{either('tested_on')} (?:the )?(?P<names>{_NAMES})(?=[ ,.;:)])")
_HINT = re.compile(rf"{_KIND}|\b{either('tested_on')} ")
_ASIDE = re.compile(r" ?\([^()]*\)")
_JOINT = re.compile(r", and | and |, | & ")
_MADE_UP = re.compile(r"[a-z][A-Z]|\d|[A-Z].*[A-Z]")  # ImageNet, CIFAR-10, GLUE: a name, not a word with a capital
_AMOUNT = re.compile(r"\d[\d.,]*-?[A-Za-z]{0,2}(?:-\w+)?\Z|\d+\. |\w{1,2}\Z|\d{4} ")  # 45TB, 12-keys, "1. First", 2016
_LEAD = re.compile(rf"\A(?:{either('data_leads')}) ")
_FORMED = ("-based", "-derived", "-like", "-style", "-trained", "-type", "-level")
_MOST_NAMES = 6


def question(span: str) -> str:
    """Return a question that can be understood alone, "" if the span is none."""
    text = " ".join(span.split())
    count = len(text.split())
    if not text.endswith("?") or not _ASKING.match(text) or not _SHORTEST <= count <= _LONGEST or dangles(text):
        return ""
    return text


def data(span: str) -> str:
    """Return the names of the data sets and benchmarks that a span names as such, "" if there are none.

    >>> data("It wins on the MNIST, CIFAR-10 and SVHN datasets, and we also train GPT-4 on it.")
    'MNIST; CIFAR-10; SVHN'
    """
    if not _MADE_UP.search(span[1:]) or not _HINT.search(span):
        return ""
    return "; ".join(list(dict.fromkeys(_data(" ".join(span.split()))))[:_MOST_NAMES])


EXTRACTS: Mapping[str, Callable[[str], str]] = {"question": question, "data": data}


def _data(text: str) -> Iterator[str]:
    found = sorted((each for pattern in (_BEFORE, _AFTER, _ON) for each in pattern.finditer(text)), key=_start)
    for each in found:
        for name in _JOINT.split(_ASIDE.sub("", each["names"])):
            bare = _LEAD.sub("", name).strip(" .,-+")
            if _MADE_UP.search(bare) and not (_AMOUNT.match(bare) or _is_other(bare)):
                yield bare


def _start(found: re.Match[str]) -> int:
    return found.start("names")


def _is_other(name: str) -> bool:
    """Whether a name is that of a field, a model or a measure rather than of data."""
    first = re.split(r"[- ./\d]", name, maxsplit=1)[0].lower()
    return (
        first in words("no_data")
        or first.removesuffix("s") in words("no_data")
        or name.endswith(_FORMED)
        or name.replace(".", "").isdigit()
    )
