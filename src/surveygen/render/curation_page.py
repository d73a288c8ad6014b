"""Write the page of the person who curates."""

from __future__ import annotations

from markupsafe import Markup

from surveygen.domain.text import clean
from surveygen.languages import Language
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.page_data import data_element
from surveygen.render.templates import TemplateRoots, fill, html_environment

_PREFIX = "desk_"


def curation_page(title: str, key: str, language: Language, roots: TemplateRoots) -> tuple[str, str]:
    """Return the page and the Content-Security-Policy that it is to be served with.

    Args:
        title: of the survey.
        key: what the page shows with each change that it asks for.
        language: of the page's words.
        roots: where templates lie.

    Raises:
        TemplateError: a template cannot be used.
    """
    environment = html_environment(roots)

    def read(name: str) -> str:
        return read_asset(environment, f"serve/{name}", f"html/{name}")

    style, script = read("style.css") + read("curation.css"), bundle("curation.js", read)
    words = {name.removeprefix(_PREFIX): text for name, text in language.words.items() if name.startswith(_PREFIX)}
    values = {
        "title": clean(title),
        "language": language,
        "say": language.say,
        "style": Markup(style),  # noqa: S704  # files of this program or its user, not of a source
        "script": Markup(script),  # noqa: S704  # as above
        "data": data_element({"key": key, "words": words}),
    }
    rules = f"{policy([script], [style])}; connect-src 'self'; frame-ancestors 'none'"
    return fill(environment, "serve/curation.html.j2", values), rules
