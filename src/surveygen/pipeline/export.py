"""Exporting the corpus to other programs."""

from __future__ import annotations

from collections.abc import Iterator

from surveygen.config import Project
from surveygen.corpus import Store, export_lines
from surveygen.errors import ConfigError
from surveygen.render import BIBLIOGRAPHIES
from surveygen.survey import make_cite_keys

EXPORTS = (*sorted(BIBLIOGRAPHIES), "jsonl")


def export(project: Project, name: str) -> Iterator[str]:
    """Yield the text of an export piece by piece; ``jsonl`` is the whole store, sorted, to be imported again.

    Raises:
        ConfigError: the format is unknown.
    """
    if name not in EXPORTS:
        raise ConfigError(f"export: unknown format {name!r}", f"choose from {', '.join(EXPORTS)}")
    with Store.open_to_read(project.database) as store:
        if name == "jsonl":
            yield from (f"{line}\n" for line in export_lines(store))
            return
        papers = tuple(store.papers.all())
        assigned = store.papers.cite_keys()
        minted = make_cite_keys(papers, assigned)
        if minted:
            store.papers.add_cite_keys(minted)
        keys = {**assigned, **minted}
        yield from BIBLIOGRAPHIES[name]([(keys[paper.id], paper) for paper in papers])
