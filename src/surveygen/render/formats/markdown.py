"""Write the survey as Markdown for GitHub and Pandoc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveygen.config import Settings
from surveygen.domain.inline import Math
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import BibliographyEntry, Note, Survey
from surveygen.domain.text import MAX_TEXT
from surveygen.languages import Language, direction_of
from surveygen.render.inline import InlineWriter, Written
from surveygen.render.markdown import add_index, escape_markdown, mark_claim, mark_place, markdown_math
from surveygen.render.templates import MarkdownSafe, TemplateRoots, fill, text_environment
from surveygen.render.view import ViewModel


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> MarkdownRenderer:
    """Make the renderer of ``survey.md``, which links to the reviews where the edition has them."""
    return MarkdownRenderer(language, templates, has_reviews=settings is not None and "reviews" in settings.formats)


@dataclass(frozen=True)
class MarkdownRenderer:
    """Fills ``markdown/survey.md.j2``."""

    language: Language
    templates: TemplateRoots
    has_reviews: bool = False

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.md``.

        Raises:
            TemplateError: a template cannot be used.
        """
        writer = _MarkdownWriter(survey, self.language, max_cell=MAX_TEXT)
        document = ViewModel(survey, self.language, writer, has_reviews=self.has_reviews).document()
        text = fill(text_environment(self.templates), "markdown/survey.md.j2", document).rstrip() + "\n"
        return {"survey.md": add_index(text, survey)}


class _MarkdownWriter(InlineWriter):
    """Writes inline text as Markdown; every claim has its name, so that an edited edition can be read back."""

    def safe(self, text: str) -> MarkdownSafe:
        return MarkdownSafe(text)

    def text(self, words: str) -> MarkdownSafe:
        return escape_markdown(words)

    def address(self, url: str) -> MarkdownSafe:
        return MarkdownSafe(url.replace("(", "%28").replace(")", "%29"))

    def math(self, node: Math) -> MarkdownSafe:
        return markdown_math(node)

    def cite(self, entries: Sequence[BibliographyEntry], more: int = 0) -> MarkdownSafe:
        links = [f"[{entry.number}](#{self.key(entry)})" for entry in entries]
        return MarkdownSafe(f"\\[{', '.join(links + [f'+{more}'] * bool(more))}\\]")

    def claim(self, written: Written, source: Sentence | Note) -> MarkdownSafe:
        return mark_claim(source.claim, written, self.words("; ".join(self.remarks(source).values())))

    def place(self, url: str, label: str, title: str) -> MarkdownSafe:  # noqa: ARG002  # the label says it
        return mark_place(self.address(url), self.words(label))

    def key(self, entry: BibliographyEntry) -> MarkdownSafe:
        return MarkdownSafe(f"ref-{entry.number}")

    def foreign(self, written: Written, language: str) -> MarkdownSafe:
        lang = "".join(char for char in language if char.isalnum() or char == "-")
        return MarkdownSafe(f'<span lang="{lang}" dir="{direction_of(language)}">{written}</span>')
