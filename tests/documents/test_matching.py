"""References of pages matched to papers of a corpus, with entries of many forms."""

from __future__ import annotations

import pytest

from latexml_pages import make_corpus
from surveygen.documents import PaperIndex, list_citations, match_references, read_latex, read_page
from surveygen.domain.citation import CitedWork
from surveygen.domain.document import Document
from surveygen.domain.paper import Author, Paper, PaperId

HAND = Paper(PaperId("x:1"), "Counting insects by hand", authors=(Author("Cara Stone"),), published="2019-05-01")
NET = Paper(PaperId("2101.00001"), "NetCount: counting from still pictures", authors=(Author("Dan Reed"),))
STILL = Paper(PaperId("x:2"), "Counting from still pictures", authors=(Author("Dan Reed"),), published="2021-01-01")
LAMP = Paper(PaperId("1901.00007"), "The lamp", doi="10.5555/lamp.1", authors=(Author("Eva Moss"),))
PAPERS = (HAND, NET, STILL, LAMP)


def bibliography(*entries: str) -> Document:
    """Make a document that lists entries."""
    items = "".join(f"\\bibitem{{k{number}}} {entry}\n" for number, entry in enumerate(entries))
    return read_latex(f"Text.\\begin{{thebibliography}}{{9}}{items}\\end{{thebibliography}}")


@pytest.mark.parametrize(
    ("entry", "paper"),
    [
        ("D. Reed. NetCount: counting from still pictures. arXiv preprint arXiv:2101.00001v2, 2021.", NET.id),
        ("D. Reed, J. of Examples 3 (2021), https://arxiv.org/abs/2101.00001.", NET.id),
        ("Reed, D. CoRR abs/2101.00001.", NET.id),
        ("E. Moss. Lamps. https://doi.org/10.48550/arXiv.1901.00007", LAMP.id),
        ("E. Moss. Rev. Lamps 3, 5. doi:10.5555/LAMP.1.", LAMP.id),
        ("C. Stone. Counting insects by hand. Journal of Examples, 2020.", HAND.id),
        ("Stone, C. (2019). Counting Insects by Hand. J. Ex. 3.", HAND.id),
        ("C. Stone, ``Counting insects by hand,'' in Proc. Examples, 2019.", HAND.id),
        ("Stone, C.: Counting insects by hand. In: Examples (2019)", HAND.id),
        ("C. Stone, Counting insects by hand, J. Ex. 3, 2019.", HAND.id),
        ("D. Reed. Counting from still pictures. 2021.", STILL.id),
    ],
)
def test_an_entry_is_matched(entry: str, paper: PaperId) -> None:
    """An entry is matched by arXiv id, by DOI, or by title with first author, in the styles of bibliographies."""
    assert dict(match_references(bibliography(entry), PaperIndex.of(PAPERS))) == {"r1": paper}


@pytest.mark.parametrize(
    "entry",
    [
        "C. Stone. Counting insects by hand: a reply. 2019.",
        "C. Stone. Against counting insects by hand. 2019.",
        "C. Stone. Counting insects by hand. II. Wasps. 2019.",
        "C. Stone. Counting Insects by Hand, Not by Ear. Examples, 2019.",
        "F. Other. Counting insects by hand. 2019.",
        "C. Stone. Counting insects by hand. 1989.",
        "C. Stone. Counting moths by hand. 2019.",
        "F. Other. A study of otters. arXiv:2101.00001, 2021.",
        "D. Reed. NetCount: counting from still pictures. arXiv:2101.99999, 2021.",
        "F. Other. The lamp. 2020.",
        "D. Reed, Phys. Rev. 2101, 00001 (2021).",
        "",
    ],
)
def test_another_work_is_not_matched(entry: str) -> None:
    """A longer title, another author, a far year, an id that contradicts the entry: no match."""
    assert dict(match_references(bibliography(entry), PaperIndex.of(PAPERS))) == {}


def test_two_papers_of_one_title_and_author_are_not_told_apart() -> None:
    """An entry that fits two papers is left out."""
    again = HAND.with_changes(id=PaperId("x:9"))

    assert (
        dict(match_references(bibliography("C. Stone. Counting insects by hand. 2019."), PaperIndex.of((HAND, again))))
        == {}
    )


def test_ids_of_old_papers_are_found() -> None:
    """Ids of the old form are found with and without the name of arXiv; numbers of journals are no ids."""
    entries = ["A. B., hep-th/9901001.", "A. B., arXiv:math.GT/0309136v2", "A. B., Phys. Rev. D 12.3456 (2001)."]
    document = bibliography(*entries)

    assert [reference.arxiv for reference in document.references] == ["hep-th/9901001", "math/0309136", ""]


@pytest.mark.parametrize(
    ("entry", "doi"),
    [
        ("doi:10.5555/example.2019.1.", "10.5555/example.2019.1"),
        ("(https://doi.org/10.1000/ABC(12)34).", "10.1000/abc(12)34"),
        ("doi 10.1000/x, pages 3", "10.1000/x"),
        ("doi:10.48550/arXiv.2101.00001", ""),
    ],
)
def test_a_doi_ends_before_punctuation(entry: str, doi: str) -> None:
    """The full stop and the parenthesis around a DOI are not part of it; a DOI of arXiv is an arXiv id."""
    assert bibliography(f"A. Bee. A title of words. {entry}").references[0].doi == doi


def test_citations_of_the_generated_corpus_end_in_the_right_papers() -> None:
    """Every entry of 60 papers that cite each other is matched to the paper it was made of."""
    corpus = make_corpus()
    index = PaperIndex.of(planted.paper for planted in corpus)
    for planted in corpus:
        document = read_page(planted.page, paper=planted.paper.id, version=1, title=planted.paper.title)
        matches = match_references(document, index)

        assert tuple(matches.get(reference.id) for reference in document.references) == planted.references


def test_works_outside_are_listed_with_what_names_them() -> None:
    """Each entry is a paper of the survey, a work outside with ids and title, or only counted; none is listed twice."""
    document = bibliography(
        "C. Stone. Counting insects by hand. Journal of Examples, 2020.",
        "Stone, C. (2019). Counting Insects by Hand. J. Ex. 3.",
        "A. Reed and B. Moss. Sounds of ten thousand wings. Examples, 2018. arXiv:1801.00009",
        "A. Reed and B. Moss. Lights of ten thousand lamps. Examples, 2018.",
        "Reed, private communication.",
    )

    index = PaperIndex.of(PAPERS)
    record = list_citations(document, index, match_references(document, index), at="2026-01-01T00:00:00Z")

    assert record.references == (
        CitedWork(("survey:x:1",)),
        CitedWork(
            ("arxiv:1801.00009", "title:soundsoftenthousandwings"),
            "Sounds of ten thousand wings",
            "Reed and Moss",
            2018,
        ),
        CitedWork(("title:lightsoftenthousandlamps",), "Lights of ten thousand lamps", "Reed and Moss", 2018),
    )
    assert record.more == 1


@pytest.mark.parametrize(
    ("entry", "listed"),
    [
        (
            "F. Other and G. Else. A study of quiet otters. Examples, 2021. arXiv:2101.00001",
            ("title:astudyofquietotters",),
        ),
        ("C. Stone. Counting insects by hand. 2019.", ()),
    ],
)
def test_a_doubtful_entry_names_no_paper_of_the_survey(entry: str, listed: tuple[str, ...]) -> None:
    """The id of another paper is taken for a mistake, and an entry that fits two papers is left out."""
    document, index = bibliography(entry), PaperIndex.of((*PAPERS, HAND.with_changes(id=PaperId("x:9"))))
    record = list_citations(document, index, match_references(document, index), at="")

    assert tuple(name for work in record.references for name in work.ids) == listed
