"""Turn a survey document into the text of files.

Every module of `surveygen.render.formats` is an output format. It has one function::

    def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> Renderer

A renderer is pure: it returns names and texts of files, and the pipeline writes them. A minimal one::

    class Titles:
        def render(self, survey: Survey) -> Mapping[str, str]:
            return {"title.txt": survey.title}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from surveygen import plugins
from surveygen.domain.survey import Survey
from surveygen.render.bibliographies import BIBLIOGRAPHIES
from surveygen.render.latex.compile import CompileReport, compile_pdf
from surveygen.render.markdown import EditedWords, read_markdown, read_words
from surveygen.render.pages import curation_page, evaluation_page
from surveygen.render.references import REVIEW_FOLDER
from surveygen.render.reports import REPORTS, render_reports
from surveygen.render.taxonomies import TAXONOMIES
from surveygen.render.templates import PromptTemplates, TemplateRoots, template_root

__all__ = [
    "BIBLIOGRAPHIES",
    "REPORTS",
    "REVIEW_FOLDER",
    "TAXONOMIES",
    "CompileReport",
    "EditedWords",
    "PromptTemplates",
    "Renderer",
    "TemplateRoots",
    "compile_pdf",
    "curation_page",
    "evaluation_page",
    "format_names",
    "read_markdown",
    "read_words",
    "render_reports",
    "template_root",
]


class Renderer(Protocol):
    """What every output format can do."""

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return relative file names (with ``/``) and the text of each file; nothing is written.

        Raises:
            TemplateError: a template cannot be used.
        """
        ...


def format_names() -> tuple[str, ...]:
    """Return the names of the output formats, sorted; "pdf" is the LaTeX format, compiled."""
    return tuple(sorted({*plugins.names("render"), "pdf"}))
