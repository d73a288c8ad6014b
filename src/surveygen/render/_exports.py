"""Give references in the formats of other programs.

Each format is a function from citation keys and papers to pieces of text, one entry a paper in the order given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from surveygen.domain.paper import Paper
from surveygen.render._ascii_tex import ascii_tex
from surveygen.render._bibtex import KINDS, bib_entry, bib_fields
from surveygen.render._csl import csl
from surveygen.render._csv import table
from surveygen.render._published import form_of
from surveygen.render._reference import checked, date_of, version_of
from surveygen.render._ris import ris

_BIBLATEX_NAMES = {
    "year": "date",
    "journal": "journaltitle",
    "archivePrefix": "eprinttype",
    "primaryClass": "eprintclass",
}


def bibtex(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield BibTeX in ASCII; only scripts that TeX has no commands for stay as they are."""
    for key, paper in checked(pairs):
        fields = bib_fields(paper)
        entry = bib_entry(KINDS[form_of(paper)], key, {**fields, "version": version_of(paper)})
        yield ascii_tex(entry.replace("\\textquotedbl{}", '"')) + "\n"  # that sign is not in TeX's oldest fonts


def biblatex(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield BibLaTeX in UTF-8, by the data model of its manual, section 2."""
    for key, paper in checked(pairs):
        fields = {_BIBLATEX_NAMES.get(name, name): value for name, value in bib_fields(paper).items()}
        said = {"date": date_of(paper), "version": version_of(paper)}
        if "eprinttype" in fields:
            said["eprinttype"] = "arxiv"
        kind = KINDS[form_of(paper)]
        found_online = kind == "misc" and fields["url"]
        yield bib_entry("online" if found_online else kind, key, {**fields, **said}) + "\n"


BIBLIOGRAPHIES: Mapping[str, Callable[[Sequence[tuple[str, Paper]]], Iterator[str]]] = MappingProxyType(
    {"bibtex": bibtex, "biblatex": biblatex, "csl": csl, "ris": ris, "csv": table}
)
