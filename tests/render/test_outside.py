"""Papers that fit no theme, in every format that people read, and why papers stand where they do."""

from __future__ import annotations

import json

import pytest

from html_pages import page_data, tree
from sample_survey import sample_survey, survey_with_stranger
from surveygen import languages
from surveygen.languages import Language
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats import html, latex, markdown
from surveygen.render.formats import json as json_format


@pytest.mark.parametrize("code", languages.codes())
def test_the_catalogue_has_a_heading_for_what_fits_no_theme(code: str) -> None:
    """In each language the paper stands below that heading, after all themes; without such papers there is none."""
    language = languages.load(code)
    heading, roots = language.say("fits_no_theme"), TemplateRoots(template_root())
    for make, name in ((markdown.make, "survey.md"), (latex.make, "survey.tex"), (html.make, "index.html")):
        written = make(language, roots).render(survey_with_stranger())[name]
        plain = make(language, roots).render(sample_survey())[name]
        # LaTeX and HTML write some signs of Arabic and French otherwise: the first word is enough.
        first = heading.split("'")[0].split()[0]

        assert heading in written or first in written
        assert written.count(heading) > plain.count(heading) or written.count(first) > plain.count(first)


def test_the_page_keeps_the_nearest_theme_of_a_stranger(english: Language, shipped: TemplateRoots) -> None:
    """Scripts learn that it is outside and which theme is nearest, but not that it has one."""
    page = html.make(english, shipped).render(survey_with_stranger())["index.html"]
    data = page_data(tree(page))

    stranger = data["papers"][-1]
    assert stranger["outside"] is True
    assert "theme" not in stranger
    assert data["themes"][stranger["nearest"]]["id"] == "inner"


def test_programs_learn_why(english: Language, shipped: TemplateRoots) -> None:
    """Words, spans, confidence and fit of each placement, and the border cases of each theme, are in survey.json."""
    document = json.loads(json_format.make(english, shipped).render(sample_survey())["survey.json"])

    first = document["assignments"][0]
    assert first["why"]["keywords"] == ["debate", "judge"]
    assert [(span["start"], span["end"]) for span in first["why"]["sentences"]] == [(0, 10)]
    assert (first["confidence"], first["fit"], first["outside"]) == (0.48, 0.9, False)
    assert [theme["border"] for theme in document["themes"] if theme["id"] == "debate"] == [[first["paper"]]]
