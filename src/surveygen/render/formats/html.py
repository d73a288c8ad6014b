"""Write the survey as pages that need no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language, load
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.context import HtmlContext
from surveygen.render.html.layout import MOST_IN_ONE_FILE, PageFile, address, lay_out
from surveygen.render.html.markup import anchor, string, words
from surveygen.render.html.page_data import data_element, page_data
from surveygen.render.html.view import PageView, View, page_name
from surveygen.render.latex.text import tex_string
from surveygen.render.templates import TemplateRoots, fill, html_environment


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> HtmlRenderer:  # noqa: ARG001  # no settings of its own
    """Make the renderer of ``index.html``."""
    return HtmlRenderer(language, templates)


@dataclass(frozen=True)
class HtmlRenderer:
    """Fills ``html/page.html.j2`` with the document, the data for its scripts, and scripts and styles themselves.

    A survey of more than `most` papers gets ``html/theme.html.j2`` besides, for the papers of each theme.
    """

    language: Language
    templates: TemplateRoots
    most: int = MOST_IN_ONE_FILE

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``index.html``, and ``themes/*.html`` where it is large: no network, all prose there without scripts.

        Raises:
            TemplateError: a template cannot be used.
        """
        book = HtmlContext(survey, self.language, lay_out(survey, self.most))
        pages = (book.layout.main, *book.layout.parts)
        laid = [PageView(book, page).sections() for page in pages]  # all before the first is filled: claims lead back
        return {page.file: self._fill(book, page, sections) for page, sections in zip(pages, laid, strict=True)}

    def _editions(self, survey: Survey, page: PageFile) -> list[View]:
        """Name the same page in other languages, for a draft whose folders stand side by side."""
        up = "../" * (page.file.count("/") + 1)
        others = (load(code) for code in survey.editions if code != self.language.code)
        return [{"href": f"{up}{one.code}/{page.file}", "code": one.code, "name": one.name} for one in others]

    def _fill(self, book: HtmlContext, page: PageFile, sections: list[View]) -> str:
        values = {
            **self._masthead(book.survey),
            **self._assets,
            "editions": self._editions(book.survey, page),
            "sections": sections,
            "contents": _contents(sections),
            "data": data_element(page_data(book, page)),
        }
        if page is book.layout.main:
            return fill(self._environment, "html/page.html.j2", values)
        return fill(self._environment, "html/theme.html.j2", {**values, **_theme_head(book, page)})

    def _masthead(self, survey: Survey) -> View:
        return {
            "title": words(survey.title),
            "title_plain": string(survey.title),
            "subtitle": words(survey.subtitle),
            "language": self.language,
            "say": self.language.say,
            "day": survey.generated_at[:10],
            "date": self.language.day(survey.generated_at),
            "paper_count": len(survey.entries),
            "theme_count": len(survey.taxonomy),
            "made_with": string(survey.provenance.surveygen),
            "uncertain": survey.quality.uncertain_papers,
            "cite_this": _cite_this(survey),
        }

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        return html_environment(self.templates)

    @cached_property
    def _assets(self) -> dict[str, object]:
        """Read scripts and styles; a user's file of the same name goes first, as with templates."""
        style, early = self._read("style.css") + self._read("own.css"), self._read("early.js")
        main = bundle("main.js", self._read)
        return {
            "style": Markup(style),  # noqa: S704  # files of this program or its user, not of a source
            "early": Markup(early),  # noqa: S704  # as above
            "script": Markup(main),  # noqa: S704  # as above
            "policy": policy([early, main], [style]),
        }

    def _read(self, name: str) -> str:
        return read_asset(self._environment, f"html/{name}")


def _theme_head(book: HtmlContext, page: PageFile) -> View:
    """Return what stands at the head of a theme's page, and the way back."""
    taxonomy, code = book.survey.taxonomy, book.language.code
    path = taxonomy.path(page.theme)[:-1] if page.theme is not None else ()
    section = book.section_of.get(page.theme, "") if page.theme is not None else ""
    return {
        "name": words(page_name(book, page)),
        "name_plain": string(page_name(book, page)),
        "about": words(taxonomy[page.theme].description) if page.theme is not None else "",
        "above": [words(taxonomy[step].name_in(code)) for step in path],
        "tone": book.marks[page.theme].tone if page.theme is not None else "",
        "home": address(page.file, book.layout.main.file),
        "home_section": section or anchor("catalogue"),
        "paper_count": len(page.entries),
        "uncertain": sum(bool(entry.assignment and entry.assignment.uncertain) for entry in page.entries),
    }


def _contents(sections: list[View]) -> list[dict[str, object]]:
    """Nest headings of level 2 under those of level 1; deeper ones are left to the sections."""
    contents: list[dict[str, object]] = []
    below: list[View] = []
    for section in sections:
        if section["level"] == 1 or not contents:
            below = []
            contents.append({**section, "below": below})
        elif section["level"] == 2:
            below.append(section)
    return contents


def _cite_this(survey: Survey) -> str:
    title = tex_string(string(survey.title))
    year = survey.generated_at[:4]
    note = f"Living survey draft of {len(survey.entries)} papers, made with surveygen {survey.provenance.surveygen}"
    key = f"{''.join(char for char in survey.slug if char.isalnum())}{year}"
    fields = {
        "title": f"{{{title}}}",
        "year": year,
        "howpublished": tex_string(string(note)),
        "language": survey.language,
    }
    inside = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{inside}}}"
