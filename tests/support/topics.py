"""Invented papers of a few subjects that share no words."""

from __future__ import annotations

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId

TOPICS = {
    "glaciers": "glaciers ice melt alpine snow moraine",
    "violins": "violins strings bow luthier tone resonance",
    "enzymes": "enzymes protein catalysis substrate kinetics binding",
    "bridges": "bridges steel truss girder load cable",
    "orchids": "orchids bloom petal pollen greenhouse graft",
}


def papers(topic: str, numbers: range) -> list[Paper]:
    """Make papers of a topic: sentences of its words in turning order."""
    words = TOPICS[topic].split()
    made = []
    for n in numbers:
        turned = words[n % 6 :] + words[: n % 6]
        title = f"{topic.title()} and {turned[1]} in {turned[2]}"
        abstract = f"We study {' and '.join(turned)}. The {turned[0]} of {topic} depend on {turned[3]} and {turned[4]}."
        made.append(Paper(PaperId(f"{topic}-{n:03}"), title, abstract))
    return made


def add(project: Project, topic: str, numbers: range) -> None:
    """Let papers of a topic come into a survey."""
    with Store.open(project.database) as store:
        store.import_records(papers(topic, numbers), source="topics", at="2026-01-01T00:00:00Z")
