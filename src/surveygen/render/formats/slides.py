"""Write a talk about the survey: one deck for the browser, one for Beamer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from markupsafe import Markup

from surveygen.config import Settings
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import (
    Block,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    References,
    Section,
    Survey,
    TaxonomyFigure,
    YearChart,
)
from surveygen.languages import Language
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.claims import number_citations
from surveygen.render.html.context import MAIN, HtmlContext, Layout, PageFile
from surveygen.render.html.markup import string, words
from surveygen.render.html.view import PageView
from surveygen.render.latex.writer import DELIMITERS, PALETTE, TexWriter, pdf_date
from surveygen.render.templates import TemplateRoots, fill, html_environment, text_environment
from surveygen.render.view import View, ViewModel

_MAX_CELL = 500  # code points; a deck has no table, so that nothing is cut
# What a slide of the browser holds of a block that goes on; Beamer breaks its frames itself.
_ROOM = {"references": ("entries", 7), "taxonomy": ("trees", 6)}
_CLAIMS = 3  # of a theme; more cannot be read while somebody talks
_SENTENCES = 4  # of a slide
_LISTED = 5  # papers of a list; its caption has their number
_LISTS = 2  # of a slide
_ROLES = ("problem", "approach", "finding")
T = TypeVar("T")


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> SlidesRenderer:  # noqa: ARG001  # no settings of its own
    """Make the renderer of ``slides.html`` and ``slides.tex``."""
    return SlidesRenderer(language, templates)


@dataclass(frozen=True)
class SlidesRenderer:
    """Fills ``slides/page.html.j2``, and ``slides/body.tex.j2`` within ``slides/slides.tex.j2``."""

    language: Language
    templates: TemplateRoots

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``slides.html``, which needs no network, and ``slides.tex``.

        Raises:
            TemplateError: a template cannot be used.
        """
        slides = deck(survey, self.language)
        return {"slides.html": self._page(survey, slides), "slides.tex": self._beamer(survey, slides)}

    def _page(self, survey: Survey, slides: Survey) -> str:
        environment = html_environment(self.templates)

        def read(*paths: str) -> str:
            return read_asset(environment, *paths)

        # The deck has the colors and the blocks of the page.
        style = "".join(read(f"{name}.css") for name in ("html/base", "html/style", "slides/style", "html/own"))
        early, script = read("html/early.js"), bundle("deck.js", lambda name: read(f"slides/{name}", f"html/{name}"))
        page = PageFile(MAIN, slides.entries)
        context = HtmlContext(slides, self.language, Layout(page), expandable=False)
        [(_, sections)], citations = number_citations(context, [(page, slides.sections)])
        view = PageView(context, page, citations)
        values = {
            "style": Markup(style),  # noqa: S704  # files of this program or its user, not of a source
            "early": Markup(early),  # noqa: S704  # as above
            "script": Markup(script),  # noqa: S704  # as above
            "policy": policy([early, script], [style]),
            "title": words(survey.title),
            "title_plain": string(survey.title),
            "subtitle": words(survey.subtitle),
            "language": self.language,
            "say": self.language.say,
            "date": self.language.day(survey.generated_at),
            "made_with": string(survey.provenance.surveygen),
            "paper_count": len(survey.entries),
            "slides": [part for section in sections for part in _fitted(view.section(section))],
        }
        return fill(environment, "slides/page.html.j2", values)

    def _beamer(self, survey: Survey, slides: Survey) -> str:
        environment = text_environment(self.templates, **DELIMITERS)
        writer = TexWriter(slides, self.language, max_cell=_MAX_CELL)
        made = writer.say("made_with", version=survey.provenance.surveygen, n=len(survey.entries))
        document = {**ViewModel(slides, self.language, writer).document(), "made_with": made, "palette": PALETTE}
        body = fill(environment, "slides/body.tex.j2", document)
        frame = {**document, **writer.frame(body), "pdf_date": pdf_date(survey.generated_at)}
        return fill(environment, "slides/slides.tex.j2", frame)


def _fitted(slide: View) -> Iterator[View]:
    """Divide a slide whose only block does not fit it."""
    blocks = slide["blocks"]
    block: View = blocks[0] if isinstance(blocks, list) and len(blocks) == 1 else {}
    name, room = _ROOM.get(str(block.get("kind")), ("", 0))
    items = block.get(name)
    if not isinstance(items, list) or len(items) <= room:
        yield slide
        return
    for start in range(0, len(items), room):
        part = {**block, name: items[start : start + room]}
        yield {**slide, "id": slide["id"] if start == 0 else f"{slide['id']}-{start + 1}", "blocks": [part]}


def deck(survey: Survey, language: Language) -> Survey:
    """Return a survey whose sections are slides and whose entries are the papers that these name, numbers unchanged.

    Every block is one of the survey's own, or a part of one: the talk says nothing that the survey does not say.
    """
    sections = (
        *_opening_slides(survey),
        *_theme_slides(survey),
        *_closing_slides(survey),
    )
    named: set[PaperId] = {item.paper for block in _blocks(sections, PaperList) for item in block.items}
    named.update(paper for block in _blocks(sections, Paragraph) for claim in block.sentences for paper in claim.cites)
    entries = tuple(entry for entry in survey.entries if entry.paper.id in named)
    last = (Section("references", language.say("references"), 1, (References(),)),) if entries else ()
    return replace(survey, sections=(*sections, *last), entries=entries)


def _opening_slides(survey: Survey) -> Iterator[Section]:
    """Give the numbers and the findings that open the survey, the tree of themes, and the papers per year."""
    for section in _named(survey, "glance"):
        findings = [
            replace(block, sentences=tuple(part))
            for block in _blocks([section], Paragraph)
            for part in _parts(block.sentences, _SENTENCES)
        ]
        facts = [[block] for block in _blocks([section], KeyValueTable)]
        yield from _spread(section, [*facts, *([block] for block in findings)])
    for section in survey.sections:
        for tree in _blocks([section], TaxonomyFigure):
            yield Section("taxonomy", section.heading, 1, (replace(tree, examples=()),))
    for section in survey.sections:
        for chart in _blocks([section], YearChart):
            yield Section("years", section.heading, 1, (chart,))


def _theme_slides(survey: Survey) -> Iterator[Section]:
    """Give each top theme its definition, its count and years, and up to three of its claims."""
    for top in survey.taxonomy.children(None):
        subtree = {theme.id for theme in survey.taxonomy.subtree(top.id)}
        sections = [section for section in survey.sections if section.theme in subtree]
        for own in [section for section in sections if section.theme == top.id][:1]:
            notes = [note for note in _blocks([own], Note) if note.role != "notice"]
            claims = _theme_claims(sections)
            paragraphs = [Paragraph(tuple(claims), style="list")] if claims else []
            yield replace(own, level=1, blocks=(*notes, *paragraphs))


def _theme_claims(sections: Iterable[Section]) -> list[Sentence]:
    """Choose a problem, an approach and a finding, in reading order; others take the place of missing ones.

    Sentences that count papers come last, and connecting ones are left out.
    """
    paragraphs = _blocks(sections, Paragraph)
    found = [sentence for paragraph in paragraphs for sentence in paragraph.sentences if sentence.method != "glue"]
    claims = sorted(found, key=lambda sentence: sentence.method == "aggregate")
    roles = [sentence.role for sentence in claims]
    first = [roles.index(role) for role in _ROLES if role in roles]
    others = [at for at in range(len(claims)) if at not in first]
    return [claims[at] for at in sorted([*first, *others][:_CLAIMS])]


def _closing_slides(survey: Survey) -> Iterator[Section]:
    """Name open problems, report the last refresh, and state who drafted this and how.

    Of the open problems there is the first of each theme.
    """
    for section in _named(survey, "open-problems"):
        blocks = _blocks([section], Paragraph)
        first = [replace(block, sentences=block.sentences[:1], style="prose") for block in blocks]
        yield from _spread(section, _parts(first, _SENTENCES))
    for section in _named(survey, "changes"):
        facts = [[block] for block in _blocks([section], KeyValueTable)]
        lists = [replace(block, items=block.items[:_LISTED]) for block in _blocks([section], PaperList)]
        yield from _spread(section, [*facts, *_parts(lists, _LISTS)])
    for section in _named(survey, "method"):
        notices = [note for note in _blocks([*_named(survey, "abstract"), section], Note) if note.role == "notice"]
        notes = [note for note in _blocks([section], Note) if note.role != "notice"]
        facts = [[block] for block in _blocks([section], KeyValueTable)]
        yield from _spread(section, [[*notices, *notes], *facts])


def _spread(section: Section, pages: Iterable[Sequence[Block]]) -> Iterator[Section]:
    """Put each page on a slide of its own, under the heading of the section."""
    for number, blocks in enumerate((page for page in pages if page), start=1):
        name = section.id if number == 1 else f"{section.id}-{number}"
        yield replace(section, id=name, level=1, blocks=tuple(blocks))


def _named(survey: Survey, name: str) -> list[Section]:
    """Return the first section of that id, if there is one."""
    return [section for section in survey.sections if section.id == name][:1]


def _blocks(sections: Iterable[Section], kind: type[T]) -> Iterator[T]:
    return (block for section in sections for block in section.blocks if isinstance(block, kind))


def _parts(items: Sequence[T], most: int) -> list[list[T]]:
    """Divide a list into as few parts as possible, of nearly equal size."""
    count = -(-len(items) // most)
    cuts = [len(items) * at // max(count, 1) for at in range(count + 1)]
    return [list(items[start:end]) for start, end in pairwise(cuts)]
