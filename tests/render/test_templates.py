"""Templates can be replaced one by one, and say where they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample_survey import sample_survey
from surveygen.errors import TemplateError
from surveygen.languages import Language
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats import latex
from surveygen.render.templates import TexSafe, fill, html_environment, text_environment


def _user(folder: Path, name: str, text: str) -> TemplateRoots:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return TemplateRoots(template_root(), folder)


def test_one_file_of_the_user_replaces_the_shipped_one(tmp_path: Path, english: Language) -> None:
    """The file of the same path goes first; all others stay the shipped ones."""
    roots = _user(tmp_path, "latex/masthead.tex.j2", "\\title{MINE: << title >>}")

    written = latex.make(english, roots).render(sample_survey())["survey.tex"]

    assert "\\title{MINE: Learning what to want: a sample}" in written
    assert "\\begin{thebibliography}" in written


def test_a_user_template_may_extend_the_shipped_one(tmp_path: Path) -> None:
    """The prefix shipped/ reaches what a file of the same name has hidden."""
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "a.j2").write_text("<{% block x %}old{% endblock %}>")
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "a.j2").write_text('{% extends "shipped/a.j2" %}{% block x %}{{ super() }} new{% endblock %}')

    environment = text_environment(TemplateRoots(tmp_path / "shipped", tmp_path / "user"))

    assert fill(environment, "a.j2", {}) == "<old new>"


def test_printing_a_plain_string_is_an_error(tmp_path: Path) -> None:
    """Only text that was escaped on purpose, and whole numbers, reach a file."""
    environment = text_environment(_user(tmp_path, "a.j2", "{{ safe }} {{ number }}\n{{ plain }}"))

    with pytest.raises(TemplateError, match="not escaped") as caught:
        fill(environment, "a.j2", {"safe": TexSafe("x"), "number": 1, "plain": "\\input{x}"})
    assert caught.value.line == 2
    assert caught.value.exit_code == 8


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n{% if %}", 2), ("a\nb\n{{ unknown }}", 3), ("{{ 1 / 0 }}", 1), ("{{ ''.__class__.mro() }}", 1)],
)
def test_a_faulty_template_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """Bad syntax, unknown names, failing expressions and reaching into Python are one kind of error."""
    environment = html_environment(_user(tmp_path, "html/a.j2", text))

    with pytest.raises(TemplateError) as caught:
        fill(environment, "html/a.j2", {})
    assert caught.value.line == line
    assert caught.value.template == "html/a.j2"


def test_a_missing_template_is_named(shipped: TemplateRoots) -> None:
    """A name that is nowhere is an error of its own."""
    with pytest.raises(TemplateError, match=r"no\.j2"):
        fill(html_environment(shipped), "no.j2", {})


def test_data_is_never_a_template(tmp_path: Path) -> None:
    """Braces in a value are printed, not filled."""
    environment = text_environment(_user(tmp_path, "a.j2", "{{ words }}"))

    assert fill(environment, "a.j2", {"words": TexSafe("{{ 7*7 }}")}) == "{{ 7*7 }}"


def test_html_values_are_escaped(tmp_path: Path) -> None:
    """A plain string in an HTML template cannot make a tag."""
    environment = html_environment(_user(tmp_path, "a.j2", "{{ words }}"))

    assert fill(environment, "a.j2", {"words": "<b>"}) == "&lt;b&gt;"
