"""Write the survey as one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render._html_bundle import bundle, policy, read_asset
from surveygen.render._html_data import island, island_markup
from surveygen.render._html_marks import catalogue_order, mark_themes
from surveygen.render._html_sources import Sources
from surveygen.render._html_text import string, words
from surveygen.render._html_view import PageView, View
from surveygen.render._templates import TemplateRoots, fill, html_environment
from surveygen.render._tex import tex_string


def make(language: Language, templates: TemplateRoots) -> HtmlRenderer:
    """Make the renderer of ``index.html``."""
    return HtmlRenderer(language, templates)


@dataclass(frozen=True)
class HtmlRenderer:
    """Fills ``html/page.html.j2`` with the document, the data for its scripts, and scripts and styles themselves."""

    language: Language
    templates: TemplateRoots

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``index.html``: no network, no framework, and all prose there without scripts.

        Raises:
            TemplateError: a template cannot be used.
        """
        sources = Sources(survey)
        marks = mark_themes(survey, self.language)
        data = island(survey, self.language, sources, marks)
        data["order"] = [entry.number - 1 for entry in catalogue_order(survey)]
        sections = PageView(survey, self.language, sources, marks).sections()
        page = {
            **self._masthead(survey),
            **self._assets,
            "sections": sections,
            "contents": _contents(sections),
            "island": island_markup(data),
        }
        return {"index.html": fill(self._environment, "html/page.html.j2", page)}

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
