"""Write the survey as pages that need no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2.sandbox import SandboxedEnvironment

from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render.html.assets import edition_links, page_frame
from surveygen.render.html.claims import number_citations
from surveygen.render.html.context import MOST_IN_ONE_FILE, HtmlContext, PageFile, address, lay_out
from surveygen.render.html.markup import anchor, string, words
from surveygen.render.html.page_data import data_element, page_data
from surveygen.render.html.view import PageView, page_name, page_sections
from surveygen.render.latex.text import tex_string
from surveygen.render.results import results_files
from surveygen.render.templates import TemplateRoots, fill, html_environment


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> HtmlRenderer:
    """Make the renderer of ``index.html``, which links to the reviews where the edition has them."""
    return HtmlRenderer(language, templates, has_reviews=settings is not None and "reviews" in settings.formats)


@dataclass(frozen=True)
class HtmlRenderer:
    """Fills ``html/page.html.j2`` with the document, the data for its scripts, and the scripts and styles themselves.

    A survey of more than `most` papers also has pages by ``html/theme.html.j2``, with the papers of each theme.
    """

    language: Language
    templates: TemplateRoots
    most: int = MOST_IN_ONE_FILE
    has_reviews: bool = False

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``index.html``, ``themes/*.html`` of a large survey and ``results/*.csv``.

        Without scripts all prose is there.

        Raises:
            TemplateError: a template cannot be used.
        """
        return {**dict(self.pages(survey)), **dict(results_files(survey))}

    def pages(self, survey: Survey) -> Iterator[tuple[str, str]]:
        """Yield the name and text of each file, the main page first.

        Raises:
            TemplateError: a template cannot be used.
        """
        layout = lay_out(survey, self.most)
        context = HtmlContext(survey, self.language, layout, has_reviews=self.has_reviews)
        pages = [(page, page_sections(context, page)) for page in (context.layout.main, *context.layout.parts)]
        numbered, citations = number_citations(context, pages)
        environment = html_environment(self.templates)
        frame = self._frame(survey, environment)
        for page, sections in numbered:
            view = PageView(context, page, citations)
            data = page_data(context, page, citations.quoted[page.file])
            editions = edition_links(survey, self.language, page.file)
            values = {**frame, **view.page(sections), "editions": editions, "data": data_element(data)}
            if page is context.layout.main:
                yield page.file, fill(environment, "html/page.html.j2", values)
            else:
                values |= _theme_masthead(context, page)
                yield page.file, fill(environment, "html/theme.html.j2", values)

    def _frame(self, survey: Survey, environment: SandboxedEnvironment) -> dict[str, object]:
        """Return what surrounds the sections of every page."""
        return {
            **page_frame(survey, self.language, environment, style="style.css", script="main.js"),
            "subtitle": words(survey.subtitle),
            "paper_count": len(survey.entries),
            "theme_count": len(survey.taxonomy),
            "uncertain": survey.quality.uncertain_papers,
            "cite_this": _cite_this(survey),
        }


def _theme_masthead(context: HtmlContext, page: PageFile) -> dict[str, object]:
    """Return the head of a theme's page, and the way back."""
    taxonomy, code = context.survey.taxonomy, context.language.code
    name = page_name(context, page)
    theme = taxonomy[page.theme] if page.theme is not None else None
    path = taxonomy.path(theme.id)[:-1] if theme else ()
    section = context.section_of.get(theme.id, "") if theme else ""
    return {
        "name": words(name),
        "name_plain": string(name),
        "about": words(theme.description) if theme else "",
        "above": [words(taxonomy[step].name_in(code)) for step in path],
        "tone": context.marks[theme.id].tone if theme else "",
        "home": address(page.file, context.layout.main.file),
        "home_section": section or anchor("catalogue"),
        "paper_count": len(page.entries),
        "uncertain": sum(bool(entry.assignment and entry.assignment.uncertain) for entry in page.entries),
    }


def _cite_this(survey: Survey) -> str:
    """Return a BibTeX entry for the survey itself."""
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
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}}}"
