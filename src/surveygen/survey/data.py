"""The record that the stages of a build fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from surveygen.domain.changes import Changes, VersionChange
from surveygen.domain.citation import Citations
from surveygen.domain.decision import Decision
from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.figure import FigureRecord
from surveygen.domain.full_text import FullTexts, QuotedText
from surveygen.domain.llm import ModelUse
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.results import DataSetResults
from surveygen.domain.summary import CitationContext, Evidence, FrontMatter, PaperReview, Sentence, ThemeSummary
from surveygen.domain.survey import Provenance, Survey
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.survey.translation import Translation


def _no_vectors(texts: Sequence[str]) -> Vectors:
    return np.zeros((len(texts), 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class QualityChecks:
    """Functions that judge the sentences of a survey.

    Attributes:
        grounded: whether the evidence of a sentence supports it.
        flaw: the flaw of style of a sentence: "dangling", "fragment", something else, or "" for none.
        tells_finding: whether a sentence of one paper tells a result that can be understood, and not only praise.
    """

    grounded: Callable[[Sentence], bool] = bool
    flaw: Callable[[Sentence], str] = lambda _sentence: ""
    tells_finding: Callable[[Sentence], bool] = lambda _sentence: True


@dataclass(frozen=True, slots=True, eq=False)
class SurveyData:
    """What is known of a survey so far; each stage of a build returns it with its own part added.

    Attributes:
        papers: those in the draft, sorted by id. texts: their full texts. excluded: those that a person took out.
        embeddings: a row for each of `papers`. encode: embeds short texts, `(n, dim)` float32 rows of length 1.
        taxonomy: the themes after all decisions. assignments: by paper, in the order of `papers`.
        neighbors: the most similar papers of each paper, nearest first. recent: the papers that came last.
        reviews: a review of each paper. quoted_texts: what drafts show of full texts, by paper.
        summaries: by theme; a theme without a summary gets no running text.
        front_matter: what opens and closes the survey; empty parts are left out.
        summarizer: the fingerprint of what wrote them. model: how a language model served the survey, None for none.
        translations: by language of the edition.
        title: of the edition. titles: in each language that the survey is built in, by its code. source_title: in the
            language of the papers; "" for that of the edition.
        translation: what is known in the language of the edition, where that is another than the papers'.
        cite_keys: of each paper that some draft cited. order: papers in the order of earlier references; new ones come
            after them.
        edits: a person's sentences that hold, in their order, each with the section where it stands now.
        contexts: how other papers describe each paper, those that tell most. joint_contexts: sentences about several.
        results: values that tables of full texts print, by data set.
        citations: who cites whom. graph_titles: the names that citation graphs give themselves.
        rationales: spans of the abstract that placed the paper. border: papers nearly placed otherwise, by theme.
        coordinates: of papers on the map, in the unit square; empty without a map.
        version_changes: of the papers with the texts of several versions. placements: decisions of persons about the
            themes of papers, in effect.
        figures: those that may be shown. images: of these, by SHA-256.
        similarity: cosine between the centers of two top themes, both ways round.
        withdrawn: papers that stood in an earlier draft and were withdrawn since, sorted by id.
        selection: counts of the store by name ("delivered", "duplicates", "quarantined", ...).
        records_by_source: number of records of each source, unreadable ones included; the parts of "delivered" and
            "quarantined".
        generated_at: ISO 8601 UTC, given so that composing needs no clock.
        changes: the report of the last refresh. earlier: those before it, newest first.
        surveys: the composed document of each edition, by language.
        written_files: the files whose bytes are new.
    """

    papers: tuple[Paper, ...] = ()
    texts: FullTexts = field(default_factory=FullTexts)
    excluded: tuple[Paper, ...] = ()
    embeddings: Embeddings = field(default_factory=lambda: Embeddings((), _no_vectors(()), ""))
    encode: Callable[[Sequence[str]], Vectors] = _no_vectors
    taxonomy: Taxonomy = field(default_factory=Taxonomy)
    assignments: Mapping[PaperId, Assignment] = field(default_factory=dict)
    neighbors: Mapping[PaperId, tuple[PaperId, ...]] = field(default_factory=dict)
    recent: frozenset[PaperId] = frozenset()
    reviews: Mapping[PaperId, PaperReview] = field(default_factory=dict)
    quoted_texts: Mapping[PaperId, QuotedText] = field(default_factory=dict)
    summaries: Mapping[ThemeId, ThemeSummary] = field(default_factory=dict)
    front_matter: FrontMatter = field(default_factory=FrontMatter)
    summarizer: str = ""
    model: ModelUse | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)
    slug: str = ""
    title: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    source_title: str = ""
    translation: Translation = field(default_factory=Translation)
    cite_keys: Mapping[PaperId, str] = field(default_factory=dict)
    order: tuple[PaperId, ...] = ()
    edits: tuple[Decision, ...] = ()
    contexts: Mapping[PaperId, tuple[CitationContext, ...]] = field(default_factory=dict)
    joint_contexts: tuple[CitationContext, ...] = ()
    results: tuple[DataSetResults, ...] = ()
    citations: Citations = field(default_factory=Citations)
    graph_titles: Mapping[str, str] = field(default_factory=dict)
    rationales: Mapping[PaperId, tuple[Evidence, ...]] = field(default_factory=dict)
    border: Mapping[ThemeId, tuple[PaperId, ...]] = field(default_factory=dict)
    coordinates: Mapping[PaperId, tuple[float, float]] = field(default_factory=dict)
    version_changes: Mapping[PaperId, tuple[VersionChange, ...]] = field(default_factory=dict)
    placements: Mapping[PaperId, tuple[Decision, ...]] = field(default_factory=dict)
    figures: Mapping[PaperId, FigureRecord] = field(default_factory=dict)
    images: Mapping[str, bytes] = field(default_factory=dict)
    similarity: Mapping[tuple[ThemeId, ThemeId], float] = field(default_factory=dict)
    withdrawn: tuple[Paper, ...] = ()
    selection: Mapping[str, int] = field(default_factory=dict)
    records_by_source: Mapping[str, int] = field(default_factory=dict)
    generated_at: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance("", "", "", "", "", 0, ()))
    checks: QualityChecks = field(default_factory=QualityChecks)
    changes: Changes | None = None
    earlier: tuple[Changes, ...] = ()
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    written_files: tuple[Path, ...] = ()

    @property
    def all_titles(self) -> tuple[str, ...]:
        """The titles in all languages, by which every edition leaves out what could be said of each paper."""
        return (self.source_title or self.title, *self.titles.values())
