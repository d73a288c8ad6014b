"""arXiv identifiers in every form that people paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import derived_id, is_arxiv_id, parse_arxiv_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2107.05580", ("2107.05580", None)),
        ("arXiv:2107.05580v3", ("2107.05580", 3)),
        ("https://arxiv.org/abs/2107.05580v2", ("2107.05580", 2)),
        ("http://export.arxiv.org/pdf/hep-th/9901001.pdf", ("hep-th/9901001", None)),
        ("https://doi.org/10.48550/arXiv.2107.05580", ("2107.05580", None)),
        ("oai:arXiv.org:math/0309136", ("math/0309136", None)),
        ("math.GT/0309136v12", ("math/0309136", 12)),
        ("cmp-lg/9404003", ("cmp-lg/9404003", None)),
        (" 0704.0001 ", ("0704.0001", None)),
    ],
)
def test_known_forms(text: str, expected: tuple[str, int | None]) -> None:
    """Ids, links, DOIs and OAI names all lead to the base id and the version."""
    assert parse_arxiv_id(text) == expected


@pytest.mark.parametrize("text", ["", "2107", "2107.055800", "21070.5580", "2107.05580v0", "10.1145/12345", "abc/123"])
def test_other_things_are_none(text: str) -> None:
    """What only looks alike is not taken for an id."""
    assert parse_arxiv_id(text) is None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    """No text makes the parser fail, and what it returns can be asked from arXiv."""
    parsed = parse_arxiv_id(text)

    assert parsed is None or is_arxiv_id(parsed[0])


@pytest.mark.parametrize(
    ("title", "doi", "expected"),
    [
        ("Any", "10.1000/AbC", "doi:10.1000/abc"),
        ("Bits & Bytes: a Study", "", "title:bits-bytes-a-study"),
        ("意味の研究", "", "title:意味の研究"),
    ],
)
def test_a_paper_without_an_id_is_known_by_its_doi_or_title(title: str, doi: str, expected: str) -> None:
    """The same record gets the same id wherever it is read."""
    assert derived_id(title, doi) == expected
