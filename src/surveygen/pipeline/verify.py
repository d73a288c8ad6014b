"""Checking a built draft against the store, claim by claim."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.errors import ConfigError
from surveygen.pipeline.files import MANIFEST, read_manifest, sha256
from surveygen.pipeline.stages.translate import load_glossary
from surveygen.pipeline.verify_translations import compare_editions
from surveygen.summarize import check_grounding
from surveygen.themes import load_profile
from surveygen.translate import Glossary, validation_error


@dataclass(frozen=True, slots=True)
class Problem:
    """A failed check: file, place and reason."""

    file: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The outcome; a draft is valid if there are no problems.

    `human` counts sentences written by a person, which are not checked against sources; `doubted` lists those of them
    whose sources have changed since.
    """

    drafts: int
    sentences: int
    citations: int
    problems: tuple[Problem, ...]
    human: int = 0
    doubted: tuple[Problem, ...] = ()


def verify(project: Project, folder: Path | None = None) -> VerifyReport:
    """Check every edition below a folder (default: the survey's output), and that the editions state the same facts.

    Raises:
        ConfigError: there is no draft.
    """
    root = folder or project.output / project.settings.slug
    drafts = sorted(root.rglob("survey.json")) if root.is_dir() else []
    if not drafts:
        raise ConfigError(f"no survey.json below {root}", "run: surveygen build --format json")
    checked: list[_DraftCheck] = []
    problems: list[Problem] = []
    profile = load_profile(project.settings.profile, project.root)
    readable: list[tuple[Path, Mapping[str, Any]]] = []
    with Store.open(project.database) as store:
        for draft in drafts:
            problems += _check_files(draft.parent)
            data = _read(draft)
            if isinstance(data, Problem):
                problems.append(data)
                continue
            readable.append((draft, data))
            checked.append(
                _DraftCheck(store, draft, data, load_glossary(project, profile, str(data.get("language", ""))))
            )
            problems += checked[-1].problems()
    problems += [Problem(str(path), place, reason) for path, place, reason in compare_editions(readable)]
    return VerifyReport(
        len(drafts),
        sum(check.sentences for check in checked),
        sum(check.citations for check in checked),
        tuple(problems),
        sum(check.human for check in checked),
        tuple(stale for check in checked for stale in check.stale),
    )


def _check_files(folder: Path) -> Iterator[Problem]:
    """Compare each file with the checksum in the manifest."""
    sums = read_manifest(folder)
    if not sums:
        yield Problem(str(folder / MANIFEST), "", "missing or unreadable: build the draft again")
    for name, checksum in sums.items():
        path = folder / name
        if " " in name:
            continue  # a note about a file, such as what the PDF was made from
        if not path.is_file():
            yield Problem(str(path), "", "missing")
        elif sha256(path) != checksum:
            yield Problem(str(path), "", "changed after it was built")


def _read(path: Path) -> Mapping[str, Any] | Problem:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return Problem(str(path), "", f"cannot be read: {error}")
    if not isinstance(data, dict) or data.get("schema_version") != 1:
        return Problem(str(path), "schema_version", "is not 1: build the draft again")
    return data


class _DraftCheck:
    """The checks of one survey.json, with counts."""

    def __init__(self, store: Store, path: Path, data: Mapping[str, Any], glossary: Glossary) -> None:
        self._glossary = glossary
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
