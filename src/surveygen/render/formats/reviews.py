"""Write a page for each paper: its review, with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from surveygen.config import Settings
from surveygen.domain.survey import Survey
from surveygen.languages import Language, load
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.markup import string, words
from surveygen.render.html.review import ReviewPages
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
        """Return a page for each paper of the survey, by the file that `review_file` names.

        Raises:
            TemplateError: a template cannot be used.
        """
        environment = html_environment(self.templates)
        pages, frame = ReviewPages(survey, self.language), self._frame(survey, environment)
        editions = [load(code) for code in survey.editions if code != self.language.code]
        files: dict[str, str] = {}
        for entry in survey.entries:
            file = review_file(entry.paper.id)
            up = "../" * (file.count("/") + 1)  # the folders of the editions are side by side
            links = [{"href": f"{up}{it.code}/{file}", "code": it.code, "name": it.name} for it in editions]
            files[file] = fill(environment, "html/review.html.j2", {**frame, **pages.view(entry), "editions": links})
        return files

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
