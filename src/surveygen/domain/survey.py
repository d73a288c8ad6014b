"""The survey as one typed document; renderers read it, nothing writes to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.changes import Changes
from surveygen.domain.citation import CitationEdge, CitationStats
from surveygen.domain.llm import ModelUse
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Attribution, Evidence, PaperReview, Sentence, SubtopicKind
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Claims, each a cited sentence; `label` is a run-in heading such as "Approaches", `kind` that of its strand."""

    sentences: tuple[Sentence, ...]
    label: str = ""
    style: Literal["prose", "list"] = "prose"
    kind: SubtopicKind = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Words that claim nothing about a paper: a definition, a notice, or counts taken from the data.

    `claim` names words that a person may edit, `attribution` the person who did. `language` is empty where it is the
    survey's own.
    """

    text: str
    role: Literal["definition", "notice", "computed"] = "computed"
    claim: str = ""
    attribution: Attribution | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class KeyValueTable:
    """Labels with values, in the survey's language; for numbers of the selection and of quality."""

    caption: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One paper of a comparison table; a cell is None where the source says nothing.

    `code` is the address of a repository, "" if none is named; its evidence stands in the paper's card.
    """

    paper: PaperId
    cells: tuple[Sentence | None, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """Papers side by side; `columns` are headings of the cells, after the column for paper and year."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One paper of a list; its title is given, as it may have left the draft. `detail` is in fixed words."""

    paper: PaperId
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PaperList:
    """Papers to which something happened."""

    caption: str
    items: tuple[PaperItem, ...]


@dataclass(frozen=True, slots=True)
class YearChart:
    """Papers per year and top theme: `counts[year][i]` belongs to `themes[i]`; years ascend without gaps."""

    caption: str
    themes: tuple[ThemeId, ...]
    years: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class FlowCount:
    """A number of the selection: how many there are, and how many there were before the last refresh, None if unknown.

    `name` is the same in every language: "found", "included", or "source:" and the name of a source.
    """

    name: str
    label: str
    total: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class FlowStage:
    """A step of the selection: what is `remaining`, its `parts`, and what is set `aside` before the next stage.

    The parts add up to `remaining`; less what is set aside it is the `remaining` of the next stage.
    """

    remaining: FlowCount
    parts: tuple[FlowCount, ...] = ()
    aside: tuple[FlowCount, ...] = ()


@dataclass(frozen=True, slots=True)
class PrismaFlow:
    """The way from records found to papers under a theme, after the PRISMA 2020 statement (doi:10.1136/bmj.n71)."""

    caption: str
    stages: tuple[FlowStage, ...]

    def counts(self) -> Iterator[FlowCount]:
        """Yield every number in reading order."""
        for stage in self.stages:
            yield from (stage.remaining, *stage.parts, *stage.aside)


@dataclass(frozen=True, slots=True)
class TaxonomyFigure:
    """The tree of themes with counts and, at each leaf, its most central papers."""

    caption: str
    examples: tuple[tuple[ThemeId, tuple[PaperId, ...]], ...]


@dataclass(frozen=True, slots=True)
class MapLabel:
    """Where a theme stands on the map, at the middle of its `papers` papers; `nearest` is the theme next to it."""

    theme: ThemeId
    x: float
    y: float
    papers: int
    nearest: ThemeId | None = None


@dataclass(frozen=True, slots=True)
class ThemeMap:
    """The papers in the plane, alike near each other (`Entry.position`), with a spot for each top theme."""

    caption: str
    spots: tuple[MapLabel, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Landmark works by year, ascending; of each year the foremost first."""

    caption: str
    years: tuple[tuple[int, tuple[PaperId, ...]], ...]


@dataclass(frozen=True, slots=True)
class SimilarityMatrix:
    """How alike themes are: `values[i][j]`, -1 to 1, is the cosine between the centers of `themes[i]` and `[j]`."""

    caption: str
    themes: tuple[ThemeId, ...]
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All papers in the order of the themes."""

    caption: str


@dataclass(frozen=True, slots=True)
class References:
    """The numbered bibliography."""


Block = (
    Paragraph
    | Note
    | KeyValueTable
    | ComparisonTable
    | PaperList
    | PrismaFlow
    | YearChart
    | TaxonomyFigure
    | SimilarityMatrix
    | ThemeMap
    | Timeline
    | Catalogue
    | References
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its blocks; `level` 1 is a top section, `theme` names the node that it is about."""

    id: str
    heading: str
    level: int
    blocks: tuple[Block, ...]
    theme: ThemeId | None = None

    def sentences(self) -> Iterator[Sentence]:
        """Yield the claims of the running text."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences

    def claims(self) -> Iterator[str]:
        """Yield the names of the words that a person may edit: the definition, then the running text."""
        yield from (block.claim for block in self.blocks if isinstance(block, Note) and block.claim)
        yield from (sentence.claim for sentence in self.sentences() if sentence.claim)


@dataclass(frozen=True, slots=True)
class BibliographyEntry:
    """A paper as this draft uses it.

    Attributes:
        number: position in the references, from 1. cite_key: stable for the life of the survey.
        neighbours: the papers most like it, nearest first, at most 10.
        citation_stats: who cites it and whom it cites; None if nothing is known.
        reasons: spans of the abstract that placed the paper.
        position: the place on the map in the unit square, y downwards; None if there is no map.
    """

    paper: Paper
    number: int
    cite_key: str
    card: PaperReview
    assignment: Assignment | None = None
    neighbours: tuple[PaperId, ...] = ()
    citation_stats: CitationStats | None = None
    reasons: tuple[Evidence, ...] = ()
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """What a reader should know about the draft; shares are 0 to 1, the rest are counts.

    `grounded_share` is over all claims of the program, cited or not, `grounded_cited_share` over the cited ones alone.
    `human_sentences` are a person's, `doubted_sentences` those of them whose sources have changed since.
    Claims in another language than the survey's are `untranslated_sentences`; `failed_translations` are those of them
    of which a translation came and did not hold.
    `dangling_sentences` of the running text hold a word whose referent is not there, `fragments` are no sentences; what
    a person wrote is not judged. `least_theme_cited` is the smallest share of a theme's papers that its text and table,
    those of its sub-themes included, cite.
    """

    claim_sentences: int
    citation_coverage: float
    grounded_share: float
    orphan_citations: int
    uncited_references: int
    redundancy: float
    uncertain_papers: int
    unassigned_papers: int
    papers_without_abstract: int
    editor_notes: int
    quarantined_records: int
    untranslated_sentences: int = 0
    outside_papers: int = 0
    grounded_cited_share: float = 1.0
    model_sentences: int = 0
    human_sentences: int = 0
    doubted_sentences: int = 0
    translated_sentences: int = 0
    failed_translations: int = 0
    dangling_sentences: int = 0
    fragments: int = 0
    least_theme_cited: float = 1.0


@dataclass(frozen=True, slots=True)
class Provenance:
    """How to make the same draft again; `model` is what a language model has given so far, None without one.

    `translator` is the engine that was asked for this edition, empty if none was.
    """

    surveygen: str
    config_sha256: str
    corpus_sha256: str
    encoder: str
    summarizer: str
    seed: int
    sources: tuple[str, ...]
    model: ModelUse | None = None
    translator: str = ""


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """Members of a theme: `own` papers filed at this node itself, `size` with all below it.

    `border` are papers here or elsewhere that were nearly placed otherwise, the closest calls first.
    """

    theme: ThemeId
    own: tuple[PaperId, ...]
    size: int
    border: tuple[PaperId, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """One draft in one language.

    Attributes:
        generated_at: ISO 8601 UTC; the last change of the corpus, so that a rebuild gives the same bytes.
        entries: in the order of the references.
        changes: what the last refresh changed; `earlier` are the reports before it, newest first.
        editions: codes of the languages that the survey is there in, this one included; empty if only this one counts.
        citations: between papers of the survey, with who told each. graphs: name and title of those who told.
    """

    slug: str
    title: str
    language: str
    generated_at: str
    taxonomy: Taxonomy
    counts: tuple[ThemeCount, ...]
    entries: tuple[BibliographyEntry, ...]
    sections: tuple[Section, ...]
    quality: Quality
    provenance: Provenance
    changes: Changes | None = None
    earlier: tuple[Changes, ...] = ()
    subtitle: str = ""
    citations: tuple[CitationEdge, ...] = ()
    graphs: tuple[tuple[str, str], ...] = ()
    editions: tuple[str, ...] = ()

    def by_paper(self) -> dict[PaperId, BibliographyEntry]:
        """Return the entries by paper; build it once and keep it while rendering."""
        return {entry.paper.id: entry for entry in self.entries}

    def sentences(self) -> Iterator[Sentence]:
        """Return every claim of the running text and of the tables, in reading order."""
        return all_sentences(self.sections)


def all_sentences(sections: Iterable[Section]) -> Iterator[Sentence]:
    """Yield every claim of the running text and of the tables of some sections, in reading order."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences
            elif isinstance(block, ComparisonTable):
                for row in block.rows:
                    yield from (cell for cell in row.cells if cell is not None)
