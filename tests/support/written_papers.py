"""Papers with plain abstracts, of which every sentence can be told again."""

from __future__ import annotations

import json

from surveygen.domain.paper import Author, Paper, PaperId

_SUBJECTS = (
    ("reward hacking", "reward models", "detector", "labels", "robots"),
    ("prompt injection", "web agents", "filter", "rules", "browsers"),
    ("protein folding", "enzymes", "predictor", "templates", "membranes"),
)
_NAMES = ("Lee", "Doe", "Sato", "Khan", "Berg", "Cruz", "Diaz", "Egger", "Fisk", "Gray", "Hall", "Ivers")


def written_paper(number: int) -> Paper:
    """Write the paper of a number: its subject changes with every number, its authors and figures too."""
    problem, thing, made, need, where = _SUBJECTS[number % len(_SUBJECTS)]
    author, name = _NAMES[number % len(_NAMES)], f"{_NAMES[number % 7]}{made.capitalize()}{number}"
    abstract = (
        f"Undetected {problem} makes {thing} unreliable in practice. "
        f"We propose {name}, a {made} of {problem} that needs {3 + number} {need}. "
        f"Experiments show that {name} detects {20 + number}% of {problem} in {2 + number % 5} tests of {thing}. "
        f"However, {name} fails to detect slow {problem} in {where}."
    )
    return Paper(
        PaperId(f"23{1 + number % 12:02}.{10000 + number}"),
        f"{name}: A {made.capitalize()} of {problem.title()}",
        abstract,
        (Author(f"Ann {author}"), Author("Bo Li"), Author("Cy Wu")),
        published=f"20{20 + number % 5}-{1 + number % 12:02}-01",
    )


def written_corpus(count: int) -> str:
    """Return papers as lines of JSON."""
    papers = [written_paper(number) for number in range(count)]
    return "".join(
        json.dumps(
            {
                "arxiv_id": paper.id,
                "title": paper.title,
                "authors": [author.name for author in paper.authors],
                "abstract": paper.abstract,
                "published": paper.published,
            }
        )
        + "\n"
        for paper in papers
    )
