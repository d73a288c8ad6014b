"""BibTeX and BibLaTeX files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibtexparser import model
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import BadRecord, Paper, parse_arxiv_id
from surveygen.errors import SourceError
from surveygen.sources.entry_ids import find_arxiv_id, reference_id
from surveygen.sources.files import InputFile
from surveygen.sources.record import RECORD_KEYS, paper_from

_ENTRY = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)
_LINKS = ("url", "doi", "note", "howpublished", "journal", "journaltitle", "number", "annote", "archive")
_USED = {"author", "year", "month", "date", "journal", "journaltitle", "booktitle", "note", "eprint", *RECORD_KEYS}
_MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * n : 3 * n + 3]: n + 1 for n in range(12)}
_MATH = re.compile(r"(?<!\\)(\$[^$]*\$)")


def accepts(file: InputFile) -> bool:
    """Whether an entry begins near the front, or the file has a suffix of BibTeX."""
    return bool(_ENTRY.search(file.head)) or file.path.suffix in {".bib", ".bibtex"}


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every entry; a second entry of the same key is a bad record.

    An entry without arXiv id or DOI has the id ``bib:`` and its key.
    """
    for block in parse_string(file.text()).blocks:
        try:
            entry = _entry(block)
            if entry is not None:
                yield paper_from(_record(entry))
        except SourceError as error:
            yield file.bad_record((block.start_line or 0) + 1, error.message, block.raw or "")


def _entry(block: model.Block) -> model.Entry | None:
    """Return the entry of a block, None for comments and string definitions; a field given twice is not an error."""
    inner = block.ignore_error_block if isinstance(block, model.DuplicateFieldKeyBlock) else block
    if isinstance(inner, model.ParsingFailedBlock):
        raise SourceError(" ".join(str(inner.error).split()))
    return inner if isinstance(inner, model.Entry) else None


def _record(entry: model.Entry) -> Mapping[str, object]:
    fields: dict[str, str] = {}
    for item in entry.fields:  # BibTeX takes the first of two fields of a name
        fields.setdefault(item.key.lower(), str(item.value))
    rest = {key: _plain(value) for key, value in fields.items() if key not in _USED}
    return {
        **rest,
        "id": reference_id(fields, _arxiv_id(fields), f"bib:{entry.key}"),
        "title": _plain(fields.get("title", "")),
        "abstract": _plain(fields.get("abstract", "")),
        "authors": _authors(fields.get("author", "")),
        "published": _date(fields),
        "journal_ref": _plain(
            next((fields[key] for key in ("journal", "journaltitle", "booktitle") if key in fields), "")
        ),
        "doi": fields.get("doi"),
        "url": fields.get("url"),
        "comment": _plain(fields.get("note", "")),
        "bibtex_key": entry.key,
        "bibtex_type": entry.entry_type,
    }


def _arxiv_id(fields: Mapping[str, str]) -> str | None:
    kind = fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).lower()
    eprint = fields.get("eprint", "").strip()
    if kind == "arxiv" and parse_arxiv_id(eprint):
        return eprint
    return find_arxiv_id(fields[key] for key in _LINKS if key in fields)


def _authors(text: str) -> list[str]:
    """Split by BibTeX's own rules; "others" is not a person."""
    names = (parse_single_name_into_parts(name, strict=False) for name in split_multiple_persons_names(text))
    return [_plain(name.merge_first_name_first) for name in names if name.last != ["others"]]


def _date(fields: Mapping[str, str]) -> str | None:
    year = fields.get("date") or fields.get("year")
    month = fields.get("month", "").strip().lower()
    number = _MONTHS.get(month[:3]) or (int(month) if month.isdecimal() and len(month) < 3 else 0)
    bare = year.strip("{} ") if year else None
    return f"{bare}-{number:02}" if bare and len(bare) == 4 and 1 <= number <= 12 else bare


def _plain(tex: str) -> str:
    r"""Decode TeX words and drop the braces that protect capitals; mathematics stays.

    A text with ``\$`` keeps its TeX: decoded once, a later reader would take the dollar for mathematics.
    """
    decoded = tex if r"\$" in tex else plain(parse_inline(tex))
    pieces = _MATH.split(decoded)
    return "".join(piece if piece.startswith("$") else re.sub(r"(?<!\\)[{}]", "", piece) for piece in pieces)
