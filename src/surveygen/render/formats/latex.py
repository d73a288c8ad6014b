"""Write the survey as LaTeX for LuaLaTeX, with its references as a .bib file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
        environment = text_environment(self.templates, **DELIMITERS)
        writer = TexWriter(survey, self.language, max_cell=_MAX_CELL)
        by_biblatex = self.settings.bibliography == "biblatex"
        keys = [TexSafe(tex_key(entry.cite_key, entry.number)) for entry in survey.entries] if by_biblatex else []
        layout = {
            "document_class": self.settings.document_class,
            "paper": TexSafe(self.settings.paper),
            "two_columns": self.settings.two_columns,
            "biblatex": by_biblatex,
            "order": keys,  # of the references, for biblatex
            "max_authors": MAX_AUTHORS,
        }
        document = {**ViewModel(survey, self.language, writer).document(), "palette": PALETTE, "layout": layout}
        body = fill(environment, "latex/body.tex.j2", document)
        notes = {entry.paper.id: status_remarks(entry.paper, self.language).rstrip(".。।") for entry in survey.entries}
        references = bibliography(survey.entries, notes)
        frame = {
            **document,
            **writer.frame(body, references if by_biblatex else ""),
            "pdf_date": pdf_date(survey.generated_at),
        }
        return {"survey.tex": fill(environment, "latex/survey.tex.j2", frame), "references.bib": references}
