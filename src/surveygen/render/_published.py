"""Tell in what form a paper was published, as reference formats distinguish it."""

from __future__ import annotations

import re
from typing import Literal

from surveygen.domain.paper import Paper
from surveygen.render._links import doi_of

Form = Literal["preprint", "article", "proceedings"]

# "Proc." and "Proceedings" alone do not tell: those of academies and societies are journals.
_MEETING = re.compile(
    r"\b(?:conference|conf\.|workshop|symposium|annual meeting|meeting of|findings of)", re.IGNORECASE
)
_PREPRINT_DOI = "10.48550/"  # that arXiv gives to every paper, https://info.arxiv.org/help/doi.html


def form_of(paper: Paper) -> Form:
    """Return "preprint" until the record names a journal, or a DOI that is not arXiv's own.

    >>> from surveygen.domain.paper import PaperId
    >>> form_of(Paper(PaperId("x"), "T", journal_ref="Proc. of the 3rd Workshop on Wants (2021)"))
    'proceedings'
    """
    venue = paper.journal_ref.strip()
    if _MEETING.search(venue):
        return "proceedings"
    doi = doi_of(paper)
    return "article" if venue or (doi and not doi.startswith(_PREPRINT_DOI)) else "preprint"
