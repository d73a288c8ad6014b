"""Write the survey as LaTeX for LuaLaTeX, with its references as a .bib file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment

from surveygen.config import LatexSettings, Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render.bibtex import bibliography
from surveygen.render.latex.text import tex_key
from surveygen.render.latex.writer import DELIMITERS, PALETTE, TexWriter, pdf_date
from surveygen.render.templates import TemplateRoots, TexSafe, fill, text_environment
from surveygen.render.view import MAX_AUTHORS, ViewModel, status_remarks

_MAX_CELL = 500  # code points; about 20 lines of a 40 mm column, so that a row fits a page


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> LatexRenderer:
    """Make the renderer of ``survey.tex`` and ``references.bib``."""
    return LatexRenderer(language, templates, settings.latex if settings else LatexSettings())


@dataclass(frozen=True)
class LatexRenderer:
    """Fills ``latex/body.tex.j2``, then ``latex/survey.tex.j2`` with the class and the fonts that the body needs."""

    language: Language
    templates: TemplateRoots
    settings: LatexSettings

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.tex`` and ``references.bib``.

        Raises:
            TemplateError: a template cannot be used.
        """
        writer = TexWriter(survey, self.language, max_cell=_MAX_CELL)
        document = {
            **ViewModel(survey, self.language, writer).document(),
            "palette": PALETTE,
            "layout": self._layout(survey),
        }
        body = fill(self._environment, "latex/body.tex.j2", document)
        notes = {entry.paper.id: status_remarks(entry.paper, self.language).rstrip(".。।") for entry in survey.entries}
        references = bibliography(survey.entries, notes)
        letters = references if self.settings.bibliography == "biblatex" else ""
        frame = {**document, **writer.frame(body, letters), "pdf_date": pdf_date(survey.generated_at)}
        return {"survey.tex": fill(self._environment, "latex/survey.tex.j2", frame), "references.bib": references}

    def _layout(self, survey: Survey) -> Mapping[str, object]:
        """Return what the settings mean for templates; `order` has the key of each reference, for biblatex."""
        by_biblatex = self.settings.bibliography == "biblatex"
        keys = [TexSafe(tex_key(entry.cite_key, entry.number)) for entry in survey.entries] if by_biblatex else []
        return {
            "document_class": self.settings.document_class,
            "paper": TexSafe(self.settings.paper),
            "two_columns": self.settings.two_columns,
            "biblatex": by_biblatex,
            "order": keys,
            "max_authors": MAX_AUTHORS,
        }

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        return text_environment(self.templates, **DELIMITERS)
