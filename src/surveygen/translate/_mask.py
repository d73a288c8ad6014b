"""Hide from an engine what it must not change, and put it back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from surveygen.domain.inline import protected_spans
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean
from surveygen.translate._glossary import Glossary

# Two letters that no language writes in a row, and a number: rule-based and neural engines copy such a word. The first
# pair that the text does not hold is taken.
_PREFIXES = ("XQ", "ZQ", "QX", "QZ", "XZ")
_ADDRESS = re.compile(
    r"`[^`]+`"
    r"|(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]"
    r"|\b10\.\d{4,9}/[^\s<>\"]*[^\s<>\".,;:!?)\]]"
    r"|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\barXiv:\S*\w|\b\d{4}\.\d{4,5}(?:v\d+)?\b|\b[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?\b"
    r"|\\[A-Za-z]+(?:\{[^{}]*\})?|\\[^\w\s]"
    r"|\$\d[\d.,]*\d|\$\d|\b\w+_\w+\b"
)
# Names: "Casper et al.", GPT-4, word2vec, LLaMA, RLHF, ReLU.
_NAME = re.compile(
    r"\b[^\W\d_][\w'’-]+ et al\.(?!\w)"
    r"|\b[^\W\d_][\w-]*\d(?:[\w-]*\w)?(?:\.\d+)*"
    r"|\b\d+(?:\.\d+)?[A-Z]{1,2}\b"
    r"|\b\w*(?:[A-Z]\w*[A-Z]|[a-z][A-Z])\w*"
)
_END = re.compile(r"[.!?…。！？؟।]+[\"'”’»)\]」』]*\Z")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a mark stands for: a piece of the source, and what the translation shows in its place."""

    mark: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence as an engine gets it; `tail` are the citations that stood before its final full stop."""

    text: str
    placeholders: tuple[Placeholder, ...] = ()
    tail: str = ""

    @property
    def words(self) -> str:
        """The text without its marks."""
        text = self.text
        for kept in reversed(self.placeholders):  # XQ12 before XQ1
            text = text.replace(kept.mark, " ")
        return text

    @property
    def begins_large(self) -> bool:
        """Whether the source begins with a capital letter."""
        starts = self.placeholders and self.text.startswith(self.placeholders[0].mark)
        return (self.placeholders[0].source if starts else self.text)[:1].isupper()


def mask(text: str, cites: Collection[PaperId], glossary: Glossary) -> Masked:
    """Put marks for mathematics, citations, addresses, code, names and the terms of a glossary.

    >>> mask("GPT-4 needs $n$ steps [@2101.00001].", ["2101.00001"], Glossary())
    Masked(text='XQ1 needs XQ2 steps.', placeholders=(Placeholder(mark='XQ1', source='GPT-4', target='GPT-4'), \
Placeholder(mark='XQ2', source='$n$', target='$n$')), tail=' [@2101.00001]')
    """
    text, tail = _without_tail(clean(text), cites)
    prefix = next((each for each in _PREFIXES if each.lower() not in text.lower()), _PREFIXES[0])
    pieces: list[str] = []
    kept: list[Placeholder] = []
    last = 0
    for start, end, becomes in _joined(text, _spans(text, cites, glossary)):
        kept.append(Placeholder(f"{prefix}{len(kept) + 1}", text[start:end], becomes))
        pieces += [text[last:start], kept[-1].mark]
        last = end
    return Masked("".join([*pieces, text[last:]]), tuple(kept), tail)


def unmask(answer: str, masked: Masked) -> str | None:
    """Put the pieces back where their marks stand; None if a mark is missing, stands twice or is none of ours."""
    text = clean(answer)
    if masked.placeholders:
        prefix = masked.placeholders[0].mark[:2]
        known = {kept.mark[2:]: kept.target for kept in masked.placeholders}
        # An engine may write a mark in small letters, or part it.
        form = re.compile(rf"{prefix[0]}\s?{prefix[1]}\s?(\d+)", re.IGNORECASE)
        if sorted(form.findall(text)) != sorted(known):
            return None
        first = form.match(text)
        text = form.sub(lambda found: known[found[1]], text)
        if first and masked.begins_large:  # a term of the glossary is written as within a sentence
            text = text[:1].upper() + text[1:]
    end = _END.search(text)
    place = end.start() if end else len(text)
    return f"{text[:place]}{masked.tail}{text[place:]}"


def _without_tail(text: str, cites: Collection[PaperId]) -> tuple[str, str]:
    found = re.search(r"((?:\s?\[@[^\]\s]+\])+)([.!?…。！？؟।]*[\"'”’»)\]」』]*)\Z", text)
    if not found or not set(re.findall(r"\[@([^\]\s]+)\]", found[1])) <= set(cites):
        return text, ""
    return text[: found.start()] + found[2], found[1]


def _spans(text: str, cites: Collection[PaperId], glossary: Glossary) -> list[tuple[int, int, str]]:
    """Return (start, end, translation) of what is kept, in order; where two overlap, the kind named first counts."""
    taken: list[tuple[int, int, str]] = []
    kinds: Iterable[Iterable[tuple[int, int, str]]] = (
        ((start, end, text[start:end]) for start, end in protected_spans(text, cites)),
        _matches(_ADDRESS, text),
        glossary.find(text),
        _matches(_NAME, text),
    )
    for kind in kinds:
        taken += [span for span in kind if not any(span[0] < end and start < span[1] for start, end, _ in taken)]
    return sorted(taken)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int, str]]:
    return ((found.start(), found.end(), found[0]) for found in pattern.finditer(text))


def _joined(text: str, spans: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Join what is kept with figures and citations behind it: an engine would take them for one word with the mark."""
    last: tuple[int, int, str] | None = None
    for span in spans:
        if last and span[0] < last[1]:
            continue
        if figures := re.compile(r"\d+").match(text, span[1]):
            span = (span[0], figures.end(), f"{span[2]}{figures[0]}")  # noqa: PLW2901  # the same piece, longer
        if last and text[last[1] : span[0]].strip() == "" and text[span[0] : span[0] + 2] == "[@":
            last = (last[0], span[1], f"{last[2]}{text[last[1] : span[0]]}{span[2]}")
            continue
        if last:
            yield last
        last = span
    if last:
        yield last
