"""Check the sentences of a draft against the papers in the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from surveygen.corpus import Store
from surveygen.domain.decision import active_edits
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize import check_grounding
from surveygen.translate import Glossary, validation_error


@dataclass(frozen=True, slots=True)
class Problem:
    """A failed check: file, place and reason."""

    file: str
    place: str
    reason: str


class DraftCheck:
    """The checks of one survey.json, with counts."""

    def __init__(self, store: Store, path: Path, data: Mapping[str, Any], glossary: Glossary) -> None:
        self._glossary = glossary
        # A citation of a paper that has left the survey is shown without its mark.
        self._edited = {decision.target.replace("[@", "[") for decision in active_edits(store.decisions.all())}
        self._paper = cache(lambda paper, version: paper_as_of(store, paper, version))
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
        except (KeyError, TypeError, ValueError, AttributeError) as error:
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
                self._count(place, raw)
            for reason in self._check(raw, listed, themed=themed):
                yield place, reason
        if not any(block["kind"] == "catalogue" for section in self._data["sections"] for block in section["blocks"]):
            for paper in sorted(listed - cited):
                yield "references", f"{paper} is never cited"

    def _count(self, place: str, raw: Mapping[str, Any]) -> None:
        """Count a sentence written by a person; changed sources are reported and are not failures."""
        self.human += 1
        sources = ", ".join(f"{doubt['paper']}: {doubt['reason']}" for doubt in raw["hand"]["sources"])
        if sources:
            self.stale.append(Problem(self._path, place, f"{raw['text'][:60]!r}: sources changed: {sources}"))

    def _check(self, raw: Mapping[str, Any], listed: set[str], *, themed: bool) -> Iterator[str]:
        sentence = _sentence(raw)
        shown = f"{sentence.text[:60]!r}"
        for paper in sorted(set(sentence.cites) - listed):
            yield f"{shown} cites {paper}, which is not in the references"
        if themed and not sentence.cites and sentence.method != "human":
            yield f"{shown} cites nothing"
        if raw["text"] != sentence.plain:
            yield f"{shown}: text and marked text differ"
        if (sentence.method == "human" or raw["hand"] is not None) and sentence.text.replace(
            "[@", "["
        ) not in self._edited:
            yield f"{shown} is said to be a person's, and no decision of the store has it"
        verdict = check_grounding(_as_written(sentence), self._paper)
        if not verdict.ok:
            yield f"{shown}: {verdict.reason}"
        if sentence.translated_from is not None:
            pair = (sentence.translated_from, sentence.language)
            reason = validation_error(sentence.source, sentence.text, sentence.cites, self._glossary, pair=pair)
            if reason:
                yield f"{shown} is not a valid translation of its source: {reason}"


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


def _as_written(sentence: Sentence) -> Sentence:
    """Return a sentence in the language of its source."""
    if sentence.translated_from is None:
        return sentence
    return replace(sentence, text=sentence.source, language=sentence.translated_from, translated_from=None, source="")


def _sentence(raw: Mapping[str, Any]) -> Sentence:
    evidence = tuple(
        Evidence(PaperId(item["paper"]), item["version"], item["field"], item["start"], item["end"])
        for item in raw["evidence"]
    )
    return Sentence(
        text=raw["marked"],
        cites=tuple(PaperId(paper) for paper in raw["cites"]),
        evidence=evidence,
        method=raw["method"],
        rule=raw["rule"],
        role=raw["role"],
        support=raw["support"],
        language=raw["language"],
        translated_from=raw["translated_from"],
        source=raw.get("source", ""),
    )
