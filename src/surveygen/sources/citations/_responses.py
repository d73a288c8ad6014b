"""Checked values of the responses of citation services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from surveygen.domain.paper import Author, parse_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.text import clean
from surveygen.sources.http.body import parse_json
from surveygen.sources.http.retry import UnusableError

MAX_REFERENCES = 1000  # kept of one paper; Semantic Scholar sends at most 9,999
MAX_COUNT = 10**8  # citations; a larger number is a fault
_MAX_TITLE = 500  # code points
_MAX_AUTHORS = 3  # that a short form can need
_DOI = re.compile(r"10\.[0-9]{4,9}/[-._;()/:a-z0-9]{1,200}\Z")
_YEARS = range(1500, 2200)


def parse_response(body: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Parse the body of a response.

    Raises:
        UnusableError: "broken", or "refused" with the words of the service.
    """
    data = parse_json(body)
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        message = data.get("message")
        words = f"{data['error']}: {message}" if isinstance(message, str) else data["error"]
        raise UnusableError("refused", clean(words, 200) or "refused")
    return data


def text_of(value: object) -> str:
    """Return a text on one line; empty for anything else."""
    return " ".join(clean(value, _MAX_TITLE).split()) if isinstance(value, str) else ""


def count_of(value: object) -> int | None:
    """Return a count; None for anything else."""
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None


def year_of(value: object) -> int | None:
    """Return a year; None for anything else."""
    return value if type(value) is int and value in _YEARS else None


def objects_of(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def authors_of(names: Iterable[object]) -> str:
    """Return the short form of some authors."""
    texts = [text_of(name) for name in names]
    return short_authors(tuple(Author(text) for text in texts if text)[:_MAX_AUTHORS])


def arxiv_key(value: object) -> str:
    """Return "arxiv:..." for an arXiv id; empty for anything else."""
    parsed = parse_arxiv_id(value) if isinstance(value, str) else None
    return f"arxiv:{parsed[0].lower()}" if parsed else ""


def doi_key(value: object) -> str:
    """Return "doi:..." for a DOI or its URL; empty for anything else.

    >>> doi_key("https://doi.org/10.1000/XYZ")
    'doi:10.1000/xyz'
    """
    bare = value.strip().lower().removeprefix("https://doi.org/") if isinstance(value, str) else ""
    return f"doi:{bare}" if _DOI.match(bare) else ""


def work_keys(*keys: str) -> tuple[str, ...]:
    """Return the keys that are not empty, without repeats, arXiv first; an arXiv DOI gives the arXiv id as well."""
    present = [key for key in keys if key]
    present += [arxiv_key(key.removeprefix("doi:")) for key in present if key.startswith("doi:10.48550/arxiv.")]
    strength = ("arxiv:", "doi:")
    return tuple(
        sorted(
            dict.fromkeys(filter(None, present)),
            key=lambda key: next((n for n, prefix in enumerate(strength) if key.startswith(prefix)), len(strength)),
        )
    )
