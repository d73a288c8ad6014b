"""Read what citation graphs answer, and believe nothing that has not its form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from surveygen.config import CitationSettings, SourceSettings
from surveygen.domain.identifiers import parse_arxiv_id
from surveygen.domain.paper import Author
from surveygen.domain.person_names import short_authors
from surveygen.domain.text import clean
from surveygen.sources._budget import Budget
from surveygen.sources._limiter import Limiter
from surveygen.sources._network_deps import NetworkDeps
from surveygen.sources._retry import UnusableError
from surveygen.sources._service_policy import ServicePolicy
from surveygen.sources._transport import Transport

MAX_REFERENCES = 1000  # kept of one paper; Semantic Scholar tells at most 9,999
MAX_COUNT = 10**8  # citations; a larger number is a fault
_MAX_TITLE = 500  # code points
_NAMES = 3  # authors that a short form can need
_DOI = re.compile(r"10\.[0-9]{4,9}/[-._;()/:a-z0-9]{1,200}\Z")
_YEARS = range(1500, 2200)


def connect_graph(
    settings: SourceSettings, citations: CitationSettings, *, url: str, edge: NetworkDeps | None, manners: ServicePolicy
) -> Transport:
    """Make a transport for a citation graph; nothing is opened or asked."""
    edge = edge or NetworkDeps()
    return Transport(
        Limiter(url, settings.arxiv.min_interval_seconds, edge.clock, edge.lock_folder),
        contact=settings.arxiv.contact,
        clock=edge.clock,
        timeouts=edge.timeouts,
        budget=edge.budget or Budget(citations.max_requests),
        manners=manners,
    )


def read_json(body: bytes) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Read JSON as the standard has it: no NaN, no number or nesting beyond what Python takes.

    Raises:
        UnusableError: "broken".
    """
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnusableError("broken", f"answered no JSON: {clean(str(error), 80)}") from error


def refusal(data: object) -> str:
    """Return the words of an answer that is an error; empty if it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("error"), str):
        return ""
    return clean(f"{data['error']}: {data['message']}" if isinstance(data.get("message"), str) else data["error"], 200)


def text_of(value: object) -> str:
    """Return words on one line; empty for anything else."""
    return " ".join(clean(value, _MAX_TITLE).split()) if isinstance(value, str) else ""


def count_of(value: object) -> int | None:
    """Return a count; None for anything else."""
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None


def year_of(value: object) -> int | None:
    """Return a year; None for anything else."""
    return value if type(value) is int and value in _YEARS else None


def rows_of(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none for anything else."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def arxiv_name(value: object) -> str:
    """Return "arxiv:..." for an arXiv id; empty for anything else."""
    found = parse_arxiv_id(value) if isinstance(value, str) else None
    return f"arxiv:{found[0].lower()}" if found else ""


def doi_name(value: object) -> str:
    """Return "doi:..." for a DOI or its address; empty for anything else.

    >>> doi_name("https://doi.org/10.1000/XYZ")
    'doi:10.1000/xyz'
    """
    bare = value.strip().lower().removeprefix("https://doi.org/") if isinstance(value, str) else ""
    return f"doi:{bare}" if _DOI.match(bare) else ""


def names_of(*names: str) -> tuple[str, ...]:
    """Return the ids that are there, each once; an arXiv DOI tells the arXiv id as well."""
    told = [name for name in names if name]
    told += [arxiv_name(name.removeprefix("doi:")) for name in told if name.startswith("doi:10.48550/arxiv.")]
    return tuple(sorted(dict.fromkeys(filter(None, told)), key=_strongest_first))


def authors_of(names: Iterable[object]) -> str:
    """Name authors in a few words."""
    known = [text_of(name) for name in names]
    return short_authors(tuple(Author(name) for name in known if name)[:_NAMES])


def _strongest_first(name: str) -> int:
    return 0 if name.startswith("arxiv:") else 1 if name.startswith("doi:") else 2


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
