"""Write bibliographies in the formats of other programs: BibTeX, CSL-JSON, RIS, a table.

CSL-JSON, which Zotero and pandoc read: https://github.com/citation-style-language/schema,
``schemas/input/csl-data.json``. RIS, the tagged format of reference managers:
https://en.wikipedia.org/wiki/RIS_(file_format). Rows and quotes of the table follow RFC 4180.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from surveygen.domain.paper import Paper
from surveygen.domain.text import clean
from surveygen.render.bibtex import biblatex, bibtex
from surveygen.render.references import checked, doi_of, link_of, references, words

# By the types of BibTeX; any other is a preprint.
_CSL_TYPES: Mapping[str, str] = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    **dict.fromkeys(("book", "booklet", "manual"), "book"),
    **dict.fromkeys(("incollection", "inbook"), "chapter"),
    **dict.fromkeys(("phdthesis", "mastersthesis"), "thesis"),
    "techreport": "report",
}
_RIS_TYPES: Mapping[str, str] = {
    "article": "JOUR",
    "inproceedings": "CPAPER",
    "book": "BOOK",
    "booklet": "BOOK",
    "manual": "BOOK",
    "incollection": "CHAP",
    "inbook": "CHAP",
    "phdthesis": "THES",
    "mastersthesis": "THES",
    "techreport": "RPRT",
}
_COLUMNS = "cite_key id version title authors year published categories doi journal_ref url status"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BETWEEN = "; "  # of several authors or categories in one cell


def csl(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield the pieces of a JSON array, one item a paper."""
    before = "["
    for reference in references(pairs):
        people, editors = (
            [{"family": family, "given": given} if given else {"literal": family} for family, given in names]
            for names in (reference.names, reference.editors)
        )
        fields: dict[str, object] = {
            "id": reference.key,
            "type": _CSL_TYPES.get(reference.kind, "article"),
            "title": reference.title,
            "author": people,
            "editor": editors,
            "issued": {"date-parts": [[int(part) for part in reference.date]]} if reference.date else {},
            "container-title": reference.journal,
            "volume": reference.volume,
            "issue": reference.number,
            "page": reference.pages,
            "publisher": reference.publisher,
            "abstract": reference.abstract,
            "annote": reference.annotation,
            "number": f"arXiv:{reference.arxiv}" if reference.arxiv else "",
            "archive": "arXiv" if reference.arxiv else "",
            "DOI": reference.doi,
            "URL": reference.link,
            "note": reference.note,
        }
        item = {name: value for name, value in fields.items() if value}
        yield f"{before}\n{json.dumps(item, ensure_ascii=False)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def ris(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield one record a paper: lines of a tag and a value, ended by CR LF; no value holds a line break."""
    for reference in references(pairs):
        # A comma of a family's own would be read as its end.
        people = [
            (tag, " ".join(family.replace(",", " ").split()) + (f", {given}" if given else ""))
            for tag, names in (("AU", reference.names), ("ED", reference.editors))
            for family, given in names
        ]
        start, _, end = reference.pages.partition("–")
        tags = (
            ("TY", _RIS_TYPES.get(reference.kind, "UNPB")),
            ("ID", reference.key),
            *people,
            ("TI", reference.title),
            ("T2", reference.journal),
            ("VL", reference.volume),
            ("IS", reference.number),
            ("SP", start),
            ("EP", end),
            ("PB", reference.publisher),
            ("AB", reference.abstract),
            ("PY", reference.date[0] if reference.date else ""),
            ("DA", "/".join([*reference.date, "", "", ""][:3]) + "/" if reference.date else ""),
            ("DB", "arXiv" if reference.arxiv else ""),
            ("AN", f"arXiv:{reference.arxiv}" if reference.arxiv else ""),
            ("DO", reference.doi),
            ("UR", reference.link),
            ("N1", reference.annotation),
            ("N1", reference.note),
        )
        lines = "".join(f"{tag}  - {value}\r\n" for tag, value in tags if value)
        yield f"{lines}ER  - \r\n\r\n"


class _Rows:
    """A file for `csv.writer` that hands each row back: `writerow` returns what `write` does."""

    def write(self, row: str) -> str:
        return row


def table(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield a row of column names, then one row a paper; no cell is a formula to a spreadsheet."""
    rows = csv.writer(_Rows())
    yield rows.writerow(_COLUMNS.split())
    for key, paper in checked(pairs):
        cells = (
            key,
            clean(paper.id),
            str(paper.version),
            words(paper.title),
            _BETWEEN.join(words(author.name) for author in paper.authors),
            str(paper.year or ""),
            paper.published or "",
            _BETWEEN.join(clean(category) for category in paper.categories),
            doi_of(paper),
            words(paper.journal_ref),
            link_of(paper),
            paper.status,
        )
        yield rows.writerow([defused(cell) for cell in cells])


def defused(cell: str) -> str:
    """Put an apostrophe before what begins like a formula, with a full-width sign too.

    See https://owasp.org/www-community/attacks/CSV_Injection.

    >>> defused("=1+1"), defused("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


# From cite keys and papers to pieces of text, one entry for each paper, in the order given.
BIBLIOGRAPHIES: Mapping[str, Callable[[Sequence[tuple[str, Paper]]], Iterator[str]]] = MappingProxyType(
    {"bibtex": bibtex, "biblatex": biblatex, "csl": csl, "ris": ris, "csv": table}
)
