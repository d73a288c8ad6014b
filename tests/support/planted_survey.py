"""A survey whose papers are invented, with their full texts in its store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from latexml_pages import PlantedPaper
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.documents import read_page
from surveygen.domain.document import Document
from surveygen.domain.full_text import FullTextRecord

NOON = "2026-01-01T12:00:00Z"


def read(planted: PlantedPaper) -> Document:
    """Read the page of a planted paper."""
    return read_page(planted.page, paper=planted.paper.id, version=1, title=planted.paper.title)


def put_texts(project: Project, corpus: Sequence[PlantedPaper]) -> None:
    """Store the papers of a corpus, and what their pages say."""
    with Store.open(project.database) as store:
        store.import_records([planted.paper for planted in corpus], source="test", at=NOON)
        for planted in corpus:
            name, url = planted.paper.id, f"https://arxiv.org/html/{planted.paper.id}v1"
            record = FullTextRecord(name, 1, "fetched", url, NOON, license=planted.paper.license)
            store.full_text.put_document(read(planted), record)


def planted_survey(folder: Path, corpus: Sequence[PlantedPaper], *, settings: str = "") -> Project:
    """Make a survey of a corpus with its full texts; `settings` are added to its survey.toml."""
    pipeline.init(folder, title="Animals")
    path = folder / "survey.toml"
    text = path.read_text(encoding="utf-8").replace('encoder = "sentence"', 'encoder = "lsa"')
    path.write_text(text + settings, encoding="utf-8")
    project = find_project(folder, exact=True)
    put_texts(project, corpus)
    return project
