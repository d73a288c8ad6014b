"""BibTeX and BibLaTeX files."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence

from bibtexparser import model
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.splitter import Splitter

from surveygen.domain.paper import BadRecord, Paper, parse_arxiv_id
from surveygen.domain.text import MAX_TITLE
from surveygen.errors import SourceError
from surveygen.sources.authors import without_others
from surveygen.sources.entry_ids import bare_doi, own_arxiv_id, reference_id
from surveygen.sources.files import InputFile
from surveygen.sources.record import RECORD_KEYS, paper_from
from surveygen.tex_text import decode_tex

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # else what it sets aside is printed as well

_ENTRY = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)
# Fields that are made for an id or an address, or that often hold one and nothing else.
_PLACES = ("url", "doi", "howpublished", "journal", "journaltitle", "archive")
_NUMBERS = ("volume", "number", "pages")
_VENUES = ("journal", "journaltitle", "booktitle")
_USED = {
    *_VENUES,
    "author",
    "year",
    "month",
    "day",
    "date",
    "note",
    "eprint",
    "subtitle",
    "crossref",
    "xdata",
    *RECORD_KEYS,
}
_VERBATIM = {"url", "doi", "eprint", "file", "urn"}
_MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * n : 3 * n + 3]: str(n + 1) for n in range(12)}
_NO_PAPERS = {"set", "xdata"}
_VOLUMES = {"proceedings", "mvproceedings", "collection", "mvcollection", "book", "mvbook", "periodical", "reference"}
# Of a value: text in braces or quotes is taken apart first, so what is left is a number, the name of a macro or "#".
_BARE = re.compile(r"\s*([^\s#{}\"=,]+)\s*")
_FIELD = re.compile(r"\s*([A-Za-z][\w-]*)\s*=\s*(?=[\"{\w])")
# Fields that no entry inherits (biber's manual, section "Cross-reference inheritance" of biblatex, appendix B).
_NOT_INHERITED = {
    *("ids", "crossref", "xref", "entryset", "entrysubtype", "execute", "label", "options", "presort", "related"),
    *(
        "relatedoptions",
        "relatedstring",
        "relatedtype",
        "shortand",
        "shorthandintro",
        "sortkey",
        "sortname",
        "sorttitle",
    ),
    *("sorttitle", "xdata", "keywords", "abstract", "annote", "annotation", "file", "note", "doi", "url", "eprint"),
    *(
        "archiveprefix",
        "eprinttype",
        "eprintclass",
        "primaryclass",
        "urldate",
        "title",
        "subtitle",
        "titleaddon",
        "shorttitle",
    ),
    "pages",
}
_MAX_VALUE = 200_000  # characters of a field that are read; the longest text that is kept has 10,000
_MAX_MACRO = 1000  # characters, for a macro may be made of others
_MAX_PARENTS = 20


def accepts(file: InputFile) -> bool:
    """Whether an entry begins near the front, or the file has a suffix of BibTeX."""
    return bool(_ENTRY.search(file.head)) or file.path.suffix in {".bib", ".bibtex"}


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every entry, with what it inherits by ``crossref`` and ``xdata``.

    An entry without arXiv id or DOI has an id of its title, year and first author; its key is kept as ``bibtex_key``.
    A volume that contains others is left out, and a bad record says so.
    """
    text = file.text()
    yield from file.notes
    library = _Library(Splitter(text).split().blocks)
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        try:
            fields = library.fields(block)
            if fields is not None:
                yield paper_from(_record(fields))
        except SourceError as error:
            yield file.bad_record(line, error.message, block.raw or "")


class _Library:
    """The blocks of a file with macros and inheritance evaluated."""

    def __init__(self, blocks: Sequence[model.Block]) -> None:
        self.blocks = blocks
        self._macros = {name: name for name in _MONTHS}
        self._entries: dict[str, dict[str, str]] = {}
        self._of_block: dict[int, dict[str, str]] = {}
        self._parents: set[str] = set()
        self._cut: set[int] = set()  # entries that a stray brace ends, with the text behind it as a comment
        before: model.Block | None = None
        for block in map(_unwrapped, blocks):
            if isinstance(block, model.String):
                self._macros[block.key.lower()] = self._value(str(block.value))[0][:_MAX_MACRO]
            elif isinstance(block, model.Entry):
                fields = self._own_fields(block)
                self._of_block[id(block)] = fields
                self._entries.setdefault(block.key.lower(), fields)
                self._parents |= {key.lower() for key in _keys(fields.get("crossref", ""))}
            elif isinstance(block, model.ImplicitComment) and re.match(r"\s*,[^@]*=", block.comment[:200]):
                self._cut.add(id(before))
            before = block

    def fields(self, block: model.Block) -> dict[str, str] | None:
        """Return the fields of an entry, with its key and type; None for what is no paper and no fault.

        Raises:
            SourceError: the entry cannot be read, or is a volume that contains others.
        """
        inner = _unwrapped(block)
        if isinstance(inner, model.ParsingFailedBlock):
            raise SourceError("not an entry: " + (" ".join(str(inner.error).split()) or "its end is missing"))
        if not isinstance(inner, model.Entry) or inner.entry_type.lower() in _NO_PAPERS:
            return None
        if id(inner) in self._cut:
            raise SourceError("a stray closing brace ends the entry before its last fields")
        kind = inner.entry_type.lower()
        if kind in {"proceedings", "mvproceedings"} or (kind in _VOLUMES and inner.key.lower() in self._parents):
            raise SourceError(f"@{kind} {inner.key!r} is a volume, not a paper; it is left out")
        fields = self._inherited(self._of_block[id(inner)], kind, {inner.key.lower()})
        return {**fields, "bibtex_key": inner.key, "bibtex_type": kind}

    def _inherited(self, own: dict[str, str], kind: str, seen: set[str]) -> dict[str, str]:
        """Add the fields of ``xdata`` and ``crossref`` that an entry lacks, by biber's rules.

        `seen` has the keys that were read for the entry: each parent is read once, however many ways lead to it.
        """
        fields = dict(own)
        for key in [*_keys(own.get("xdata", "")), *_keys(own.get("crossref", ""))]:
            parent = self._entries.get(key.lower())
            if parent is None or key.lower() in seen or len(seen) > _MAX_PARENTS:
                continue
            seen.add(key.lower())
            given = self._inherited(parent, parent["bibtex_type"], seen)
            if key in _keys(own.get("xdata", "")):
                fields = {**given, **fields}
                continue
            dated = {"year", "month", "day", "date"}
            barred = _NOT_INHERITED | (dated if dated & fields.keys() - {"month", "day"} else set())
            barred |= {"author"} if kind.startswith("in") and parent["bibtex_type"] != "book" else set()
            fields = {**{name: value for name, value in given.items() if name not in barred}, **fields}
            title = ": ".join(given[part] for part in ("title", "subtitle") if given.get(part))
            venue = "journaltitle" if parent["bibtex_type"] == "periodical" else "booktitle"
            if title and not any(fields.get(name) for name in _VENUES):
                fields[venue] = title
        return fields

    def _own_fields(self, entry: model.Entry) -> dict[str, str]:
        fields: dict[str, str] = {"bibtex_type": entry.entry_type.lower()}
        for item in entry.fields:  # BibTeX takes the first of two fields of a name
            value, more = self._value(str(item.value))
            for name, text in ((item.key.lower(), value), *more):
                fields.setdefault(name, text)
        return fields

    def _value(self, raw: str) -> tuple[str, list[tuple[str, str]]]:
        """Evaluate a value: parts in braces or quotes, numbers and macros, joined by ``#``.

        A field behind a missing comma is returned as well, with its value.
        """
        raw = raw[:_MAX_VALUE]
        texts: list[str] = [""]
        names: list[str] = []
        place = 0
        while place < len(raw):
            if raw[place] in '{"':
                end = _end_of_text(raw, place)
                texts[-1] += raw[place + 1 : end]
                place = end + 1
            elif field := _FIELD.match(raw, place):
                names.append(field[1].lower())
                texts.append("")
                place = field.end()
            elif bare := _BARE.match(raw, place):
                texts[-1] += self._macros.get(bare[1].lower(), bare[1]) if len(texts[-1]) < _MAX_VALUE else ""
                place = bare.end()
            else:
                place += 1
        return texts[0], list(zip(names, texts[1:], strict=True))


def _end_of_text(raw: str, start: int) -> int:
    """Return the place of the brace or quote that ends the text beginning at `start`."""
    depth = 0
    is_quoted = raw[start] == '"'
    for found in re.compile(r"\\.|[{}\"]", re.DOTALL).finditer(raw, start + 1 if is_quoted else start):
        sign = found[0]
        depth += (sign == "{") - (sign == "}")
        if (sign == '"' and is_quoted and depth <= 0) or (sign == "}" and not is_quoted and depth == 0):
            return found.start()
    return len(raw)


def _unwrapped(block: model.Block) -> model.Block:
    """Return the entry of a block that only repeats a field or a key, which is no fault here."""
    repeats = model.DuplicateFieldKeyBlock | model.DuplicateBlockKeyBlock
    inner = block.ignore_error_block if isinstance(block, repeats) else None
    return block if inner is None else inner


def _keys(text: str) -> list[str]:
    return [key.strip() for key in text.split(",") if key.strip()]


def _record(fields: Mapping[str, str]) -> Mapping[str, object]:
    rest = {key: value if key in _VERBATIM else _plain(value) for key, value in fields.items() if key not in _USED}
    doi = bare_doi(_verbatim(fields.get("doi", "")))
    url = _verbatim(fields.get("url", ""))
    arxiv_id = _arxiv_id(fields, has_other_id=bool(doi or url))
    authors, editors = (_names(fields.get(role, "")) for role in ("author", "editor"))
    return {
        **rest,
        "id": reference_id(doi, arxiv_id),
        "title": ": ".join(text for key in ("title", "subtitle") if (text := _plain(fields.get(key, "")))),
        "abstract": _plain(fields.get("abstract", "")),
        "authors": authors or editors,
        **({"editor": editors} if editors else {}),
        **({"author_role": "editor"} if editors and not authors else {}),
        "published": _date(fields),
        "journal_ref": next((text for key in _VENUES if (text := _plain(fields.get(key, "")))), ""),
        "doi": doi,
        "url": url,
        "comment": _plain(fields.get("note", "")),
    }


def _arxiv_id(fields: Mapping[str, str], *, has_other_id: bool) -> str | None:
    kind = _plain(fields.get("archiveprefix", fields.get("eprinttype", "arxiv"))).lower()
    eprint = _verbatim(fields.get("eprint", ""))
    if kind == "arxiv" and parse_arxiv_id(eprint):
        version = re.fullmatch(r"v?([0-9]{1,4})", _plain(fields.get("version", "")))
        return f"{eprint}v{version[1]}" if version and not re.search(r"v[0-9]+\Z", eprint, re.IGNORECASE) else eprint
    places = [_verbatim(fields[key]) for key in _PLACES if key in fields]
    numbers = (_verbatim(fields.get(key, "")) for key in _NUMBERS)
    places += [text for text in numbers if re.search("arxiv|abs/", text, re.IGNORECASE)]
    return own_arxiv_id(places, _plain(fields.get("note", "")), has_other_id=has_other_id)


def _names(text: str) -> list[str]:
    """Split names by BibTeX's own rules, or as BibLaTeX's ``family=..., given=...``; "others" is not a person."""
    people: list[str] = []
    for name in split_multiple_persons_names(decode_tex(text, keep_braces=True)):
        if re.match(r"\s*(?:family|given|prefix|suffix)(?:-i)?\s*=", name):
            parts = dict(part.split("=", 1) for part in name.split(",") if "=" in part)
            named = {key.strip(): value.strip().strip('"') for key, value in parts.items()}
            whole = " ".join(named[key] for key in ("given", "prefix", "family", "suffix") if named.get(key))
        else:
            whole = parse_single_name_into_parts(without_others(name), strict=False).merge_first_name_first
        if person := without_others(re.sub(r"[{}]", "", whole)):
            people.append(person)
    return people


def _date(fields: Mapping[str, str]) -> str | None:
    """Return ``date``, else year, month and day as far as they are given as numbers."""
    year = _plain(fields.get("date") or fields.get("year", ""))
    if fields.get("date") or not re.fullmatch(r"[0-9]{4}", year):
        return year or None
    month_words = re.findall(r"[0-9]+|[^\W\d_]+", _plain(fields.get("month", "")))
    names = [number for word in month_words if (number := _MONTHS.get(word[:3].lower()))]
    month = (names or month_words or [""])[0]
    day = _plain(fields.get("day", ""))
    if not (month.isdecimal() and 1 <= int(month) <= 12):
        return year
    is_day = bool(re.fullmatch(r"[0-9]{1,2}", day)) and 1 <= int(day) <= 31
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if is_day else "")


def _plain(tex: str) -> str:
    return decode_tex(tex).strip()[: 40 * MAX_TITLE]


def _verbatim(text: str) -> str:
    """Return an address, in which people escape some characters although they need not."""
    found = re.match(r"\s*\\(?:url|href|path)\s*\{([^{}]*)\}", text)
    return re.sub(r"\\([&%#_~{}$])|[{}]", lambda sign: sign[1] or "", found[1] if found else text).strip()
