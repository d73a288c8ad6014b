"""Fill reviews of papers from their full texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any, Literal, get_args

from surveygen.domain.document import Document, DocumentSection, Unit
from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.license import MAX_QUOTED_WORDS, Permission
from surveygen.domain.paper import Paper
from surveygen.domain.summary import QUOTATION, Evidence, PaperReview, Pointer, Role, Sentence
from surveygen.domain.text import fold_name
from surveygen.summarize._content import is_empty
from surveygen.summarize._data_names import data_names
from surveygen.summarize._full_text_words import MAX_PHRASE, is_quotable, names_on, pattern
from surveygen.summarize._grounding import jaccard, word_support
from surveygen.summarize._paper_review import Statement
from surveygen.summarize._rewriting import replay, rewrite
from surveygen.summarize._roles import RoleLabel, is_open, mentions_result, states_limit
from surveygen.summarize._text import content_terms, split_sentences

Heading = Literal["introduction", "method", "conclusion", "limits"]
_PROSE = ("paragraph", "item", "theorem")
_SAME = 0.6  # share of common words of content from which a text repeats another: introductions repeat abstracts
_MAX_TEX = 80  # characters of formulas in a sentence that a review can show
_MIN_WORDS = 4  # of a sentence
_TEX = re.compile(r"\$[^$]*\$")


@dataclass(frozen=True, slots=True)
class _SourceSentence:
    """A sentence of a full text that belongs into a field of a review."""

    unit: Unit
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.unit.text[self.start : self.end]


def complete_review(review: PaperReview, paper: Paper, document: Document, permission: Permission) -> PaperReview:
    """Add to a review what the full text tells, as far as it may be shown.

    Contributions and definitions come from the full text alone; limits, methods, findings and data sets follow those
    of the abstract. Where no sentence may be shown, the review points to the place of the first one. Names of data sets
    are facts and always shown. Texts in other languages than English are not read: the rules are of English.

    Args:
        review: made from the abstract.
        paper: in the version of the text.
        document: the text.
        permission: what may be shown of a sentence.
    """
    reader = _ReviewReader(paper, document, permission)
    used_terms = [set(content_terms(sentence.plain)) for sentence in review.sentences()]
    fields: dict[str, Any] = {}
    pointers: list[Pointer] = []
    for name, field in _FIELDS.items():
        own: tuple[Sentence, ...] = getattr(review, name)
        wanted = max(field.limit - len(own), 0)
        found = islice(reader.fitting(field.find(reader), field.fallback, used_terms), wanted)
        if permission in ("point", "facts"):
            first = next(found, None) if permission == "point" and not own else None
            pointers += [Pointer(name, reader.evidence(first.unit, 0, len(first.unit.text)))] if first else []
            continue
        sentences = [sentence for item in found if (sentence := reader.sentence(item, field))]
        if sentences:
            fields[name] = (*own, *sentences)
    if data := _data(reader, review.data):
        fields["data"] = data
    return replace(review, **fields, pointers=tuple(pointers))


class _ReviewReader:
    """A document with what the rules ask of it."""

    def __init__(self, paper: Paper, document: Document, permission: Permission) -> None:
        self.paper, self.document = paper, document
        self.permission = permission
        self.headings = _headings(document.sections)
        head, colon, _ = paper.title.partition(":")
        self.name = head.strip() if colon and len(head.split()) <= 2 else ""  # "BeeNet: Counting bees"

    def units(self, *headings: Heading) -> Iterator[Unit]:
        """Yield the prose below the headings of some kinds, in the order of the text."""
        return (
            unit for unit in self.document.units if unit.kind in _PROSE and self.headings.get(unit.section) in headings
        )

    def sentences(self, *headings: Heading) -> Iterator[_SourceSentence]:
        """Yield the sentences below the headings of some kinds, in the order of the text."""
        return (item for unit in self.units(*headings) for item in sentences_of(unit))

    def fitting(
        self, found: Iterable[_SourceSentence], fallback: str, used_terms: list[set[str]]
    ) -> Iterator[_SourceSentence]:
        """Yield the sentences that can stand alone and repeat none before; `used_terms` gets their terms."""
        for item in found:
            terms = set(content_terms(item.text))
            if any(jaccard(frozenset(terms), frozenset(other)) >= _SAME for other in used_terms):
                continue
            if self._stands_alone(item, fallback):
                used_terms.append(terms)
                yield item

    def evidence(self, unit: Unit, start: int, end: int) -> Evidence:
        return Evidence(self.paper.id, self.document.version, f"{TEXT_FIELD}{unit.id}", start, end)

    def sentence(self, item: _SourceSentence, field: _FieldRule) -> Sentence | None:
        """Return a sentence as the license permits to show it, None if it cannot be shown.

        What cannot be rewritten so that it stands alone is taken by the rule that the field falls back on.
        """
        rewritten = rewrite(item.text, self.paper) if self.permission == "adapt" else None
        if rewritten is not None:
            text, rule = rewritten.text, rewritten.rule
        else:
            rule = field.fallback if self.permission == "adapt" else QUOTATION
            text = replay(rule, item.text, self.paper) or ""
        if not text or (self.permission == "quote" and len(item.text.split()) > MAX_QUOTED_WORDS):
            return None
        evidence = self.evidence(item.unit, item.start, item.end)
        sentence = Sentence(text, (self.paper.id,), (evidence,), rule=rule, role=field.role)
        return replace(sentence, support=word_support(sentence.plain, [item.text], [self.paper]))

    def is_own(self, item: _SourceSentence) -> bool:
        """Whether a sentence is about the paper: it names the authors, or the name that the title gives their work."""
        rewritten = rewrite(item.text, self.paper)
        named = rewritten is not None and rewritten.language == "en" and rewritten.rule != "quote"
        return named or self.names_work(item)

    def names_work(self, item: _SourceSentence) -> bool:
        """Whether a sentence begins with the name that the title gives the work."""
        return bool(self.name) and item.text.startswith(f"{self.name} ")

    def predicate(self, item: _SourceSentence) -> str:
        """Return what a sentence says behind its subject, if that is the authors or their work, else ""."""
        if self.names_work(item):
            return item.text.removeprefix(f"{self.name} ")
        rewritten = rewrite(item.text, self.paper)
        return rewritten.text.partition(f"[@{self.paper.id}] ")[2] if rewritten and rewritten.rule != "quote" else ""

    def _stands_alone(self, item: _SourceSentence, fallback: str) -> bool:
        text = item.text
        formulas = sum(len(match) for match in _TEX.findall(text))
        if formulas > _MAX_TEX or not _MIN_WORDS <= len(text.split()) <= MAX_PHRASE:
            return False
        if pattern("sentences.places").search(text) or any(
            mark.start < item.end and item.start < mark.end for mark in item.unit.marks
        ):
            return False
        rewritten = rewrite(text, self.paper)
        if rewritten is not None:
            return rewritten.language == "en"
        if fallback == QUOTATION:
            return text.endswith(".") and is_quotable(text)
        return replay(fallback, text, self.paper) is not None


def limit_statements(review: PaperReview) -> tuple[Statement, ...]:
    """Return the limits of a review that come from the full text, labeled as the sentences of an abstract are."""
    return tuple(
        Statement(sentence, RoleLabel("limit", "result", 1.0, is_open(sentence.plain)), 1.0, late=True)
        for sentence in review.limits
        if sentence.evidence[0].field.startswith(TEXT_FIELD)
    )


def sentences_of(unit: Unit) -> Iterator[_SourceSentence]:
    """Yield the sentences of a unit."""
    return (_SourceSentence(unit, start, end) for start, end in split_sentences(unit.text))


def _headings(sections: Sequence[DocumentSection]) -> Mapping[str, Heading]:
    """Return the kind of heading that each section stands below; sections of appendices only if they tell limits."""
    found: dict[str, Heading] = {}
    for section in sections:
        kinds = [kind for kind in reversed(get_args(Heading)) if pattern(f"headings.{kind}").fullmatch(section.title)]
        if "limits" not in kinds and (section.kind == "appendix" or (section.level > 1 and "conclusion" in kinds)):
            continue  # the discussion of one experiment
        if kinds:
            found[section.id] = kinds[0]
        elif section.parent in found and not pattern("headings.apart").fullmatch(section.title):
            found[section.id] = found[section.parent]
    return found


def _contributions(reader: _ReviewReader) -> Iterator[_SourceSentence]:
    """Yield the items of the list that announces contributions, else what the introduction says the authors present."""
    units = list(reader.units("introduction"))
    lists = {
        unit.list_id
        for before, unit in pairwise(units)
        if unit.list_id and not before.list_id and _announces(before.text)
    }
    if lists:
        yield from (next(sentences_of(unit)) for unit in units if unit.list_id in lists and unit.text.strip())
        return
    for item in reader.sentences("introduction"):
        if pattern("sentences.contributes").match(reader.predicate(item)):
            yield item


def _announces(text: str) -> bool:
    last = text[slice(*split_sentences(text)[-1])] if text.strip() else ""
    return bool(pattern("sentences.announces").search(last))


def _limits(reader: _ReviewReader) -> Iterator[_SourceSentence]:
    """Yield the sentences of sections about limits, then those of conclusions that tell a limit or what is open."""
    yield from (item for item in reader.sentences("limits") if not is_empty(item.text))
    for item in reader.sentences("conclusion"):
        text = item.text
        own = pattern("sentences.own").search(text) or reader.names_work(item)
        tells = is_open(text) or pattern("sentences.confined").search(text) or (own and states_limit(text))
        if tells and not pattern("sentences.shows").search(text):
            yield item


def _methods(reader: _ReviewReader) -> Iterator[_SourceSentence]:
    """Yield what the authors, or what they made, do, as sections about the method and the introduction say it."""
    for item in (*reader.sentences("method"), *reader.sentences("introduction")):
        if pattern("sentences.does").match(reader.predicate(item)) and not is_empty(item.text):
            yield item


def _findings(reader: _ReviewReader) -> Iterator[_SourceSentence]:
    """Yield the results that conclusions tell of the paper."""
    for item in reader.sentences("conclusion"):
        rewritten = rewrite(item.text, reader.paper)
        if rewritten and mentions_result(rewritten.text) and not is_empty(rewritten.text) and reader.is_own(item):
            told_limit = states_limit(item.text) or pattern("sentences.confined").search(item.text)
            if not told_limit or pattern("sentences.shows").search(item.text):
                yield item


def _definitions(reader: _ReviewReader) -> Iterator[_SourceSentence]:
    """Yield the sentences of definitions, and of other text, that say what a term means."""
    formal = [unit for unit in reader.document.units if unit.label.lower().startswith("definition")]
    paragraphs = [unit for unit in reader.document.units if unit.kind == "paragraph" and unit.section != "0"]
    seen: set[str] = set()
    for unit in (*formal, *paragraphs):
        for item in sentences_of(unit):
            match = pattern("sentences.defines").search(item.text)
            term = fold_name(next(filter(None, match.groupdict().values()))) if match else ""
            if term and term not in seen and (unit in formal or _is_term(term, reader)):
                seen.add(term)
                yield item


def _is_term(term: str, reader: _ReviewReader) -> bool:
    """Whether the title or a heading of the paper has a term, so that what it means matters."""
    titles = (reader.paper.title, *(section.title for section in reader.document.sections))
    return any(term in fold_name(title) for title in titles)


def _data(reader: _ReviewReader, own: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Return the names of data sets of the abstract, and those of the caption or sentence that names most others."""
    own_names = {name for sentence in own for name in sentence.plain.rstrip(" .").split("; ")}
    best: tuple[Sentence, ...] = ()
    most = 0
    for item, rule in (*_captions(reader), *_naming(reader)):
        text = replay(rule, item.text, reader.paper)
        names = set() if text is None else {*text.partition(" [@")[0].split("; ")} - own_names
        if text is not None and len(names) > most:
            evidence = reader.evidence(item.unit, item.start, item.end)
            best, most = (Sentence(text, (reader.paper.id,), (evidence,), rule=rule),), len(names)
    return (*own, *best) if best else ()


def _captions(reader: _ReviewReader) -> Iterator[tuple[_SourceSentence, str]]:
    """Yield the sentences of captions of tables that name data sets which are heads of their rows or columns."""
    units = {unit.id: unit for unit in reader.document.units}
    for table in reader.document.tables:
        unit = units.get(table.caption)
        if unit is None or table.unsure:
            continue
        heads = {cell.text for row in table.rows for cell in row if cell.is_header}
        for item in sentences_of(unit):
            names = names_on(item.text)
            if names and heads.issuperset(names):
                yield item, "caption"


def _naming(reader: _ReviewReader) -> Iterator[tuple[_SourceSentence, str]]:
    for unit in reader.document.units:
        if unit.kind in ("paragraph", "item", "caption") and unit.section != "0":
            yield from ((item, "data") for item in sentences_of(unit) if data_names(item.text, reader.paper.text))


@dataclass(frozen=True, slots=True)
class _FieldRule:
    """How a field is filled from a full text.

    Attributes:
        find: yields sentences for it. role: of these. limit: how many a review has of them.
        fallback: the rule for what cannot be rewritten so that it stands alone.
    """

    find: Callable[[_ReviewReader], Iterator[_SourceSentence]]
    role: Role
    limit: int
    fallback: str = QUOTATION


# In this order, as no sentence stands in two fields.
_FIELDS: Mapping[str, _FieldRule] = {
    "limits": _FieldRule(_limits, "limit", 3),
    "contributions": _FieldRule(_contributions, "approach", 4, "phrase"),
    "definitions": _FieldRule(_definitions, "other", 3),
    "methods": _FieldRule(_methods, "approach", 2),
    "findings": _FieldRule(_findings, "finding", 3),
}
