"""The store with real records from the folder of papers beside the checkout."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

from corpus_records import NOON
from surveygen.corpus import Store, export_lines, import_lines
from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion
from surveygen.domain.text import clean


def read(data: dict[str, Any]) -> Paper:
    """Read a record well enough for the store; the real reader is a room of its own."""
    return Paper(
        id=PaperId(data["arxiv_id"]),
        title=data["title"],
        abstract=clean(data.get("abstract") or ""),
        authors=tuple(map(Author, data.get("authors") or ())),
        version=data.get("version") or 1,
        updated=(data.get("updated") or "")[:10] or None,
        categories=tuple(data.get("categories") or ()),
        comment=clean(data.get("comment") or ""),
    )


def versions(shared: Path) -> dict[str, list[Paper]]:
    """Return the real version rows of arXiv's own test database, by paper."""
    groups: dict[str, list[Paper]] = {}
    with (shared / "fixtures" / "arxiv" / "versions.jsonl").open(encoding="utf-8") as lines:
        for data in map(json.loads, lines):
            withdrawn = "withdrawn" in (data.get("comments") or "").lower()
            listed = PaperVersion(data["version"], data["created"][:10], flags="I" if withdrawn else "")
            record = Paper(
                id=PaperId(data["paper_id"]),
                title=data["title"],
                abstract=data["abstract"],
                version=data["version"],
                comment=data.get("comments") or "",
                versions=(listed,),
                authority=True,  # its authors gave some versions another title
            )
            groups.setdefault(data["paper_id"], []).append(record)
    return groups


def test_real_papers_survive_store_and_dump(shared: Path, tmp_path: Path) -> None:
    """LaTeX, accents, hundreds of authors, old ids: out as they went in, and the same after a dump."""
    with (shared / "corpora" / "edge_cases.jsonl").open(encoding="utf-8") as file:
        papers = {paper.id: paper for paper in (read(json.loads(line)) for line in file)}
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "b.db") as other:
        one.import_records(papers.values(), source="edge", at=NOON)
        lines = list(export_lines(one))
        import_lines(other, lines, at=NOON)

        assert list(one.papers.all()) == [papers[paper] for paper in sorted(papers)]
        assert list(export_lines(other)) == lines


def test_real_versions_join_in_any_order(shared: Path, tmp_path: Path) -> None:
    """Version rows of arXiv itself give the same store forwards and backwards, and every version's words are kept."""
    groups = versions(shared)
    forwards = [record for group in groups.values() for record in group]
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "b.db") as other:
        one.import_records(forwards, source="x", at=NOON)
        other.import_records(forwards[::-1], source="x", at=NOON)

        assert list(export_lines(one)) == list(export_lines(other))
        assert one.counts().papers == len(groups)
        older = [record for record in forwards if record.version < groups[record.id][-1].version]
        assert all(one.papers.text(record.id, record.version, "title") == record.title for record in older[:50])


def test_real_revisions_join_in_any_order(shared: Path) -> None:
    """Listings of one paper on different days."""
    with (shared / "fixtures" / "arxiv" / "revisions.jsonl").open(encoding="utf-8") as lines:
        states = [json.loads(line) for line in lines]
    for data in states[:10]:
        records = [
            Paper(PaperId(data["arxiv_id"]), state["title"], state["abstract"], updated=state["listed"], authority=True)
            for state in data["states"]
        ][:3]
        dumps = set()
        for order in permutations(records):
            with Store.open(Path(":memory:")) as store:
                store.import_records(order, source="x", at=NOON)
                dumps.add("\n".join(export_lines(store)))

        assert len(dumps) == 1
