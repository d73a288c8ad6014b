"""Write the survey as LaTeX for LuaLaTeX, with its references as BibLaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment

from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render._bibtex import bibliography
from surveygen.render._templates import TemplateRoots, TexSafe, fill, text_environment
from surveygen.render._tex_script import DELIMITERS, PALETTE, TexScript
from surveygen.render._view import Views
from surveygen.render._words import Words

_MAX_CELL = 500  # code points; about 20 lines of a 40 mm column, so that a row fits a page


def make(language: Language, templates: TemplateRoots) -> LatexRenderer:
    """Make the renderer of ``survey.tex`` and ``references.bib``."""
    return LatexRenderer(language, templates)


@dataclass(frozen=True)
class LatexRenderer:
    """Fills ``latex/body.tex.j2``, then ``latex/survey.tex.j2`` with the fonts that the body needs."""

    language: Language
    templates: TemplateRoots

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.tex`` and ``references.bib``.

        Raises:
            TemplateError: a template cannot be used.
        """
        script = TexScript()
        views = Views(survey, self.language, Words(survey, self.language, script, max_cell=_MAX_CELL))
        document = {**views.document(), "palette": PALETTE}
        body = fill(self._environment, "latex/body.tex.j2", document)
        pdf_date = TexSafe(f"D:{re.sub(r'[^0-9]', '', survey.generated_at)}Z")  # ISO 32000-1, 7.9.4
        frame = {**document, **script.frame(body, self.language), "pdf_date": pdf_date}
        return {
            "survey.tex": fill(self._environment, "latex/survey.tex.j2", frame),
            "references.bib": bibliography(survey.entries),
        }

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        return text_environment(self.templates, **DELIMITERS)
