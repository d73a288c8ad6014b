"""Which figure of a paper its review shows."""

from __future__ import annotations

import pytest

from arxiv_pages import invent_page
from latexml_pages import make_corpus
from surveygen.documents import choose_figure, read_page
from surveygen.domain.paper import PaperId

PAPER = PaperId("2401.00001")


def chosen(*figures: tuple[str, str], page: bytes | None = None) -> tuple[str, str] | None:
    """Return label and address of the chosen figure of a page with some figures."""
    page = page or invent_page(PAPER, 1, figures=figures)
    found = choose_figure(read_page(page, paper=PAPER, version=1, title="An invented title"))
    return (found.label, found.source) if found else None


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([("a.png", "Bees by hour."), ("b.png", "Overview of LampNet.")], ("Figure 2", "b.png")),
        (
            [("a.png", "Bees by hour."), ("b.png", "The proposed method."), ("c.png", "Its architecture.")],
            ("Figure 2", "b.png"),
        ),
        ([("a.png", "Bees by hour."), ("b.png", "Errors by hour.")], ("Figure 1", "a.png")),
        ([("a.svg", "Overview of LampNet."), ("b.png", "Errors by hour.")], ("Figure 2", "b.png")),
        ([("a.png", "Errors by hour. " * 20 + "An overview is in the appendix.")], ("Figure 1", "a.png")),
        ([("", "Overview of LampNet.")], None),
        ([], None),
    ],
)
def test_the_first_overview_else_the_first_figure(
    figures: list[tuple[str, str]], expected: tuple[str, str] | None
) -> None:
    """By the head of its caption; a drawing that cannot be shown as an image is passed over."""
    assert chosen(*figures) == expected


def test_a_part_of_a_figure_is_not_shown() -> None:
    """A figure of several images would lose what its caption tells of the others."""
    page = invent_page(PAPER, 1, figures=[("a.png", "Overview."), ("b.png", "Errors.")])
    two = page.replace(b'<img src="a.png"', b'<img src="z.png" class="ltx_graphics"><img src="a.png"')

    assert chosen(page=two) == ("Figure 2", "b.png")


def test_planted_overviews_are_found() -> None:
    """In every page of the invented corpus, with the caption as it was planted."""
    for planted in make_corpus(12):
        document = read_page(planted.page, paper=planted.paper.id, version=1, title=planted.paper.title)
        found = choose_figure(document)
        assert found is not None
        assert (found.source, found.caption) == ("overview.png", planted.figure_caption)
