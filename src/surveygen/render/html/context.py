"""What the pages of an HTML edition share: files, theme marks, abstracts."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count, pairwise

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence
from surveygen.domain.survey import BibliographyEntry, Survey
from surveygen.domain.text import slugify
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language
from surveygen.render.html.markup import anchor, string
from surveygen.render.references import review_file

MAIN = "index.html"
FOLDER = "themes"
# More papers than this do not fit one file that opens in a second: benchmarks/page.py, --papers 2000 and 3000.
MOST_IN_ONE_FILE = 2_000
MOST_ON_A_PAGE = 1_000

TONES = 12  # colors in style.css
# Outlines in a box of 12 by 12: five forms and twelve colors tell sixty themes apart.
SHAPES = (
    "M11 6a5 5 0 1 1-10 0a5 5 0 1 1 10 0z",
    "M1.6 1.6h8.8v8.8h-8.8z",
    "M6 .6l5.8 10.2h-11.6z",
    "M6 0l6 6l-6 6l-6-6z",
    "M4.2 .4h3.6v3.8h3.8v3.6h-3.8v3.8h-3.6v-3.8h-3.8v-3.6h3.8z",
)

Span = tuple[int, int]
_LEAN = 300  # papers of one page up to which its tables and the links back from references are written out


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file of the edition: what papers it holds in full, and the theme that they stand at.

    `theme` is None on the main page and on that of the papers without a theme. `part` counts from 1 the pages of a
    theme that does not fit one.
    """

    file: str
    entries: tuple[BibliographyEntry, ...]
    theme: ThemeId | None = None
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of an edition; `parts` are empty where the main page holds everything."""

    main: PageFile
    parts: tuple[PageFile, ...] = ()
    _files: Mapping[PaperId, str] = field(default_factory=dict)

    def file_of(self, paper: PaperId) -> str:
        """Return the page that holds a paper in full."""
        return self._files.get(paper, MAIN)

    def of_theme(self, theme: ThemeId | None) -> tuple[PageFile, ...]:
        """Return the pages of a theme's own papers; none where the main page holds them."""
        return tuple(page for page in self.parts if page.theme == theme)

    def link(self, here: str, there: str, place: str) -> str:
        """Return the address of a place on one page, for a link on another."""
        return f"{address(here, there)}#{place}"

    def to_paper(self, here: str, paper: PaperId) -> str:
        """Return the address of a paper's card."""
        return self.link(here, self.file_of(paper), f"p-{anchor(paper)}")

    def to_reference(self, here: str, entry: BibliographyEntry) -> str:
        """Return the address of a paper's entry in the references."""
        return self.link(here, self.file_of(entry.paper.id), f"ref-{entry.number}")


def address(here: str, there: str) -> str:
    """Return the relative address of one file from another; empty for the file itself.

    >>> address("index.html", "themes/a.html"), address("themes/a.html", "index.html"), address("a", "a")
    ('themes/a.html', '../index.html', '')
    """
    return "" if here == there else posixpath.relpath(there, posixpath.dirname(here) or ".")


def lay_out(survey: Survey, most: int = MOST_IN_ONE_FILE) -> Layout:
    """Divide a survey into pages where it has more than `most` papers: a page, or several, for each theme."""
    main = PageFile(MAIN, survey.entries)
    if len(survey.entries) <= most:
        return Layout(main)
    by_theme: dict[ThemeId | None, list[BibliographyEntry]] = defaultdict(list)
    for entry in catalogue_order(survey):
        place = entry.assignment
        by_theme[place.theme if place and not place.outside else None].append(entry)
    taken: set[str] = set()
    parts: list[PageFile] = []
    for theme, entries in by_theme.items():
        pieces = [entries[at : at + MOST_ON_A_PAGE] for at in range(0, len(entries), MOST_ON_A_PAGE)]
        name = slugify(theme) if theme is not None else "no-theme"
        for part, piece in enumerate(pieces, start=1):
            # Ids that give the same name, and the parts of a theme, are counted.
            file = next(it for n in count(1) if (it := name if n == 1 else f"{name}-{n}") not in taken)
            taken.add(file)
            by_number = tuple(sorted(piece, key=lambda entry: entry.number))
            parts.append(PageFile(f"{FOLDER}/{file}.html", by_number, theme, part, len(pieces)))
    return Layout(main, tuple(parts), {entry.paper.id: page.file for page in parts for entry in page.entries})


@dataclass(frozen=True, slots=True)
class ThemeMark:
    """How the page shows a theme: its place in the taxonomy from 0, its color class, its name, its top theme's form."""

    index: int
    tone: str
    name: str
    shape: str = SHAPES[0]


def mark_themes(survey: Survey, language: Language) -> dict[ThemeId, ThemeMark]:
    """Give every theme its place and the color of its top theme."""
    tops = {top.id: at for at, top in enumerate(survey.taxonomy.children(None))}
    top_of: dict[ThemeId, ThemeId] = {}
    marks: dict[ThemeId, ThemeMark] = {}
    for index, theme in enumerate(survey.taxonomy):
        top_of[theme.id] = top_of[theme.parent] if theme.parent is not None else theme.id
        at = tops[top_of[theme.id]]
        name = string(theme.name_in(language.code))
        marks[theme.id] = ThemeMark(index, f"t{at % TONES + 1}", name, SHAPES[at % len(SHAPES)])
    return marks


def catalogue_order(survey: Survey) -> list[BibliographyEntry]:
    """Return every entry once: by theme in reading order, best first; then what fits no theme, then what has none."""
    entries = survey.by_paper()
    filed = dict.fromkeys(paper for count in survey.counts for paper in count.own if paper in entries)
    outside = dict.fromkeys(paper for paper, entry in entries.items() if entry.assignment and entry.assignment.outside)
    return [entries[paper] for paper in {**filed, **outside, **dict.fromkeys(entries)}]


@dataclass(frozen=True)
class HtmlContext:
    """A survey with its division into pages, and what follows from these.

    `stubs` caches the data of papers that many pages name. `expandable` is whether a reader can open what does not fit,
    `has_reviews` whether each paper has a page with its review.
    """

    survey: Survey
    language: Language
    layout: Layout
    stubs: dict[PaperId, dict[str, object]] = field(default_factory=dict)
    expandable: bool = True
    has_reviews: bool = False

    @cached_property
    def entries(self) -> Mapping[PaperId, BibliographyEntry]:
        """The references by paper."""
        return self.survey.by_paper()

    @cached_property
    def marks(self) -> Mapping[ThemeId, ThemeMark]:
        """The color, shape and name of each theme."""
        return mark_themes(self.survey, self.language)

    @cached_property
    def sources(self) -> SourceTexts:
        """The abstracts in pieces."""
        return SourceTexts(self.survey)

    @cached_property
    def sizes(self) -> Mapping[ThemeId, int]:
        """The number of papers under each theme."""
        return {count.theme: count.size for count in self.survey.counts}

    @cached_property
    def section_of(self) -> Mapping[ThemeId, str]:
        """The id of the section about each theme."""
        return {section.theme: anchor(section.id) for section in self.survey.sections if section.theme}

    def mark(self, theme: ThemeId | None) -> ThemeMark | None:
        """Return how a theme is shown; None for none."""
        return self.marks.get(theme) if theme is not None else None

    def review(self, here: str, paper: PaperId) -> str:
        """Return the address of the page with the review of a paper; "" where there is none."""
        return address(here, review_file(paper)) if self.has_reviews else ""

    @property
    def lean(self) -> bool:
        """Whether one page holds so many papers that scripts write what follows from its data."""
        return not self.layout.parts and len(self.entries) > _LEAN


class SourceTexts:
    """The abstract of each paper as pieces; a span of evidence is a half-open range of them.

    `language` is the survey's.
    """

    def __init__(self, survey: Survey) -> None:
        self.language = survey.language
        self._papers: Mapping[PaperId, Paper] = {entry.paper.id: entry.paper for entry in survey.entries}
        cuts: dict[PaperId, set[int]] = {paper.id: {0, len(paper.abstract)} for paper in self._papers.values()}
        claims = chain(survey.sentences(), *(entry.card.sentences() for entry in survey.entries))
        reasons = (entry.reasons for entry in survey.entries)
        for evidence in chain.from_iterable([*(claim.evidence for claim in claims), *reasons]):
            if self._is_in_abstract(evidence):
                cuts[evidence.paper] |= {evidence.start, evidence.end}
        self._cuts = {paper: sorted(places) for paper, places in cuts.items()}
        self._indices = {paper: {cut: at for at, cut in enumerate(places)} for paper, places in self._cuts.items()}

    def pieces(self, paper: PaperId) -> list[str]:
        """Return the abstract of a paper, cut; the pieces joined are the abstract."""
        text = self._papers[paper].abstract
        return [text[start:end] for start, end in pairwise(self._cuts[paper])]

    def span(self, evidence: Iterable[Evidence], paper: PaperId) -> Span | None:
        """Return the pieces that the first evidence of a paper covers; None if it lies elsewhere than the abstract."""
        for item in evidence:
            if item.paper == paper and self._is_in_abstract(item):
                indices = self._indices[paper]
                return indices[item.start], indices[item.end]
        return None

    def _is_in_abstract(self, evidence: Evidence) -> bool:
        """Return whether the evidence lies in the version of the abstract that the page shows."""
        paper = self._papers.get(evidence.paper)
        if paper is None or evidence.field != "abstract" or evidence.version != paper.version:
            return False
        return 0 <= evidence.start < evidence.end <= len(paper.abstract)
