"""Turn one survey document into the text of files.

Every public module here is an output format. It has one function::

    def make(language: Language, templates: TemplateRoots) -> Renderer

A format for which the settings have a table of its own (`Settings.of_format`) takes that as a third argument, which it
can do without. A renderer is pure: it gives names and texts of files, and the pipeline writes them. The least one::

    class Titles:
        def render(self, survey: Survey) -> Mapping[str, str]:
            return {"title.txt": survey.title}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from surveygen.domain.survey import Survey
from surveygen.render._curation_page import curation_page
from surveygen.render._evaluation import evaluation_page
from surveygen.render._exports import BIBLIOGRAPHIES
from surveygen.render._markdown_read import EditedWords, read_markdown, read_words
from surveygen.render._prompts import PromptTemplates
from surveygen.render._taxonomies import TAXONOMIES
from surveygen.render._templates import TemplateRoots, template_root
from surveygen.render._tex_run import CompileReport, compile_pdf

__all__ = [
    "BIBLIOGRAPHIES",
    "TAXONOMIES",
    "CompileReport",
    "EditedWords",
    "PromptTemplates",
    "Renderer",
    "TemplateRoots",
    "compile_pdf",
    "curation_page",
    "evaluation_page",
    "read_markdown",
    "read_words",
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
