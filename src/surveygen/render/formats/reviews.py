"""Write a page for each paper: its review, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render.html.assets import edition_links, page_frame
from surveygen.render.html.relations import ReviewIndex
from surveygen.render.html.review import ReviewPage
from surveygen.render.references import review_file
from surveygen.render.templates import TemplateRoots, fill, html_environment


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> ReviewRenderer:  # noqa: ARG001  # no settings of its own
    """Make the renderer of ``papers/*.html``."""
    return ReviewRenderer(language, templates)


@dataclass(frozen=True)
class ReviewRenderer:
    """Fills ``html/review.html.j2`` for each paper of the survey."""

    language: Language
    templates: TemplateRoots

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return a page for each paper of the survey, by the file that `review_file` names; each is written when read.

        Raises:
            TemplateError: a template cannot be used, here or when a page is read.
        """
        environment = html_environment(self.templates)
        index = ReviewIndex(survey, self.language)
        frame = page_frame(survey, self.language, environment, style="review.css", script="review.js")
        entries = {review_file(entry.paper.id): entry for entry in survey.entries}

        def write(file: str) -> str:
            values = {**frame, **ReviewPage(index, entries[file]).view()}
            values["editions"] = edition_links(survey, self.language, file)
            return fill(environment, "html/review.html.j2", values)

        return _Pages(tuple(entries), write)


class _Pages(Mapping[str, str]):
    """Pages that are written when they are asked for, as those with figures are too large to be in memory together."""

    def __init__(self, names: tuple[str, ...], write: Callable[[str], str]) -> None:
        self._names, self._write = names, write

    def __getitem__(self, name: str) -> str:
        return self._write(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
