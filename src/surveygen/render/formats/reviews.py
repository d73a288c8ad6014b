"""Write a page for each paper: its review, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language, load
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.markup import string, words
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
        index, frame = ReviewIndex(survey, self.language), self._frame(survey, environment)
        editions = [load(code) for code in survey.editions if code != self.language.code]
        entries = {review_file(entry.paper.id): entry for entry in survey.entries}

        def write(file: str) -> str:
            up = "../" * (file.count("/") + 1)  # the folders of the editions are side by side
            links = [{"href": f"{up}{it.code}/{file}", "code": it.code, "name": it.name} for it in editions]
            values = {**frame, **ReviewPage(index, entries[file]).view(), "editions": links}
            return fill(environment, "html/review.html.j2", values)

        return _Pages(tuple(entries), write)

    def _frame(self, survey: Survey, environment: SandboxedEnvironment) -> dict[str, object]:
        """Return what all pages share; a user's script or style goes before the shipped one of the same name."""

        def read(name: str) -> str:
            return read_asset(environment, f"html/{name}")

        style = read("base.css") + read("review.css") + read("own.css")
        early, main = read("early.js"), bundle("review.js", read)
        return {
            "style": Markup(style),  # noqa: S704  # files of this program or its user, not of a source
            "early": Markup(early),  # noqa: S704  # as above
            "script": Markup(main),  # noqa: S704  # as above
            "policy": policy([early, main], [style]),
            "title": words(survey.title),
            "title_plain": string(survey.title),
            "language": self.language,
            "say": self.language.say,
            "day": survey.generated_at[:10],
            "date": self.language.day(survey.generated_at),
            "made_with": string(survey.provenance.surveygen),
        }


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
