"""What may be shown of a text, by license and setting."""

from __future__ import annotations

import pytest

from surveygen.domain.full_text import FullTextRecord
from surveygen.domain.license import Permission, Reuse, Show, permission
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import QUOTATION, Sentence
from surveygen.survey import translatable

TABLE: dict[tuple[Reuse, Show], Permission] = {
    ("open", "licensed"): "adapt",
    ("open", "quotations"): "adapt",
    ("open", "none"): "facts",
    ("no-derivatives", "licensed"): "verbatim",
    ("no-derivatives", "quotations"): "verbatim",
    ("no-derivatives", "none"): "facts",
    ("closed", "licensed"): "point",
    ("closed", "quotations"): "quote",
    ("closed", "none"): "facts",
}


@pytest.mark.parametrize(("reuse", "show"), TABLE)
def test_license_and_setting_give_a_permission(reuse: Reuse, show: Show) -> None:
    """Each license under each setting permits what docs/trust.md says."""
    assert permission(reuse, show) == TABLE[reuse, show]


def test_a_quotation_is_not_translated() -> None:
    """A translation would alter what a license permits to show unaltered only."""
    assert not translatable(Sentence("“A lamp blinks” [@1].", (PaperId("1"),), (), rule=QUOTATION))


@pytest.mark.parametrize(
    "url", ["page.html", "javascript:alert(1)", 'https://a.org/"onload', "https://a.org/ b", "https://a.org/}\\x"]
)
def test_what_is_no_address_is_no_link(url: str) -> None:
    """A name of a file, and an address with signs that a format would read otherwise, link to nothing."""
    assert FullTextRecord(PaperId("1"), 1, "fetched", url, "").link("S1") == ""


def test_an_element_cannot_leave_its_link() -> None:
    """Names of elements come from pages and are escaped."""
    link = FullTextRecord(PaperId("1"), 1, "fetched", "https://arxiv.org/html/1v1", "").link('S1"><b>)}')

    assert link == "https://arxiv.org/html/1v1#S1%22%3E%3Cb%3E%29%7D"
