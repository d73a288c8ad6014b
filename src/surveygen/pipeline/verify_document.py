"""Check the content of drafts: sentences against papers, editions against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec

from surveygen.corpus import Store
from surveygen.domain.citation import resolve_citations
from surveygen.domain.decision import active_edits
from surveygen.domain.document import Table
from surveygen.domain.full_text import TEXT_FIELD, field_text
from surveygen.domain.license import MAX_QUOTED_WORDS, Show, permission, reuse
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.results import DataSetResults, head_text, heads_of
from surveygen.domain.summary import NAME_RULES, QUOTATION, Count, Evidence, Opening, Sentence
from surveygen.domain.survey import ResultRow
from surveygen.domain.text import fold_name
from surveygen.domain.theme import ThemeId
from surveygen.languages import load as load_language
from surveygen.pipeline.text_relations import citation_records, reference_lookup
from surveygen.summarize import (
    CountIndex,
    GroundingResult,
    VersionLookup,
    check_grounding,
    number_error,
    papers_of_context,
    result_errors,
)
from surveygen.survey import OpeningFacts, opening_error
from surveygen.translate import Glossary, validation_error

_SOURCE = "en"
_NUMBERED = ("flow", "year_chart", "taxonomy", "likeness", "results")  # blocks that hold nothing but a caption and data
# What depends on the language: how much of an edition is translated, and by what.
_OWN_QUALITY = frozenset({"translated_sentences", "untranslated_sentences", "failed_translations"})
_OWN_PROVENANCE = frozenset({"translator"})
# What follows from the words of a person, who may write over one edition alone.
_EDITED_QUALITY = frozenset(
    {"human_sentences", "doubted_sentences", "citation_coverage", "grounded_share", "grounded_cited_share"}
    | {"model_sentences", "redundancy", "papers_in_prose", "joint_citations", "paragraph_sentences"}
)
_OWN_PAPER = frozenset({"card", "contexts"})
_OWN_THEME = frozenset({"name", "description"})

Draft = tuple[Path, Mapping[str, Any]]
Fact = tuple[str, object]
Judge = Callable[[Sentence], GroundingResult]


@dataclass(frozen=True, slots=True)
class Problem:
    """A failed check: file, place and reason."""

    file: str
    place: str
    reason: str


class DraftSources:
    """What the drafts of a survey are checked against.

    Attributes:
        store: a copy of the survey's store. show: the setting `full_text.show`.
        paper: returns a paper as of a version, None if the store does not have it; each is read once.
        cited: returns the paper that an entry of a bibliography is. tables: returns the tables of a text by id.
        judge: tells whether the evidence of a sentence supports it; equal sentences are judged once.
    """

    def __init__(self, store: Store, show: Show) -> None:
        self.store, self.show = store, show
        self.paper: VersionLookup = cache(lambda name, version: paper_as_of(store, name, version))
        self.cited = reference_lookup(store)
        self.tables = cache(lambda name, version: _tables(store, name, version))
        self.judge: Judge = cache(
            lambda sentence: check_grounding(sentence, self.paper, unit=store.full_text.unit, cited=self.cited)
        )


class DraftCheck:
    """The checks of one survey.json, with counts."""

    def __init__(self, sources: DraftSources, path: Path, data: Mapping[str, Any], glossary: Glossary) -> None:
        self._glossary = glossary
        self._sources = sources
        # A citation of a paper that has left the survey is shown without its mark.
        self._edited = {decision.target.replace("[@", "[") for decision in active_edits(sources.store.decisions.all())}
        self._path = str(path)
        self._data = data
        self.sentences = 0
        self.citations = 0
        self.human = 0
        self.stale: list[Problem] = []

    def problems(self) -> list[Problem]:
        """Return the failed checks; a draft with another structure is one problem, not a crash."""
        try:
            return [Problem(self._path, place, reason) for place, reason in self._failures()]
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return [Problem(self._path, "", f"does not have the structure of a draft: {error!r}")]

    def _failures(self) -> Iterator[tuple[str, str]]:
        listed = {row["paper"] for row in self._data["references"]}
        papers = {row["id"] for row in self._data["papers"]}
        for paper in sorted(listed - papers):
            yield "references", f"{paper} is not a paper of the draft"
        cited = set()
        for place, themed, raw in _claims(self._data["sections"]):
            self.sentences += 1
            self.citations += len(raw["cites"])
            cited |= set(raw["cites"])
            if raw["hand"] is not None:
                self.human += 1
                sources = ", ".join(f"{doubt['paper']}: {doubt['reason']}" for doubt in raw["hand"]["sources"])
                if sources:  # no failure: a person has to look at it
                    self.stale.append(Problem(self._path, place, f"{raw['text'][:60]!r}: sources changed: {sources}"))
            for reason in self._check(raw, listed, themed=themed):
                yield place, reason
        yield from self._false_cards(listed)
        yield from self._untrue_openings()
        yield from self._untrue_results()
        for row in self._data["papers"]:
            for context in row.get("contexts", ()):
                yield from ((f"paper {row['id']}", reason) for reason in self._untrue_context(row["id"], context))
        if not any(block["kind"] == "catalogue" for section in self._data["sections"] for block in section["blocks"]):
            for paper in sorted(listed - cited):
                yield "references", f"{paper} is never cited"

    def _false_cards(self, listed: set[str]) -> Iterator[tuple[str, str]]:
        """Check the sentences of cards as those of the text, and what cards point to."""
        for row in self._data["papers"]:
            place = f"card {row['id']}"
            for value in row["card"].values():
                for raw in value if isinstance(value, list) else [value]:
                    if isinstance(raw, Mapping) and "marked" in raw:
                        yield from ((place, reason) for reason in self._check(raw, listed, themed=False))
            for pointer in row["card"].get("pointers", ()):
                (span,) = _evidence([pointer["evidence"]])
                paper = self._sources.paper(span.paper, span.version)
                text = field_text(paper, span.field, self._sources.store.full_text.unit) if paper is not None else None
                if text is None or (span.start, span.end) != (0, len(text)) or span.paper != row["id"]:
                    yield place, f"points to {span.field}, which is no unit of the paper"

    def _unlicensed(self, sentence: Sentence) -> Iterator[str]:
        """Check that no more of full texts is shown than licenses and settings permit; names and numbers are facts."""
        if sentence.rule in (*NAME_RULES, "result") or sentence.method in ("aggregate", "human"):
            return
        for span in sentence.evidence:
            paper = self._sources.paper(span.paper, span.version) if span.field.startswith(TEXT_FIELD) else None
            if paper is None:
                continue
            record = self._sources.store.full_text.record(span.paper, span.version)
            granted = permission(reuse((record.license if record else "") or paper.license), self._sources.show)
            quoted = sentence.rule == QUOTATION and sentence.translated_from is None
            short = span.end - span.start > 0 and len(self._text(span).split()) <= MAX_QUOTED_WORDS
            if not (granted == "adapt" or (quoted and (granted == "verbatim" or (granted == "quote" and short)))):
                yield f"{sentence.text[:60]!r} shows more of {span.paper} than its license and full_text.show permit"

    def _text(self, span: Evidence) -> str:
        paper = self._sources.paper(span.paper, span.version)
        text = field_text(paper, span.field, self._sources.store.full_text.unit) if paper is not None else None
        return (text or "")[span.start : span.end]

    def _untrue_openings(self) -> Iterator[tuple[str, str]]:
        """Compare computed openings with the papers and citations of the store."""
        for section in self._data["sections"]:
            for block in section["blocks"]:
                sentences = [_sentence(raw) for raw in block.get("sentences", ())]
                for before, sentence in zip([None, *sentences], sentences, strict=False):
                    if sentence.opening and (reason := opening_error(sentence, before, self._opening_facts)):
                        yield section["id"], f"{sentence.text[:60]!r}: {reason}"

    def _untrue_context(self, paper: str, raw: Mapping[str, Any]) -> Iterator[str]:
        """Find the sentence of a full text again that is said to describe a paper, and what the draft makes of it."""
        (evidence,), sentence = _evidence([raw["evidence"]]), raw["sentence"]
        unit = self._sources.store.full_text.unit(
            evidence.paper, evidence.version, evidence.field.removeprefix(TEXT_FIELD)
        )

        def cited(reference: str) -> PaperId | None:
            return self._sources.cited(evidence.paper, evidence.version, reference)

        described = papers_of_context(unit, evidence.start, evidence.end, cited) if unit is not None else ()
        if list(described) != raw["cited"] or described != (paper,):
            yield f"{evidence.paper} does not describe it at {evidence.field} {evidence.start}-{evidence.end}"
        if sentence is not None:
            if _sentence(sentence).evidence != (evidence,):
                yield f"{sentence['text'][:60]!r} is of another place than {evidence.field}"
            yield from self._check(sentence, {PaperId(row["paper"]) for row in self._data["references"]}, themed=True)

    def _untrue_results(self) -> Iterator[tuple[str, str]]:
        """Find each value of the results in its table again, and which values differ."""
        blocks = (it for section in self._data["sections"] for it in section["blocks"] if it["kind"] == "results")
        for block in blocks:
            rows = [msgspec.convert(row, ResultRow) for row in block["rows"]]
            cells = tuple(row.cell for row in rows)
            results = DataSetResults(block["name"], block["file"], cells)
            if {at for at, row in enumerate(rows) if row.differs} != results.conflicts():
                yield "results", f"{block['name']}: other values differ than are marked"
            if len({cell.paper for cell in cells}) < 2 or len({fold_name(it.data_set) for it in cells}) != 1:
                yield "results", f"{block['name']}: not one data set of two papers"
            for row in rows:
                place = f"{row.cell.value[:40]!r} of {row.cell.paper}"
                yield from (("results", f"{place}: {reason}") for reason in self._result_errors(row))

    def _result_errors(self, row: ResultRow) -> Iterator[str]:
        cell = row.cell
        record = self._sources.store.full_text.record(cell.paper, cell.version)
        table, caption = self._sources.tables(cell.paper, cell.version).get(cell.table, (None, ""))
        if table is None or record is None:
            yield f"no {cell.table} is in the store"
            return
        if row.link != record.link(cell.element):
            yield f"{row.link} is not the address of {cell.table}"
        maker = self._sources.store.papers.get(cell.method_paper) if cell.method_paper is not None else None
        is_inside = 0 <= cell.row < len(table.rows) and 0 <= cell.column < table.width
        left, above = heads_of(table, cell.row, cell.column) if is_inside else ({}, {})
        named = [head for head in (*left.values(), *above.values()) if head_text(head) == cell.method]
        cited = {
            self._sources.cited(cell.paper, cell.version, reference)
            for head in named
            for mark in head.marks
            for reference in mark.references
        }
        title = maker.title if maker is not None else ""
        yield from result_errors(cell, table, caption, method_title=title, cites_method=cited == {cell.method_paper})

    @cached_property
    def _opening_facts(self) -> OpeningFacts:
        store = self._sources.store
        records = citation_records(store, tuple(self._papers.values()), self._built_on_others())
        edges = resolve_citations(self._papers.values(), (*store.citations.all(), *records)).edges
        return OpeningFacts(self._papers, {(edge.citing, edge.cited) for edge in edges})

    def _built_on_others(self) -> set[PaperId]:
        """Return the papers whose sentences open with what they build on: only their texts need to be read."""
        blocks = (block for section in self._data["sections"] for block in section["blocks"])
        sentences = (_sentence(raw) for block in blocks for raw in block.get("sentences", ()))
        return {paper for it in sentences if it.opening and it.opening.kind == "building_on" for paper in it.cites}

    def _check(self, raw: Mapping[str, Any], listed: set[str], *, themed: bool) -> Iterator[str]:
        sentence = _sentence(raw)
        shown = f"{sentence.text[:60]!r}"
        for paper in sorted(set(sentence.cites) - listed):
            yield f"{shown} cites {paper}, which is not in the references"
        if themed and not sentence.cites and sentence.method not in {"human", "glue"}:
            yield f"{shown} cites nothing"
        if raw["text"] != sentence.plain:
            yield f"{shown}: text and marked text differ"
        original, origin = sentence, sentence.translated_from
        if origin is not None:
            original = replace(sentence, text=sentence.source, language=origin, translated_from=None, source="")
        if (sentence.method == "human" or raw["hand"] is not None) and sentence.text.replace(
            "[@", "["
        ) not in self._edited:
            yield f"{shown} is said to be a person's, and no decision of the store has it"
        yield from self._unlicensed(sentence)
        verdict = self._sources.judge(original)
        if not verdict.ok:
            yield f"{shown}: {verdict.reason}"
        elif sentence.method == "aggregate":
            yield from (f"{shown}: {reason}" for reason in self._miscounts(sentence))
        if origin is not None:
            pair = (origin, sentence.language)
            bare = sentence.without_opening().text
            reason = validation_error(sentence.source, bare, sentence.cites, self._glossary, pair=pair)
            if reason:
                yield f"{shown} is not a valid translation of its source: {reason}"

    def _miscounts(self, sentence: Sentence) -> Iterator[str]:
        """Count again among the members that the draft gives each theme, and compare with the text."""
        for count in sentence.counts:
            papers, total = self._count_index.count(count)
            if papers != set(count.papers):
                name = min(papers ^ {*count.papers})
                yield f"{name} is {'not counted' if name in papers else 'counted'} for {count.facet} {count.value!r}"
            if total != count.total:
                yield f"counts among {count.total} papers in place of {total}"
        if reason := number_error(sentence, self._names, load_language(sentence.language).number):
            yield reason

    @cached_property
    def _names(self) -> list[str]:
        """The names of themes that a text with numbers can be confused by."""
        names = (str(theme["name"]) for theme in self._data["themes"])
        return [name for name in names if any(map(str.isdecimal, name))]

    @cached_property
    def _papers(self) -> Mapping[PaperId, Paper]:
        """The papers of the draft as of their versions, as far as the store has them."""
        rows = (self._sources.paper(PaperId(row["id"]), row["version"]) for row in self._data["papers"])
        return {paper.id: paper for paper in rows if paper is not None}

    @cached_property
    def _count_index(self) -> CountIndex:
        """What the store says of the papers of the draft, in the themes that the draft gives them."""
        themes: dict[PaperId, set[ThemeId]] = defaultdict(set)
        for row in self._data["assignments"]:
            themes[row["paper"]].update(() if row["outside"] else row["path"])
        claims = (raw.get("claim", ()) for _, _, raw in _claims(self._data["sections"]))
        phrases = [count["value"] for counts in claims for count in counts if count["facet"] == "phrase"]
        return CountIndex(self._papers.values(), themes, phrases)


def paper_as_of(store: Store, paper: PaperId, version: int) -> Paper | None:
    """Return a paper with the text of one version, None if the store does not have it."""
    current = store.papers.get(paper)
    if current is None or current.version == version:
        return current
    title, abstract = store.papers.text(paper, version, "title"), store.papers.text(paper, version, "abstract")
    if title is None or abstract is None:
        return None
    comment = store.papers.text(paper, version, "comment") or ""
    return replace(current, version=version, title=title, abstract=abstract, comment=comment)


def _tables(store: Store, paper: PaperId, version: int) -> dict[str, tuple[Table, str]]:
    """Return the tables of a text with their captions, by id."""
    document = store.full_text.get(paper, version)
    if document is None:
        return {}
    captions = {unit.id: unit.text for unit in document.units if unit.kind == "caption"}
    return {table.id: (table, captions.get(table.caption, "")) for table in document.tables}


def _claims(sections: list[Mapping[str, Any]]) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """Yield (section id, whether the section is about a theme, sentence) for text and table cells."""
    for section in sections:
        themed = section["theme"] is not None
        for block in section["blocks"]:
            for sentence in block.get("sentences", ()):
                yield section["id"], themed, sentence
            if block["kind"] == "table":
                for row in block["rows"]:
                    for cell in row["cells"]:
                        if cell is not None:
                            yield section["id"], themed, cell


def _sentence(raw: Mapping[str, Any]) -> Sentence:
    return Sentence(
        text=raw["marked"],
        cites=tuple(PaperId(paper) for paper in raw["cites"]),
        evidence=_evidence(raw["evidence"]),
        method=raw["method"],
        rule=raw["rule"],
        role=raw["role"],
        support=raw["support"],
        language=raw["language"],
        translated_from=raw["translated_from"],
        source=raw.get("source", ""),
        counts=tuple(_count(item) for item in raw.get("claim", ())),
        opening=_opening(raw.get("opening")),
    )


def _evidence(raw: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(PaperId(item["paper"]), item["version"], item["field"], item["start"], item["end"]) for item in raw
    )


def _count(raw: Mapping[str, Any]) -> Count:
    papers = tuple(PaperId(paper) for paper in raw["papers"])
    return Count(raw["facet"], raw["value"], papers, raw["total"], raw["theme"], raw["since"])


def _opening(raw: Mapping[str, Any] | None) -> Opening | None:
    return Opening(raw["kind"], raw["value"], raw["text"], raw["replaces"]) if raw else None


def compare_editions(drafts: Sequence[Draft]) -> Iterator[tuple[Path, str, str]]:
    """Yield (file, place, reason) for each edition that differs from the first one of its survey.

    The first edition is the one in the language of the papers, if it was built. Editions are in sibling folders.
    """
    surveys: dict[Path, list[Draft]] = {}
    for draft in drafts:
        surveys.setdefault(draft[0].parent.parent, []).append(draft)
    for editions in surveys.values():
        first, *others = sorted(editions, key=lambda draft: (draft[1].get("language") != _SOURCE, str(draft[0])))
        for path, data in others:
            difference = _difference(first[1], data)
            if difference:
                place, reason = difference
                yield path, place, f"differs from the edition {first[1].get('language')!r}: {reason}"


def _difference(first: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first place where two editions differ, with the reason."""
    try:
        if first["provenance"]["corpus_sha256"] != other["provenance"]["corpus_sha256"]:
            return "provenance", "it was built from another state of the corpus; build it again"
        edited = bool(first["quality"]["human_sentences"] or other["quality"]["human_sentences"])
        own = _OWN_QUALITY | _EDITED_QUALITY if edited else _OWN_QUALITY
        ours, theirs = list(_facts(first, own)), list(_facts(other, own))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return "", f"it does not have the structure of a draft: {error!r}"
    for (place, fact), (their_place, their_fact) in zip(ours, theirs, strict=False):
        if place != their_place:
            return their_place, f"{place} was expected here"
        if fact != their_fact and not _edited_in_either(fact, their_fact):
            return place, f"{_excerpt(their_fact)} in place of {_excerpt(fact)}"
    if len(ours) != len(theirs):
        return "", f"{len(theirs)} facts in place of {len(ours)}"
    return None


def _facts(data: Mapping[str, Any], own_quality: frozenset[str]) -> Iterator[Fact]:
    """Yield every fact of an edition with its place, in document order, without text in its language."""
    for section in data["sections"]:
        yield f"section {section['id']}", (section["level"], section["theme"])
        for block in section["blocks"]:
            yield from _block(section["id"], block)
    for name in ("references", "assignments", "citations", "changes"):
        yield name, data[name]
    yield "themes", [_without(theme, _OWN_THEME) for theme in data["themes"]]
    for paper in data["papers"]:
        yield f"paper {paper['id']}", _without(paper, _OWN_PAPER)
        for context in paper.get("contexts", ()):
            claim = claim_of(context["sentence"]) if context["sentence"] else None
            yield f"paper {paper['id']}", (context["cited"], context["evidence"], claim)
        for field, value in sorted(paper["card"].items()):
            items = value if isinstance(value, list) else [value]
            # A dict without marked text is the evidence of a code link.
            sentences = [claim_of(item) if isinstance(item, dict) and "marked" in item else item for item in items]
            yield f"card {paper['id']}", (field, sentences)
    yield "quality", _without(data["quality"], own_quality)
    yield "provenance", _without(data["provenance"], _OWN_PROVENANCE)


def _block(place: str, block: Mapping[str, Any]) -> Iterator[Fact]:
    kind = block["kind"]
    if kind == "note" and (block["role"] == "notice" or (block["role"] == "computed" and block.get("language"))):
        return  # how many there are depends on what is translated, and on the other languages of the survey
    yield place, kind
    if kind in _NUMBERED:
        yield place, _unworded(block)
    for sentence in block.get("sentences", ()):
        yield place, claim_of(sentence)
    if kind == "facts" and place == "glance":  # elsewhere they hold dates, and what is translated
        yield place, ["".join(filter(str.isdecimal, row["value"])) for row in block["rows"]]
    if kind == "papers":
        yield place, [(item["paper"], item["title"]) for item in block["items"]]
    if kind == "table":
        for row in block["rows"]:
            yield place, (row["paper"], [claim_of(cell) if cell is not None else None for cell in row["cells"]])


def _unworded(data: object) -> object:
    """Remove captions and labels at any depth."""
    if isinstance(data, Mapping):
        return {key: _unworded(value) for key, value in data.items() if key not in {"caption", "label"}}
    return [_unworded(item) for item in data] if isinstance(data, list) else data


def claim_of(sentence: Mapping[str, Any]) -> dict[str, object]:
    """Return the claim of a sentence with author and evidence, in the language of its source.

    Of an aggregate, which every edition writes itself, it is what is counted. Computed openings are left out, as a
    language may have no wording for one.
    """
    own = {"text", "marked", "source", "language", "translated_from", "opening"}
    claim = _without(sentence, frozenset(own))
    if sentence["method"] == "aggregate":
        return claim
    words, opening = str(sentence.get("source") or sentence["marked"]), sentence.get("opening")
    if opening and words.startswith(opening["text"]):
        words = opening["replaces"] + words.removeprefix(opening["text"])
    return {
        **claim,
        "words": words,
        "in": "" if sentence["rule"] in NAME_RULES else sentence["translated_from"] or sentence["language"],  # names
    }


def _edited_in_either(first: object, second: object) -> bool:
    """Return whether both are the same claim, edited by a person in one edition or in both."""
    if not isinstance(first, dict) or not isinstance(second, dict):
        return False
    edited = any(isinstance(claim.get("hand"), dict) for claim in (first, second))
    return edited and bool(first.get("claim_key")) and first.get("claim_key") == second.get("claim_key")


def _without(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in names}


def _excerpt(fact: object) -> str:
    text = str(fact.get("words", fact.get("claim", fact)) if isinstance(fact, dict) else fact)
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
