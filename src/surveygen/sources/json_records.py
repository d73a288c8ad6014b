"""Conversion of JSON objects of other programs to the keys of our JSONL format.

Known are CSL-JSON, which reference managers write, the works of Crossref, and the papers of Semantic Scholar and of
OpenAlex. An object of none of these forms has our own keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from surveygen.domain.paper import Paper, parse_arxiv_id
from surveygen.errors import SourceError
from surveygen.sources.entry_ids import bare_doi, own_arxiv_id, reference_id, with_version
from surveygen.sources.record import paper_from

Record = Mapping[str, Any]

_MAX_POSITION = 20_000  # words of an abstract
# Types of CSL and of Crossref, as entries of BibTeX.
_TYPES = {
    "article-journal": "article",
    "journal-article": "article",
    "article-magazine": "article",
    "paper-conference": "inproceedings",
    "proceedings-article": "inproceedings",
    "book": "book",
    "monograph": "book",
    "chapter": "incollection",
    "book-chapter": "incollection",
    "thesis": "phdthesis",
    "dissertation": "phdthesis",
    "report": "techreport",
    "article": "misc",
    "posted-content": "misc",
}
_NOTE_ID = re.compile(r"^\s*arXiv:\s*(\S+)", re.IGNORECASE | re.MULTILINE)  # as Zotero writes it under "Extra"


def paper_from_json(record: Record) -> Paper:
    """Convert an object of the first known form that fits, else of our own.

    Raises:
        SourceError: it is not usable, or has keys of another form than those that are known.
    """
    if "authorships" in record or "abstract_inverted_index" in record:
        return paper_from(_openalex(record))
    if {"paperId", "corpusid", "corpusId", "externalIds", "externalids"} & record.keys():
        return paper_from(_semantic_scholar(record))
    if _is_csl(record):
        return paper_from(_csl(record))
    if "author" not in record or "authors" in record:
        return paper_from(record)
    names = record["author"]
    if isinstance(names, str) or all(isinstance(name, str) for name in _list(names)):
        return paper_from({key: value for key, value in record.items() if key != "author"} | {"authors": names})
    raise SourceError("JSON of an unknown form: 'author' holds no names; CSL-JSON or one of our JSONL keys would do")


def _openalex(record: Record) -> Record:
    """Map a work of https://docs.openalex.org/api-entities/works/work-object."""
    ids = _object(record.get("ids"))
    places = [_object(place) for place in (record.get("primary_location"), *_list(record.get("locations")))]
    addresses = [str(place.get("landing_page_url") or "") for place in places]
    doi = bare_doi(str(record.get("doi") or ids.get("doi") or ""))
    arxiv_id = next((with_version(*found) for found in map(parse_arxiv_id, [doi, *addresses]) if found), None)
    biblio = _object(record.get("biblio"))
    first, last = biblio.get("first_page"), biblio.get("last_page")
    venue = next((name for place in places if (name := _object(place.get("source")).get("display_name"))), "")
    is_arxiv = "arxiv" in str(venue).lower()
    return {
        "id": reference_id(doi, arxiv_id) or _last_part(record.get("id"), "openalex:"),
        "title": record.get("title") or record.get("display_name"),
        "abstract": _from_inverted_index(record.get("abstract_inverted_index")),
        "authors": [
            {
                "name": _object(item.get("author")).get("display_name") or item.get("raw_author_name"),
                "affiliations": [_object(place).get("display_name") for place in _list(item.get("institutions"))],
            }
            for item in map(_object, _list(record.get("authorships")))
        ],
        "published": record.get("publication_date") or record.get("publication_year"),
        "journal_ref": "" if is_arxiv else venue,
        "doi": doi,
        "url": next(filter(None, addresses), ""),
        "status": "withdrawn" if record.get("is_retracted") is True else None,
        **_kept({
            "volume": biblio.get("volume"),
            "number": biblio.get("issue"),
            "pages": f"{_line(first)}–{_line(last)}" if first and last and first != last else _line(first),
            "openalex_id": _last_part(record.get("id"), ""),
        }),
    }  # fmt: skip


def _semantic_scholar(record: Record) -> Record:
    """Map a paper of https://api.semanticscholar.org/api-docs/graph or of its data sets, in lower case."""
    ids = {name.lower(): value for name, value in _object(record.get("externalIds", record.get("externalids"))).items()}
    doi = bare_doi(str(ids.get("doi") or ""))
    journal = _object(record.get("journal"))
    names = [_object(author).get("name") for author in _list(record.get("authors"))]
    corpus_id = record.get("corpusId", record.get("corpusid", ids.get("corpusid")))
    own = f"s2:{record.get('paperId') or corpus_id}"
    return {
        "id": reference_id(doi, str(ids["arxiv"]) if ids.get("arxiv") else None) or own,
        "title": record.get("title"),
        "abstract": record.get("abstract"),
        "authors": [name for name in names if name],
        "published": record.get("publicationDate") or record.get("publicationdate") or record.get("year"),
        "journal_ref": journal.get("name") or record.get("venue"),
        "doi": doi,
        "url": record.get("url"),
        **_kept({"volume": journal.get("volume"), "pages": journal.get("pages"), "corpus_id": corpus_id}),
    }  # fmt: skip


def _is_csl(record: Record) -> bool:
    people = _list(record.get("author")) or _list(record.get("editor"))
    has_names = any({"family", "given", "literal", "name"} & _object(person).keys() for person in people)
    is_item = _line(record.get("type")) in _TYPES and not {"arxiv_id", "authors"} & record.keys()
    return has_names or is_item or any(key in record for key in ("issued", "container-title", "DOI", "URL"))


def _csl(record: Record) -> Record:
    """Map an item of https://docs.citationstyles.org, or a work of https://api.crossref.org, whose titles are lists."""
    doi, url = bare_doi(_line(record.get("DOI"))), _line(record.get("URL"))
    note = _line(record.get("note"))
    places = [url, doi, *(_line(record.get(key)) for key in ("number", "archive_location", "container-title"))]
    places += [found[1] for found in [_NOTE_ID.search(str(record.get("note") or ""))] if found and not (doi or url)]
    arxiv_id = own_arxiv_id(places, note, has_other_id=bool(doi or url))
    authors, editors = (_names(record.get(role)) for role in ("author", "editor"))
    number = _line(record.get("issue")) or _line(record.get("number"))
    kind = _line(record.get("type"))
    return {
        "id": reference_id(doi, arxiv_id),
        "title": ": ".join(filter(None, (_line(record.get("title")), _line(record.get("subtitle"))))),
        "abstract": record.get("abstract"),
        "authors": authors or editors,
        "published": _csl_date(record.get("issued")) or _csl_date(record.get("published")),
        "journal_ref": _line(record.get("container-title")),
        "doi": doi,
        "url": url,
        "comment": note,
        **_kept({
            "volume": _line(record.get("volume")),
            "number": "" if "arxiv" in number.lower() else number,
            "pages": _line(record.get("page")),
            "publisher": _line(record.get("publisher")),
            "editor": editors,
            "author_role": "editor" if editors and not authors else "",
            "annote": _line(record.get("annote")),
            "csl_id": _line(record.get("id")),
            "csl_type": kind,
            "bibtex_type": _TYPES.get(kind, "misc"),
        }),
    }  # fmt: skip


def _from_inverted_index(index: object) -> str:
    """Put the words of an abstract into their places; OpenAlex lists the places of each word."""
    words: dict[int, str] = {}
    for word, positions in _object(index).items():
        for position in _list(positions):
            if isinstance(position, int) and 0 <= position < _MAX_POSITION:
                words[position] = str(word)
    return " ".join(words[position] for position in sorted(words))


def _names(people: object) -> list[str]:
    names: list[str] = []
    for person in map(_object, _list(people)):
        family = " ".join(filter(None, (_line(person.get("non-dropping-particle")), _line(person.get("family")))))
        parts = (_line(person.get("given")), _line(person.get("dropping-particle")), family)
        suffix = _line(person.get("suffix"))
        name = _line(person.get("literal")) or " ".join(filter(None, parts)) or _line(person.get("name"))
        if name:
            names.append(f"{name}, {suffix}" if suffix else name)
    return names


def _csl_date(value: object) -> str:
    issued = _object(value)
    parts = _list(next(iter(_list(issued.get("date-parts"))), None))[:3]
    numbers = [str(part) for part in parts if re.fullmatch(r"[0-9]{1,4}", str(part))]
    return "-".join(numbers) or _line(issued.get("raw")) or _line(issued.get("literal")) or _line(value)


def _last_part(value: object, prefix: str) -> str:
    name = _line(value).rstrip("/").rsplit("/", 1)[-1]
    return f"{prefix}{name}" if name else ""


def _line(value: object) -> str:
    """Return a text or number as text; of a list its first item, as Crossref gives titles."""
    first = value[0] if isinstance(value, list) and value else value
    return str(first).strip() if isinstance(first, str | int | float) and not isinstance(first, bool) else ""


def _object(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _kept(values: Record) -> Record:
    return {key: value for key, value in values.items() if value not in ("", None, [])}
