"""Write the survey as Markdown for GitHub and Pandoc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment

from surveygen.config import Settings
from surveygen.domain.inline import Math
from surveygen.domain.survey import BibliographyEntry, Survey
from surveygen.domain.text import MAX_TEXT
from surveygen.languages import Language, direction_of
from surveygen.render._markdown import markdown, markdown_math
from surveygen.render.inline import InlineWriter
from surveygen.render.markdown import claimed, indexed
from surveygen.render.templates import MarkdownSafe, Safe, TemplateRoots, fill, text_environment
from surveygen.render.view import Views


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> MarkdownRenderer:  # noqa: ARG001  # no settings of its own
    """Make the renderer of ``survey.md``."""
    return MarkdownRenderer(language, templates)


@dataclass(frozen=True)
class MarkdownRenderer:
    """Fills ``markdown/survey.md.j2``."""

    language: Language
    templates: TemplateRoots

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.md``.

        Raises:
            TemplateError: a template cannot be used.
        """
        document = Views(
            survey, self.language, InlineWriter(survey, self.language, _MarkdownScript(), max_cell=MAX_TEXT)
        ).document()
        written = fill(self._environment, "markdown/survey.md.j2", document).rstrip() + "\n"
        return {"survey.md": indexed(written, survey)}

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        return text_environment(self.templates)


class _MarkdownScript:
    """How Markdown writes words, mathematics and citations."""

    gap = " "

    def text(self, words: str) -> Safe:
        return markdown(words)

    def string(self, words: str) -> Safe:
        return markdown(words)

    def address(self, url: str) -> Safe:
        return MarkdownSafe(url.replace("(", "%28").replace(")", "%29"))

    def math(self, node: Math) -> Safe:
        return markdown_math(node)

    def cite(self, entries: Sequence[BibliographyEntry]) -> Safe:
        links = ", ".join(f"[{entry.number}](#{self.key(entry)})" for entry in entries)
        return MarkdownSafe(f"\\[{links}\\]")

    def claimed(self, claim: str, written: Safe, by: Safe) -> Safe:
        return claimed(claim, written, by)

    def key(self, entry: BibliographyEntry) -> Safe:
        return MarkdownSafe(f"ref-{entry.number}")

    def foreign(self, words: Safe, language: str) -> Safe:
        lang = "".join(char for char in language if char.isalnum() or char == "-")
        return MarkdownSafe(f'<span lang="{lang}" dir="{direction_of(language)}">{words}</span>')
