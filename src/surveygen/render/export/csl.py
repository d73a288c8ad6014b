"""Write references as CSL-JSON, which Zotero and pandoc read.

Fields: https://github.com/citation-style-language/schema, ``schemas/input/csl-data.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from surveygen.domain.paper import Paper
from surveygen.render.references import Form, Reference, references

_TYPES: Mapping[Form, str] = {
    "preprint": "article",
    "article": "article-journal",
    "proceedings": "paper-conference",
}
_Json = str | Sequence[Mapping[str, str]] | Mapping[str, Sequence[Sequence[int]]]


def csl(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield the pieces of a JSON array, one item a paper."""
    before = "["
    for reference in references(pairs):
        yield f"{before}\n{json.dumps(_item(reference), ensure_ascii=False)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def _item(reference: Reference) -> dict[str, _Json]:
    fields: dict[str, _Json] = {
        "id": reference.key,
        "type": _TYPES[reference.form],
        "title": reference.title,
        "author": [
            {"family": family, "given": given} if given else {"literal": family} for family, given in reference.names
        ],
        "issued": {"date-parts": [[int(part) for part in reference.date]]} if reference.date else {},
        "container-title": reference.journal,
        "abstract": reference.abstract,
        "annote": reference.annotation,
        "number": f"arXiv:{reference.arxiv}" if reference.arxiv else "",
        "archive": "arXiv" if reference.arxiv else "",
        "DOI": reference.doi,
        "URL": reference.link,
        "note": reference.note,
    }
    return {name: value for name, value in fields.items() if value}
