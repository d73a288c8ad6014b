"""Replace what an engine must not change by placeholders, and put it back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from surveygen.domain.inline import protected_spans
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean
from surveygen.errors import ConfigError

# Two letters that no language writes in a row, and a number: rule-based and neural engines copy such a word. The first
# pair that the text does not contain is used.
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
_FULL_STOP = r"[.!?…。！？؟।]{}[\"'”’»)\]」』]*\Z"
_END = re.compile(_FULL_STOP.format("+"))
_LAST_CITATIONS = re.compile(rf"((?:\s?\[@[^\]\s]+\])+)({_FULL_STOP.format('*')})")

_Span = tuple[int, int, str]  # start, end, and what the translation shows in its place


@dataclass(frozen=True, slots=True)
class Glossary:
    """(term, its translation) pairs of one target language; of two terms at one place the longer one counts.

    Terms match in any letter case, as whole words; "reward model" does not match "reward models". A term whose
    translation is empty stays as the source has it.
    """

    terms: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, *layers: Mapping[str, str]) -> Glossary:
        """Make a glossary; a later layer takes precedence over an earlier one."""
        merged = {clean(term).casefold(): clean(target) for layer in layers for term, target in layer.items()}
        return cls(tuple(sorted(merged.items(), key=lambda pair: (-len(pair[0]), pair[0]))))

    def name(self, words: str) -> str:
        """Return the translation of words that are one term as a whole, empty if they are not a term."""
        translations = dict(self.terms)
        term = clean(words).casefold()
        return translations[term] or words if term in translations else ""

    def find(self, text: str) -> Iterator[_Span]:
        """Yield (start, end, translation) of each term in a text."""
        if not self.terms:
            return
        translations = dict(self.terms)
        choice = "|".join(re.escape(term) for term, _ in self.terms)
        for match in re.finditer(rf"(?<![\w-])(?:{choice})(?![\w-])", text, re.IGNORECASE):
            yield match.start(), match.end(), translations.get(match[0].casefold()) or match[0]


def read_glossary(text: str, label: str) -> dict[str, str]:
    """Read a glossary file: ``"term" = "translation"`` lines of TOML; an empty translation keeps the term.

    Args:
        text: content of the file.
        label: name of the file, for the error message.

    Raises:
        ConfigError: not valid TOML, a value that is not a string, or an empty term.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{label}: not valid TOML: {error}", 'write lines such as "reward model" = "..."') from error
    for term, target in data.items():
        if not isinstance(target, str) or not term.strip():
            message = f"{label}: {term!r} = {target!r} is not a term and its translation"
            raise ConfigError(message, 'write "term" = "translation"', path=term)
    return data


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word that stands for a piece of the source; `target` is what the translation shows in its place."""

    mark: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence with placeholders, as an engine gets it; `tail` holds the citations before its final full stop."""

    text: str
    placeholders: tuple[Placeholder, ...] = ()
    tail: str = ""

    @property
    def words(self) -> str:
        """The text without its placeholders."""
        text = self.text
        for placeholder in reversed(self.placeholders):  # XQ12 before XQ1
            text = text.replace(placeholder.mark, " ")
        return text


def mask(text: str, cites: Collection[PaperId], glossary: Glossary) -> Masked:
    """Replace mathematics, citations, addresses, code, names and the terms of a glossary by placeholders.

    >>> mask("GPT-4 needs $n$ steps [@2101.00001].", ["2101.00001"], Glossary())
    Masked(text='XQ1 needs XQ2 steps.', placeholders=(Placeholder(mark='XQ1', source='GPT-4', target='GPT-4'), \
Placeholder(mark='XQ2', source='$n$', target='$n$')), tail=' [@2101.00001]')
    """
    text, tail = clean(text), ""
    citations = _LAST_CITATIONS.search(text)
    if citations and set(re.findall(r"\[@([^\]\s]+)\]", citations[1])) <= set(cites):
        text, tail = text[: citations.start()] + citations[2], citations[1]
    prefix = next((prefix for prefix in _PREFIXES if prefix.lower() not in text.lower()), _PREFIXES[0])
    kinds: Iterable[Iterable[_Span]] = (  # where two overlap, the kind that is listed first counts
        ((start, end, text[start:end]) for start, end in protected_spans(text, cites)),
        ((match.start(), match.end(), match[0]) for match in _ADDRESS.finditer(text)),
        glossary.find(text),
        ((match.start(), match.end(), match[0]) for match in _NAME.finditer(text)),
    )
    protected: list[_Span] = []
    for kind in kinds:
        protected += [new for new in kind if not any(new[0] < end and start < new[1] for start, end, _ in protected)]
    pieces: list[str] = []
    placeholders: list[Placeholder] = []
    last = 0
    for start, end, target in _joined(text, sorted(protected)):
        placeholders.append(Placeholder(f"{prefix}{len(placeholders) + 1}", text[start:end], target))
        pieces += [text[last:start], placeholders[-1].mark]
        last = end
    return Masked("".join([*pieces, text[last:]]), tuple(placeholders), tail)


def unmask(answer: str, masked: Masked) -> str | None:
    """Put the pieces back in place of the placeholders; None if one is missing, repeated or unknown."""
    text = clean(answer)
    if masked.placeholders:
        first = masked.placeholders[0]
        targets = {placeholder.mark[2:]: placeholder.target for placeholder in masked.placeholders}
        # An engine may write a placeholder in lower case, or with spaces in it.
        form = re.compile(rf"{first.mark[0]}\s?{first.mark[1]}\s?(\d+)", re.IGNORECASE)
        if sorted(form.findall(text)) != sorted(targets):
            return None
        starts = form.match(text) is not None
        text = form.sub(lambda match: targets[match[1]], text)
        source_start = first.source if masked.text.startswith(first.mark) else masked.text
        if starts and source_start[:1].isupper():  # a term of the glossary is written as within a sentence
            text = text[:1].upper() + text[1:]
    end = _END.search(text)
    position = end.start() if end else len(text)
    return f"{text[:position]}{masked.tail}{text[position:]}"


def _joined(text: str, spans: Iterable[_Span]) -> Iterator[_Span]:
    """Join a span with the digits and citations behind it: an engine would take them for a part of the placeholder."""
    last: _Span | None = None
    for span in spans:
        if last and span[0] < last[1]:
            continue
        start, end, words = span
        if digits := re.compile(r"\d+").match(text, end):
            end, words = digits.end(), f"{words}{digits[0]}"
        if last and text[last[1] : start].strip() == "" and text[start : start + 2] == "[@":
            last = (last[0], end, f"{last[2]}{text[last[1] : start]}{words}")
            continue
        if last:
            yield last
        last = (start, end, words)
    if last:
        yield last
