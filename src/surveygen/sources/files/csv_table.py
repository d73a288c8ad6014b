"""Tables of papers as CSV: those of Zotero and those of ``surveygen export``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources.entry_ids import bare_doi, only_arxiv_id, own_arxiv_id, reference_id
from surveygen.sources.files import InputFile
from surveygen.sources.record import paper_from

_ZOTERO = {"Key", "Item Type", "Title", "Author"}
_OWN = {"cite_key", "id", "title", "authors", "published"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # before which our export puts an apostrophe
_TYPES = {
    "journalArticle": "article",
    "magazineArticle": "article",
    "conferencePaper": "inproceedings",
    "book": "book",
    "bookSection": "incollection",
    "thesis": "phdthesis",
    "report": "techreport",
}
_MAX_CELL = 1_000_000  # characters


def accepts(file: InputFile) -> bool:
    """Whether the first row has the columns of Zotero or of our export, or the file has the suffix of CSV."""
    columns = _columns(file.head)
    return columns >= _ZOTERO or columns >= _OWN or (file.path.suffix == ".csv" and len(columns) > 1)


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every row.

    Raises:
        SourceError: the columns are not those of Zotero or of our export.
    """
    columns = _columns(file.head)
    if not (columns >= _ZOTERO or columns >= _OWN):
        message = f"{file.path}: a CSV table, but not with the columns of Zotero or of surveygen export --format csv"
        raise SourceError(message, "export it as BibTeX, RIS or CSL-JSON", url=str(file.path))
    convert = _zotero if columns >= _ZOTERO else _own
    text = file.text()
    yield from file.notes
    csv.field_size_limit(_MAX_CELL)
    rows = csv.reader(text.splitlines(keepends=True))
    header = [name.lstrip("\ufeff") for name in next(rows)]
    line = rows.line_num + 1
    try:
        for cells in rows:
            row = dict(zip(header, cells, strict=False))
            try:
                if any(cells):
                    yield paper_from(convert(row))
            except SourceError as error:
                yield file.bad_record(line, error.message, "; ".join(row.values()))
            line = rows.line_num + 1
    except csv.Error as error:
        yield file.bad_record(line, f"the table is damaged from here on: {error}")


def _columns(head: str) -> set[str]:
    first = next(csv.reader(head.lstrip("\ufeff\r\n").splitlines()[:1]), [])
    return {name.strip() for name in first}


def _zotero(row: Mapping[str, str]) -> Mapping[str, object]:
    doi, url, note = bare_doi(row.get("DOI", "")), row.get("Url", ""), row.get("Extra", "")
    # Under "Extra" Zotero keeps fields that it has no column for, as "arXiv: 2105.00001" on a line of its own.
    fields = (only_arxiv_id(line) for line in note.splitlines() if line.lower().startswith("arxiv:"))
    arxiv_id = own_arxiv_id([url, doi, *filter(None, fields)], note, has_other_id=bool(doi or url))
    authors, editors = (_people(row.get(role, "").split(";")) for role in ("Author", "Editor"))
    extra = {
        "volume": row.get("Volume"),
        "number": row.get("Issue"),
        "pages": row.get("Pages"),
        "publisher": row.get("Publisher"),
        "editor": editors,
        "author_role": "editor" if editors and not authors else "",
        "zotero_key": row.get("Key"),
        "bibtex_type": _TYPES.get(row.get("Item Type", ""), "misc"),
    }
    return {
        "id": reference_id(doi, arxiv_id),
        "title": row.get("Title"),
        "abstract": row.get("Abstract Note"),
        "authors": authors or editors,
        "published": row.get("Date") or row.get("Publication Year"),
        "journal_ref": row.get("Publication Title"),
        "doi": doi,
        "url": url,
        "comment": note,
        **{key: value for key, value in extra.items() if value},
    }


def _own(row: Mapping[str, str]) -> Mapping[str, object]:
    cells = {
        name: cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell for name, cell in row.items()
    }
    return {
        **{key: value for key, value in cells.items() if value and key not in {"year", "authors", "categories"}},
        "authors": [name for name in cells["authors"].split("; ") if name],
        "categories": [term for term in cells.get("categories", "").split("; ") if term],
        "published": cells["published"],
    }


def _people(names: Iterable[str]) -> list[str]:
    """Turn "Family, Given" round."""
    split = (name.strip().partition(",") for name in names)
    return [" ".join(filter(None, (given.strip(), family.strip()))) for family, _, given in split if family or given]
