"""Invented papers as pages with LaTeXML's markup, and what was planted in them.

The papers of a corpus cite earlier ones, share data sets, and differ in how their pages are marked up: numbers or
authors and years as citations, formulas with or without an attribute, entries in one block or in three, limitations in
a section of their own or in the conclusion.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from surveygen.domain.paper import Author, Paper, PaperId

CitationStyle = Literal["numbers", "years"]
FormulaStyle = Literal["alttext", "annotation", "mathjax"]

_GIVEN = ("Ada", "Bo", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jon", "Kira", "Leo")
_FAMILY_NAMES = (
    "Abel Brandt Castell Dorn Eklund Farrow Grimaldi Hallam Ibarra Jansen Keller Lindqvist Moreau Novotny Osei "
    "Pereira Quist Rossi Sandoval Tamm Ueda Varga Weller Xavier Yilmaz Zeman"
)
_FAMILIES = _FAMILY_NAMES.split()
_SYLLABLES = ("Lamp", "Wing", "Dusk", "Field", "Root", "Stone", "River", "Cloud", "Seed", "Frost")
_ENDINGS = ("Net", "Count", "Map", "Track", "Former", "Sense")
_MEANS = (
    "stripes of light", "pairs of still pictures", "short films", "weak labels", "simulated scenes", "two microphones",
    "a graph of neighbors", "random crops", "a memory of past frames", "written notes",
)  # fmt: skip
_CONDITIONS = (
    "rain covers the lens", "two animals overlap", "the sun is low", "the wind is strong", "labels are missing",
    "the camera moves",
)  # fmt: skip
_PLACES = ("one valley", "two farms", "a single greenhouse", "three gardens", "one season", "English notes")


@dataclass(frozen=True)
class Subject:
    """A field of the corpus, with what its papers share."""

    task: str
    thing: str
    data_sets: tuple[str, str]
    measure: str


SUBJECTS = (
    Subject("counting bees", "bees", ("Meadow", "Orchard"), "Error"),
    Subject("finding moles in lawns", "moles", ("Lawn-9", "ParkSet"), "Recall"),
    Subject("telling mushrooms apart", "mushrooms", ("ForestBench", "CapStem"), "Accuracy"),
    Subject("predicting frost in vineyards", "frost", ("VineCold", "NightGrid"), "F1"),
    Subject("following otters at night", "otters", ("DarkRiver", "OtterTrail"), "Precision"),
    Subject("reading the rings of trees", "rings", ("RingScan", "OldOak"), "Error"),
)


@dataclass(frozen=True)
class Cite:
    """A citation in a sentence; `missing` is a key that the bibliography does not list."""

    papers: tuple[PaperId, ...]
    missing: str = ""


@dataclass(frozen=True)
class Tex:
    """A formula in a sentence."""

    tex: str


Text = Sequence[str | Cite | Tex]


@dataclass(frozen=True)
class PlantedResult:
    """One cell of the results table; `paper` is the paper that proposed the method."""

    paper: PaperId
    method: str
    data_set: str
    measure: str
    value: str


@dataclass(frozen=True)
class PlantedContext:
    """A sentence about earlier papers as a reader should find it; `is_own` if it tells of the citing paper too."""

    sentence: str
    cited: tuple[PaperId, ...]
    is_own: bool


@dataclass(frozen=True)
class PlantedPaper:
    """A paper, its page, and the truth about it; texts are as a reader should find them."""

    paper: Paper
    page: bytes
    method: str
    subject: Subject
    contributions: tuple[str, ...]
    limitations: tuple[str, ...]
    limitations_section: str
    data_sets: tuple[str, ...]
    results: tuple[PlantedResult, ...]
    definitions: tuple[tuple[str, str], ...]
    contexts: tuple[PlantedContext, ...]
    figure_caption: str
    references: tuple[PaperId, ...]


def make_corpus(count: int = 60, seed: int = 0) -> tuple[PlantedPaper, ...]:
    """Make papers that cite earlier ones of the same subject, where there are any."""
    rng = random.Random(seed)
    planted: list[PlantedPaper] = []
    for number in range(count):
        subject = SUBJECTS[number % len(SUBJECTS)]
        earlier = [paper for paper in planted if paper.subject == subject]
        planted.append(_make_paper(number, subject, earlier, rng))
    return tuple(planted)


def _make_paper(number: int, subject: Subject, earlier: list[PlantedPaper], rng: random.Random) -> PlantedPaper:
    method = f"{_SYLLABLES[number % 10]}{_ENDINGS[number // 10 % 6]}{number // 60 or ''}"
    means = _MEANS[rng.randrange(len(_MEANS))]
    year = 2015 + number // 8
    authors = tuple(
        Author(f"{given} {family}")
        for given, family in zip(rng.sample(_GIVEN, 3), rng.sample(_FAMILIES, 3), strict=True)
    )[: rng.randint(1, 3)]
    paper = Paper(
        PaperId(f"{year % 100:02d}{1 + number % 12:02d}.{10000 + number}"),
        f"{method}: {subject.task[0].upper()}{subject.task[1:]} with {means}",
        abstract=f"We present {method} for {subject.task}. It learns from {means}.",
        authors=authors,
        published=f"{year}-{1 + number % 12:02d}-01",
        categories=("cs.CV",),
        license="http://creativecommons.org/licenses/by/4.0/" if number % 2 else "",
    )
    cited = rng.sample(earlier, min(len(earlier), 4))
    return _Writer(paper, subject, cited, rng).planted()


class _Writer:
    """Writes one paper; every text that is planted is written by `_text` and rendered by the page."""

    def __init__(self, paper: Paper, subject: Subject, cited: list[PlantedPaper], rng: random.Random) -> None:
        self._paper, self._subject, self._cited, self._rng = paper, subject, cited, rng
        self._method = paper.title.partition(":")[0]
        self._means = paper.title.rpartition(" with ")[2]
        styles: tuple[CitationStyle, ...] = ("numbers", "years")
        formulas: tuple[FormulaStyle, ...] = ("alttext", "annotation", "mathjax")
        self._page = Page(
            [item.paper for item in cited],
            citations=rng.choice(styles),
            formulas=rng.choice(formulas),
            blocks=rng.choice((1, 3)),
        )
        self._contexts: list[PlantedContext] = []

    def planted(self) -> PlantedPaper:
        contributions = (
            f"a camera that watches {self._subject.thing} by {self._means};",
            f"{self._method}, a model with {self._rng.randint(2, 90)} million parameters;",
            f"an analysis of {self._rng.randint(3, 9)} failures.",
        )
        limitations = (
            f"We tested {self._method} in {self._rng.choice(_PLACES)} only.",
            f"{self._method} fails when {self._rng.choice(_CONDITIONS)}.",
        )
        term = f"{self._subject.thing} density"
        definition: Text = (f"The {term} ", Tex("d=n/a"), f" is the number of {self._subject.thing} per square metre.")
        has_section = self._rng.random() < 0.6
        caption: Text = (f"Overview of {self._method}: the camera, the model and its ", Tex("k"), " outputs.")
        results = self._results()
        body = [
            self._introduction(contributions),
            self._related_work(),
            self._method_section(definition, term, caption),
            self._results_section(results),
        ]
        limits = self._page.paragraph([" ".join(limitations)])
        if has_section:
            body.append(self._page.section("Limitations", [limits]))
        findings = self._page.paragraph([f"{self._method} helps where {self._subject.thing} are many."])
        body.append(self._page.section("Conclusion", [findings] if has_section else [findings, limits]))
        return PlantedPaper(
            paper=self._paper,
            page=self._page.render(self._paper, body),
            method=self._method,
            subject=self._subject,
            contributions=contributions,
            limitations=limitations,
            limitations_section="Limitations" if has_section else "Conclusion",
            data_sets=self._subject.data_sets,
            results=results,
            definitions=((term, self._page.text(definition)),),
            contexts=tuple(self._contexts),
            figure_caption=self._page.text(caption),
            references=tuple(item.paper.id for item in self._cited),
        )

    def _introduction(self, contributions: Sequence[str]) -> str:
        opening: list[str | Cite | Tex] = [f"Farmers ask for help with {self._subject.task}. "]
        if self._cited:
            opening += self._context(["Much has been tried ", Cite(tuple(self._ids()[:3])), "."], self._ids()[:3])
            opening.append(" ")
        opening.append("We make these contributions:")
        items = [[item] for item in contributions]
        return self._page.section("Introduction", [self._page.paragraph(opening, after=self._page.items(items))])

    def _related_work(self) -> str:
        sentences: list[str | Cite | Tex] = []
        for item in self._cited:
            name, means = item.method, item.paper.title.rpartition(" with ")[2]
            about: Text = [f"{name} ", Cite((item.paper.id,)), f" learns from {means}, but it needs clean films."]
            sentences += [*self._context(about, [item.paper.id]), " "]
        if len(self._cited) > 1:
            first, second = self._cited[:2]
            pair: Text = [
                f"Whereas {first.method} ", Cite((first.paper.id,)), f" works by day, {second.method} ",
                Cite((second.paper.id,)), " also works at night.",
            ]  # fmt: skip
            sentences += [*self._context(pair, [first.paper.id, second.paper.id]), " "]
        if self._cited:
            last = self._cited[-1].paper.id
            sentences += self._context(["We follow the protocol of ", Cite((last,)), "."], [last], is_own=True)
        sentences.append(f" Nothing else is known about {self._subject.task} at dusk.")
        return self._page.section("Related work", [self._page.paragraph(sentences)])

    def _method_section(self, definition: Text, term: str, caption: Text) -> str:
        lines = [
            self._page.theorem("definition", f"Definition 1 ({term})", definition),
            self._page.paragraph(
                [f"{self._method} learns from {self._means}. Its loss is"],
                after=self._page.equation("L=\\sum_{i}(y_{i}-f(x_{i}))^{2}"),
            ),
            self._page.figure("overview.png", caption),
        ]
        return self._page.section("Method", [self._page.subsection("The model", lines)])

    def _results(self) -> tuple[PlantedResult, ...]:
        """Copy the values of earlier papers as these print them, and add own ones."""
        first, second = self._subject.data_sets
        rows = [*(row for item in self._cited for row in item.results if row.paper == item.paper.id)]
        own = [
            PlantedResult(
                self._paper.id, self._method, name, self._subject.measure, f"{self._rng.randint(20, 990) / 10}"
            )
            for name in (first, second)
        ]
        return (*rows, *own)

    def _results_section(self, results: Sequence[PlantedResult]) -> str:
        first, second = self._subject.data_sets
        methods = list(dict.fromkeys((row.paper, row.method) for row in results))
        values = {(row.paper, row.data_set): row.value for row in results}
        rows: list[tuple[Text, str, str]] = []
        for paper, method in methods:
            name: Text = [method] if paper == self._paper.id else [f"{method} ", Cite((paper,))]
            rows.append((name, values[paper, first], values[paper, second]))
        caption = [f"{self._subject.measure} of {len(methods)} methods on {first} and {second}."]
        table = self._page.results_table(self._subject.measure, (first, second), rows, caption)
        return self._page.section("Results", [self._page.paragraph(["The table compares all methods."]), table])

    def _context(self, sentence: Text, cited: Sequence[PaperId], *, is_own: bool = False) -> Text:
        self._contexts.append(PlantedContext(self._page.text(sentence), tuple(cited), is_own))
        return sentence

    def _ids(self) -> list[PaperId]:
        return [item.paper.id for item in self._cited]


class Page:
    """Writes LaTeXML's markup; ids and numbers are counted as it does."""

    def __init__(
        self,
        references: Sequence[Paper] = (),
        *,
        citations: CitationStyle = "numbers",
        formulas: FormulaStyle = "alttext",
        blocks: int = 1,
    ) -> None:
        self._references = {paper.id: (number, paper) for number, paper in enumerate(references, start=1)}
        self._citations = citations
        self._formulas = formulas
        self._blocks = blocks
        self._sections = self._subsections = self._paragraphs = self._figures = self._tables = 0

    def text(self, parts: Text) -> str:
        """Return a text as a reader should find it."""
        return "".join(
            part if isinstance(part, str) else f"${part.tex}$" if isinstance(part, Tex) else self._mark(part)
            for part in parts
        )

    def html(self, parts: Text) -> str:
        """Return a text in the markup of the page."""
        return "".join(
            escape(part)
            if isinstance(part, str)
            else self._formula(part.tex)
            if isinstance(part, Tex)
            else self._cite(part)
            for part in parts
        )

    def section(self, title: str, blocks: Sequence[str]) -> str:
        """Return a numbered section."""
        self._sections += 1
        self._subsections = self._paragraphs = 0
        return self._sectional("section", f"S{self._sections}", str(self._sections), title, blocks)

    def subsection(self, title: str, blocks: Sequence[str]) -> str:
        """Return a subsection of the section that is written next."""
        self._subsections += 1
        number = f"{self._sections + 1}.{self._subsections}"
        name = f"S{self._sections + 1}.SS{self._subsections}"
        return self._sectional("subsection", name, number, title, blocks)

    def paragraph(self, parts: Text, *, after: str = "") -> str:
        """Return a paragraph; `after` is a list or a formula that belongs to it."""
        self._paragraphs += 1
        name = f"S{self._sections + 1}.p{self._paragraphs}"
        line = f'<p id="{name}.1" class="ltx_p">{self.html(parts)}</p>'
        return f'<div id="{name}" class="ltx_para">\n{line}\n{after}</div>\n'

    def items(self, items: Sequence[Text]) -> str:
        """Return a list with bullets."""
        lines = "".join(
            f'<li class="ltx_item"><span class="ltx_tag ltx_tag_item">•</span>\n'
            f'<div class="ltx_para"><p class="ltx_p">{self.html(item)}</p></div></li>\n'
            for item in items
        )
        return f'<ul class="ltx_itemize">\n{lines}</ul>\n'

    def equation(self, tex: str) -> str:
        """Return a displayed formula with its number."""
        return (
            '<table class="ltx_equation ltx_eqn_table"><tbody><tr class="ltx_equation ltx_eqn_row">'
            f'<td class="ltx_eqn_cell">{self._formula(tex)}</td><td class="ltx_eqn_cell ltx_eqn_eqno">'
            '<span class="ltx_tag ltx_tag_equation">(1)</span></td></tr></tbody></table>\n'
        )

    def theorem(self, kind: str, title: str, parts: Text) -> str:
        """Return a theorem, definition, ..."""
        return (
            f'<div class="ltx_theorem ltx_theorem_{kind}"><h6 class="ltx_title ltx_runin ltx_title_theorem">'
            f'<span class="ltx_tag ltx_tag_theorem">{escape(title)}</span>.</h6>'
            f'<div class="ltx_para"><p class="ltx_p">{self.html(parts)}</p></div></div>\n'
        )

    def figure(self, source: str, caption: Text) -> str:
        """Return a figure with one image."""
        self._figures += 1
        return (
            f'<figure id="F{self._figures}" class="ltx_figure"><img src="{source}" class="ltx_graphics" width="400" '
            f'height="200" alt="Refer to caption"><figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_figure">'
            f"Figure {self._figures}: </span>{self.html(caption)}</figcaption></figure>\n"
        )

    def results_table(
        self, measure: str, data_sets: Sequence[str], rows: Sequence[tuple[Text, str, str]], caption: Text
    ) -> str:
        """Return a table with two head rows: the measure over the names of the data sets."""
        self._tables += 1
        head, cell = "ltx_td ltx_th ltx_th_column", "ltx_td ltx_align_right"
        names = "".join(f'<th class="{head}">{escape(name)}</th>' for name in data_sets)
        body = "".join(
            f'<tr class="ltx_tr"><th class="ltx_td ltx_th ltx_th_row">{self.html(name)}</th>'
            f'<td class="{cell}">{first}</td><td class="{cell}">'
            f'<span class="ltx_text ltx_font_bold">{second}</span></td></tr>\n'
            for name, first, second in rows
        )
        return (
            f'<figure id="T{self._tables}" class="ltx_table"><figcaption class="ltx_caption">'
            f'<span class="ltx_tag ltx_tag_table">Table {self._tables}: </span>{self.html(caption)}</figcaption>\n'
            f'<table class="ltx_tabular"><thead class="ltx_thead"><tr class="ltx_tr">'
            f'<th class="{head} ltx_th_row" rowspan="2">Method</th>'
            f'<th class="{head} ltx_colspan ltx_colspan_2" colspan="2">{escape(measure)}</th></tr>'
            f'<tr class="ltx_tr">{names}</tr></thead><tbody class="ltx_tbody">\n{body}</tbody></table></figure>\n'
        )

    def render(self, paper: Paper, body: Sequence[str]) -> bytes:
        """Return the whole page."""
        authors = "".join(
            '<span class="ltx_creator ltx_role_author">'
            f'<span class="ltx_personname">{escape(author.name)}</span></span>'
            for author in paper.authors
        )
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(paper.title)}</title>\n'
            "<!--Generated on Mon Nov 30 16:50:01 2026 by LaTeXML (version 0.8.8) http://dlmf.nist.gov/LaTeXML/.-->"
            f'<base href="/html/{paper.id}v{paper.version}/"></head><body>'
            '<nav class="ltx_page_navbar"><nav class="ltx_TOC"><ol class="ltx_toclist"><li>Contents</li></ol></nav>'
            "</nav>"
            '<div class="ltx_page_main"><div class="ltx_page_content"><article class="ltx_document">'
            f'<h1 class="ltx_title ltx_title_document">{escape(paper.title)}</h1>'
            f'<div class="ltx_authors">{authors}</div><div class="ltx_abstract">'
            f'<h6 class="ltx_title ltx_title_abstract">Abstract</h6>'
            f'<p class="ltx_p">{escape(paper.abstract)}</p></div>\n'
            f"{''.join(body)}{self._bibliography()}</article></div>"
            '<footer class="ltx_page_footer">Generated by LaTeXML</footer></div></body></html>'
        ).encode()

    def _sectional(self, kind: str, name: str, number: str, title: str, blocks: Sequence[str]) -> str:
        tag = "h2" if kind == "section" else "h3"
        return (
            f'<section id="{name}" class="ltx_{kind}"><{tag} class="ltx_title ltx_title_{kind}">'
            f'<span class="ltx_tag ltx_tag_{kind}">{number} </span>{escape(title)}</{tag}>\n'
            f"{''.join(blocks)}</section>\n"
        )

    def _formula(self, tex: str) -> str:
        if self._formulas == "mathjax":
            return (
                f'<span class="ltx_Math"><span class="mjpage"><span class="mjx-chtml"><span class="mjx-math" '
                f'aria-label="{escape(tex)}"><span class="mjx-char">?</span></span></span></span></span>'
            )
        attribute = f' alttext="{escape(tex)}"' if self._formulas == "alttext" else ""
        return (
            f'<math class="ltx_Math"{attribute}><semantics><mi>?</mi>'
            f'<annotation encoding="application/x-tex">{escape(tex)}</annotation></semantics></math>'
        )

    def _mark(self, cite: Cite) -> str:
        labels = [self._label(paper) for paper in cite.papers]
        if cite.missing:
            labels.append(cite.missing)
        return f"[{', '.join(labels)}]" if self._citations == "numbers" else f"({'; '.join(labels)})"

    def _cite(self, cite: Cite) -> str:
        links = [
            f'<a href="#bib.bib{self._references[paper][0]}" title="" class="ltx_ref">{escape(self._label(paper))}</a>'
            for paper in cite.papers
        ]
        if cite.missing:
            links.append(f'<span class="ltx_ref ltx_missing_citation ltx_ref_self">{escape(cite.missing)}</span>')
        marks = f"[{', '.join(links)}]" if self._citations == "numbers" else f"({'; '.join(links)})"
        return f'<cite class="ltx_cite ltx_citemacro_cite">{marks}</cite>'

    def _label(self, paper: PaperId) -> str:
        number, cited = self._references[paper]
        if self._citations == "numbers":
            return str(number)
        return f"{cited.authors[0].name.split()[-1]}{' et al.' if len(cited.authors) > 2 else ''}, {cited.year}"

    def _bibliography(self) -> str:
        items = "".join(self._item(number, paper) for number, paper in self._references.values())
        return (
            '<section id="bib" class="ltx_bibliography"><h2 class="ltx_title ltx_title_bibliography">References</h2>'
            f'<ul class="ltx_biblist">{items}</ul></section>'
        )

    def _item(self, number: int, paper: Paper) -> str:
        """Return an entry: every third one has the id, the others are known by title, author and year only."""
        authors = ", ".join(f"{author.name[0]}. {author.name.split()[-1]}" for author in paper.authors)
        rest = f"arXiv preprint arXiv:{paper.id}, {paper.year}." if number % 3 == 1 else f"In Meadows, {paper.year}."
        blocks = [f"{authors}.", f"{paper.title}.", rest]
        if self._blocks == 1:
            blocks = [" ".join(blocks)]
        written = "\n".join(f'<span class="ltx_bibblock">{escape(block)}</span>' for block in blocks)
        return (
            f'<li id="bib.bib{number}" class="ltx_bibitem"><span class="ltx_tag ltx_tag_bibitem">[{number}]</span>\n'
            f"{written}</li>\n"
        )
