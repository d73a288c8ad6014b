"""Open sentences with computed words that tie them to the one before."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import Opening, Sentence
from surveygen.domain.survey import Block, Paragraph, Section
from surveygen.domain.text import clean
from surveygen.languages import codes, load

_GAP = 2  # sentences from one opening with words of its own to the next
_MAX_YEARS = 4  # between papers that a sentence relates by their dates
_RESULTS = re.compile(r"The ((?:[a-z-]+ ){0,2}?[a-z-]+) of \Z")


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """What the truth of an opening depends on: papers by id, and which of them cite which."""

    papers: Mapping[PaperId, Paper]
    citations: Collection[tuple[PaperId, PaperId]]


def add_openings(sections: Sequence[Section], facts: OpeningFacts) -> tuple[Section, ...]:
    """Open sentences of themes with what relates them to the sentence before: dates, citations, authors.

    Only sentences in the words of their papers get an opening, in their own language; problems and limits, which stand
    side by side in no order of time, get none but "They".
    """

    def opened(block: Block) -> Block:
        if not isinstance(block, Paragraph) or block.style != "prose":
            return block
        return replace(block, sentences=tuple(_opened(block.sentences, facts)))

    return tuple(
        section if section.theme is None else replace(section, blocks=tuple(map(opened, section.blocks)))
        for section in sections
    )


def opening_error(sentence: Sentence, before: Sentence | None, facts: OpeningFacts) -> str:
    """Return why the opening of a sentence is not true of it and the sentence before, "" if it is or there is none.

    The words may be those of a stored draft, which has plain spaces where a language has others.
    """
    opening = sentence.opening
    if opening is None:
        return ""
    if before is None:
        return "an opening without a sentence before it"
    allowed = (*_references(sentence, before, facts), *_relations(sentence, before, facts))
    bare = sentence.without_opening()
    follows = any(_as_stored(it) == _as_stored(opening) for it in allowed)
    if follows and sentence.text == opening.text + bare.text.removeprefix(opening.replaces):
        return ""
    return f"the opening {opening.text!r} does not follow from the sentence before"


def _as_stored(opening: Opening) -> Opening:
    return replace(opening, text=clean(opening.text), replaces=clean(opening.replaces))


def _opened(sentences: Sequence[Sentence], facts: OpeningFacts) -> Iterator[Sentence]:
    last = -_GAP
    before: Sentence | None = None
    for at, sentence in enumerate(sentences):
        found: Opening | None = None
        if before is not None:
            found = next(_references(sentence, before, facts), None)
            if found is None and at - last >= _GAP and (found := next(_relations(sentence, before, facts), None)):
                last = at
        before = sentence
        if found is not None:
            text = found.text + sentence.text.removeprefix(found.replaces)
            before = replace(sentence, text=text, opening=found)
        yield before


def _references(sentence: Sentence, before: Sentence, facts: OpeningFacts) -> Iterator[Opening]:
    """Yield "They" for authors whom the sentence before names, and "Their results" for what is theirs."""
    paper = _paper_of(sentence, facts)
    if paper is None or before.cites != sentence.cites or before.language != sentence.language:
        return
    label = short_authors(paper.authors)
    text, mark = sentence.without_opening().text, f" [@{paper.id}]"
    before_text = before.without_opening().text
    if not label or f"{label}{mark}" not in before_text or f"{label}{mark}" not in text:
        return
    head = text.partition(f"{label}{mark}")[0]
    number = "author" if len(paper.authors) == 1 else "authors"
    if not head and (word := _wording(sentence.language, f"opening_{number}")):
        yield Opening("authors", paper.id, word, label)
    elif sentence.language == "en" and (match := _RESULTS.fullmatch(head)):
        word = _wording("en", f"opening_{number}_own")
        yield Opening("authors", paper.id, f"{word} {match[1]}", f"{head}{label}")


def _relations(sentence: Sentence, before: Sentence, facts: OpeningFacts) -> Iterator[Opening]:
    """Yield "Building on this work, " for a citation, and "Two years later, " for the dates of the papers.

    Only where the authors are the first words of the sentence.
    """
    paper, other = _paper_of(sentence, facts), _paper_of(before, facts)
    if paper is None or other is None or paper.id == other.id or sentence.role in ("problem", "limit"):
        return
    label = short_authors(paper.authors)
    if not label or not sentence.without_opening().text.startswith(f"{label} [@{paper.id}]"):
        return  # "two years later" would date what the sentence says, not the paper
    if (paper.id, other.id) in facts.citations:
        yield from _prefixed(sentence, Opening("building_on", other.id), "opening_building_on", {})
    if paper.year is not None and other.year is not None and 0 <= paper.year - other.year <= _MAX_YEARS:
        years = paper.year - other.year
        key = "opening_same_year" if years == 0 else "opening_years_later"
        values = {"n": years, "years": _spelled(sentence.language, years)}
        yield from _prefixed(sentence, Opening("years_later", str(years)), key, values)


def _prefixed(sentence: Sentence, opening: Opening, key: str, values: Mapping[str, object]) -> Iterator[Opening]:
    """Yield the opening with its words, if the language has some."""
    if words := _wording(sentence.language, key, values):
        first = sentence.without_opening().text.partition(" ")[0]
        yield replace(opening, text=f"{words}{first}", replaces=first)


def _paper_of(sentence: Sentence, facts: OpeningFacts) -> Paper | None:
    """Return the paper whose words a sentence is, None if it is another kind of sentence."""
    single = sentence.method == "extractive" and len(sentence.cites) == 1
    return facts.papers.get(sentence.cites[0]) if single else None


def _spelled(language: str, number: int) -> str:
    """Return a number from two on as the word that begins a sentence, in digits where the language begins so."""
    spelled = _wording(language, "opening_numbers").split()
    return spelled[number - 2].capitalize() if 0 <= number - 2 < len(spelled) else str(number)


def _wording(language: str, key: str, values: Mapping[str, object] = MappingProxyType({})) -> str:
    """Return fixed words of the language of a sentence, "" if it has none."""
    return load(language).say(key, **values) if language in codes() else ""
