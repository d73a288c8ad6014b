"""The survey as one typed, immutable document that renderers read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from surveygen.domain.changes import Changes, VersionChange
from surveygen.domain.citation import CitationEdge, CitationStats
from surveygen.domain.decision import Decision
from surveygen.domain.figure import FigureRecord
from surveygen.domain.full_text import QuotedText
from surveygen.domain.llm import ModelUse
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.results import ResultCell
from surveygen.domain.summary import Attribution, CitationContext, Evidence, PaperReview, Sentence
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Cited sentences; `label` is a run-in heading such as "Methods"."""

    sentences: tuple[Sentence, ...]
    label: str = ""
    style: Literal["prose", "list"] = "prose"


@dataclass(frozen=True, slots=True)
class Note:
    """A text without claims about a paper: a definition, a notice, or counts of the data.

    `claim` is the key of a text that a person may edit, `attribution` the person who did. `language` is empty for the
    language of the survey.
    """

    text: str
    role: Literal["definition", "notice", "computed"] = "computed"
    claim: str = ""
    attribution: Attribution | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class KeyValueTable:
    """Labels with values, in the survey's language: numbers of the selection and of quality."""

    caption: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One paper of a comparison table; a cell is None if the source has no statement.

    `code` is the address of a repository, "" if none is named; its evidence is in the paper's card.
    """

    paper: PaperId
    cells: tuple[Sentence | None, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """Papers as rows; `columns` are the headings of the cells, after the column for paper and year."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One value of a table of results.

    Attributes:
        link: address of the table that prints it, "" for a text from a file.
        differs: whether another table prints another value for the same method and measure.
    """

    cell: ResultCell
    link: str = ""
    differs: bool = False


@dataclass(frozen=True, slots=True)
class ResultsTable:
    """What tables of full texts print for one data set; `file` is the name of its CSV file without ending."""

    caption: str
    name: str
    file: str
    rows: tuple[ResultRow, ...]


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One paper of a list, with its title, as it may have left the draft. `detail` is a fixed phrase."""

    paper: PaperId
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PaperList:
    """A list of papers, such as those added or withdrawn."""

    caption: str
    items: tuple[PaperItem, ...]


@dataclass(frozen=True, slots=True)
class YearChart:
    """Papers per year and top theme: `counts[year][i]` belongs to `themes[i]`.

    Years ascend without gaps, but for long runs of years without papers, which are left out.
    """

    caption: str
    themes: tuple[ThemeId, ...]
    years: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class FlowCount:
    """A number of the selection, now and before the last refresh (None if unknown).

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
    """The selection from records found to papers with a theme, after PRISMA 2020 (doi:10.1136/bmj.n71)."""

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
    """The label of a theme on the map, at the centre of its `papers` papers; `nearest` is the nearest other theme."""

    theme: ThemeId
    x: float
    y: float
    papers: int
    nearest: ThemeId | None = None


@dataclass(frozen=True, slots=True)
class ThemeMap:
    """The papers in the plane by similarity (`BibliographyEntry.position`), with a label for each top theme."""

    caption: str
    spots: tuple[MapLabel, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Landmark works by ascending year; the most important of a year first."""

    caption: str
    years: tuple[tuple[int, tuple[PaperId, ...]], ...]


@dataclass(frozen=True, slots=True)
class SimilarityMatrix:
    """Similarity of themes: `values[i][j]`, -1 to 1, is the cosine of the centroids of `themes[i]` and `themes[j]`."""

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
    | ResultsTable
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
    """A heading with its blocks; `level` 1 is a top section, `theme` the theme that it is about."""

    id: str
    heading: str
    level: int
    blocks: tuple[Block, ...]
    theme: ThemeId | None = None

    def sentences(self) -> Iterator[Sentence]:
        """Yield the sentences of the running text."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences

    def claims(self) -> Iterator[str]:
        """Yield the claim keys of what a person may edit: the definition, then the running text."""
        yield from (block.claim for block in self.blocks if isinstance(block, Note) and block.claim)
        yield from (sentence.claim for sentence in self.sentences() if sentence.claim)


@dataclass(frozen=True, slots=True)
class BibliographyEntry:
    """A paper in the references of a draft.

    Attributes:
        number: position in the references, from 1. cite_key: stable for the life of the survey.
        neighbours: the most similar papers, nearest first, at most 10.
        citation_stats: citations from and to it; None if no graph lists it.
        reasons: spans of the abstract that decided its theme.
        position: coordinates on the map in the unit square, y downwards; None without a map.
        contexts: how other papers of the survey describe it, oldest first.
        full_text: the source of its full text with the units that are evidence; None if it was not read.
        version_changes: of the versions whose texts are stored, by ascending version.
        decisions: of persons about its theme, in effect, the last one last.
        figure: one that its license permits to show; the survey has its image.
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
    contexts: tuple[CitationContext, ...] = ()
    full_text: QuotedText | None = None
    version_changes: tuple[VersionChange, ...] = ()
    decisions: tuple[Decision, ...] = ()
    figure: FigureRecord | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality figures of a draft; shares are 0 to 1, the rest are counts.

    `grounded_share` is over all claims of the program, cited or not, `grounded_cited_share` over the cited ones alone.
    `human_sentences` are a person's, `doubted_sentences` those of them whose sources have changed since.
    Claims in another language than the survey's are `untranslated_sentences`; `failed_translations` are those of them
    whose translation failed the check.
    `dangling_sentences` of the running text have a word without its referent, `fragments` are not sentences; a person's
    text is not checked. `least_theme_cited` is the smallest share of a theme's papers that its text and table,
    including those of its sub-themes, cite.
    `redundancy` is the share of sentences and titles that stand more than once in text, lists, tables and catalogue,
    `papers_in_prose` that of papers cited in the running text, `joint_citations` that of citing sentences that cite two
    papers or more. `paragraph_sentences` is the median length of a paragraph. `full_texts` is the number of papers that
    were read in full.
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
    papers_in_prose: float = 0.0
    joint_citations: float = 0.0
    paragraph_sentences: float = 0.0
    full_texts: int = 0


@dataclass(frozen=True, slots=True)
class Provenance:
    """What determines the draft, to reproduce it; `model` is the use of a language model so far, None without one.

    `translator` is the translation engine of this edition, empty if none was used.
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
    """Members of a theme: `own` papers of this node itself, `size` including all nodes below it.

    `border` are papers of this or another theme that were nearly assigned otherwise, the smallest margin first.
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
        changes: the report of the last refresh; `earlier` are the reports before it, newest first.
        editions: codes of all languages of the survey, including this one; empty if there is only this one.
        citations: between papers of the survey, each with its graph. graphs: name and title of the graphs.
        images: of the figures of its entries, by SHA-256; read when they are asked for.
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
    images: Mapping[str, bytes] = field(default_factory=dict, compare=False)

    def by_paper(self) -> dict[PaperId, BibliographyEntry]:
        """Return the entries by paper; a new dictionary at each call."""
        return {entry.paper.id: entry for entry in self.entries}

    def sentences(self) -> Iterator[Sentence]:
        """Return every sentence of the running text and of the tables, in reading order."""
        return all_sentences(self.sections)


def all_sentences(sections: Iterable[Section]) -> Iterator[Sentence]:
    """Yield every sentence of the running text and of the tables of some sections, in reading order."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences
            elif isinstance(block, ComparisonTable):
                for row in block.rows:
                    yield from (cell for cell in row.cells if cell is not None)


def discussions(sections: Iterable[Section]) -> dict[PaperId, Section]:
    """Map each paper to the section whose running text says something of it: one about a theme before others.

    A sentence that counts papers says nothing of a single one.
    """
    found: dict[PaperId, Section] = {}
    for section in sorted(sections, key=lambda section: section.theme is None):
        for sentence in section.sentences():
            for paper in () if sentence.method == "aggregate" else sentence.cites:
                found.setdefault(paper, section)
    return found
