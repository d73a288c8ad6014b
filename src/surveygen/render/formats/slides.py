"""Write a talk about the survey: one deck for the browser, one for Beamer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render._slides_content import deck
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.context import HtmlContext
from surveygen.render.html.layout import MAIN, Layout, PageFile
from surveygen.render.html.markup import string, words
from surveygen.render.html.view import PageView, View
from surveygen.render.inline import InlineWriter
from surveygen.render.latex.writer import DELIMITERS, PALETTE, TexScript, pdf_date
from surveygen.render.templates import TemplateRoots, fill, html_environment, text_environment
from surveygen.render.view import Views

_MAX_CELL = 500  # code points; a deck has no table, so that nothing is cut
# What a slide of the browser holds of a block that goes on; Beamer breaks its frames itself.
_ROOM = {"references": ("entries", 7), "taxonomy": ("trees", 6)}


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
        shown = deck(survey, self.language)
        return {"slides.html": self._page(survey, shown), "slides.tex": self._beamer(survey, shown)}

    def _page(self, survey: Survey, shown: Survey) -> str:
        book = HtmlContext(shown, self.language, Layout(PageFile(MAIN, shown.entries)))
        view = PageView(book, book.layout.main)
        page = {
            **self._assets,
            "title": words(survey.title),
            "title_plain": string(survey.title),
            "subtitle": words(survey.subtitle),
            "language": self.language,
            "say": self.language.say,
            "date": self.language.day(survey.generated_at),
            "made_with": string(survey.provenance.surveygen),
            "paper_count": len(survey.entries),
            "slides": list(_fitted(view.sections())),
        }
        return fill(self._html, "slides/page.html.j2", page)

    def _beamer(self, survey: Survey, shown: Survey) -> str:
        script = TexScript()
        written = InlineWriter(shown, self.language, script, max_cell=_MAX_CELL)
        made = written.say("made_with", version=survey.provenance.surveygen, n=len(survey.entries))
        document = {**Views(shown, self.language, written).document(), "made_with": made, "palette": PALETTE}
        body = fill(self._tex, "slides/body.tex.j2", document)
        frame = {**document, **script.frame(body, self.language), "pdf_date": pdf_date(survey.generated_at)}
        return fill(self._tex, "slides/slides.tex.j2", frame)

    @cached_property
    def _html(self) -> SandboxedEnvironment:
        return html_environment(self.templates)

    @cached_property
    def _tex(self) -> SandboxedEnvironment:
        return text_environment(self.templates, **DELIMITERS)

    @cached_property
    def _assets(self) -> dict[str, object]:
        """Read scripts and styles; the deck has the colors and the blocks of the page."""
        style = "".join(self._read(f"{name}.css") for name in ("html/style", "slides/style", "html/own"))
        early, script = self._read("html/early.js"), bundle("deck.js", self._module)
        return {
            "style": Markup(style),  # noqa: S704  # files of this program or its user, not of a source
            "early": Markup(early),  # noqa: S704  # as above
            "script": Markup(script),  # noqa: S704  # as above
            "policy": policy([early, script], [style]),
        }

    def _module(self, name: str) -> str:
        return self._read(f"slides/{name}", f"html/{name}")

    def _read(self, *paths: str) -> str:
        return read_asset(self._html, *paths)


def _fitted(slides: Iterable[View]) -> Iterator[View]:
    """Break up what does not fit one slide."""
    for slide in slides:
        blocks = slide["blocks"]
        block: View = blocks[0] if isinstance(blocks, list) and len(blocks) == 1 else {}
        name, room = _ROOM.get(str(block.get("kind")), ("", 0))
        items = block.get(name)
        if not isinstance(items, list) or len(items) <= room:
            yield slide
            continue
        for start in range(0, len(items), room):
            part = {**block, name: items[start : start + room]}
            yield {**slide, "id": slide["id"] if start == 0 else f"{slide['id']}-{start + 1}", "blocks": [part]}
