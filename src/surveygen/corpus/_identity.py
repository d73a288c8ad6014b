"""The decision which paper of the store a record is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from surveygen.corpus.database import Database
from surveygen.corpus.jsonl import to_json
from surveygen.corpus.merge import PaperHistory
from surveygen.domain.identity import fallback_name, is_weak, may_be_same, paper_names, rank, titles_agree
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id


class NameTable:
    """The names of the papers of a store: an id is one itself, further ones are in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def holders(self, names: Iterable[PaperId]) -> dict[PaperId, PaperId]:
        """Return the papers that some names stand for, by name; names of no paper are left out."""
        chosen = to_json(sorted(set(names)))
        rows = self._database.rows(
            "SELECT name, paper FROM paper_name WHERE name IN (SELECT value FROM json_each(?1))"
            " UNION ALL SELECT id, id FROM paper WHERE id IN (SELECT value FROM json_each(?1))",
            (chosen,),
        )
        return {PaperId(name): PaperId(paper) for name, paper in rows}

    def add(self, names: Mapping[PaperId, PaperId]) -> None:
        """Add names of stored papers; a name that stands for a paper already keeps to it."""
        self._database.run_many(
            "INSERT OR IGNORE INTO paper_name (name, paper) SELECT ?1, ?2 WHERE ?1 NOT IN (SELECT id FROM paper)",
            [(name, paper) for name, paper in names.items() if name != paper],
        )

    def forget(self, paper: PaperId) -> None:
        """Remove the further names of a paper."""
        self._database.run("DELETE FROM paper_name WHERE paper = ?", (paper,))

    def unite(self, former: PaperId, paper: PaperId) -> None:
        """Give all that belongs to one stored paper to another, and remove the first; its id becomes a name."""
        for statement in _UNITE:
            self._database.run(statement, {"former": former, "paper": paper})


# Events and moves stay as they were: they say what happened to a paper under its name of that time.
_UNITE = (
    "UPDATE paper_name SET paper = :paper WHERE paper = :former",
    """
    INSERT INTO delivery (source, paper, times) SELECT source, :paper, times FROM delivery WHERE paper = :former
    ON CONFLICT DO UPDATE SET times = max(times, excluded.times)
    """,
    "UPDATE OR IGNORE cite_key SET paper = :paper WHERE paper = :former",
    "DELETE FROM citation_record WHERE paper = :former",
    "UPDATE OR IGNORE full_text SET paper = :paper WHERE paper = :former",
    "DELETE FROM full_text WHERE paper = :former",
    "DELETE FROM paper WHERE id = :former",
    "INSERT OR REPLACE INTO paper_name (name, paper) VALUES (:former, :paper)",
)


@dataclass(frozen=True, slots=True)
class Match:
    """What a record is of.

    Attributes:
        record: the record under the id of its paper.
        papers: the stored papers that it is of; with several of them it shows that they are one.
        names: the further names that it gives to the paper.
        replaces: whether it takes the place of a record from a file that is of another paper.
        conflict: why the record is set aside instead, "" if it is not.
    """

    record: PaperHistory
    papers: tuple[PaperId, ...] = ()
    names: tuple[PaperId, ...] = field(default=())
    replaces: bool = False
    conflict: str = ""


def names_to_look_up(record: Paper) -> tuple[PaperId, ...]:
    """Return every name by which `match` may ask for the paper of a record."""
    names = paper_names(record)
    return (*names, fallback_name(record)) if is_weak(record.id) else names


def match(record: PaperHistory, holders: Mapping[PaperId, PaperId], stored: Mapping[PaperId, PaperHistory]) -> Match:
    """Decide which paper a record is of.

    A record is of the papers that hold one of its names, if their titles agree; else it is set aside. Two papers with
    different arXiv ids stay two, whatever DOI they share. A weak id that another paper holds is not a name of the
    record, which then has the id of its title, year and first author. A record of arXiv's own takes the place of a
    file's record with its id.

    Args:
        record: the record; its id and its DOI are its names.
        holders: the papers by name, of all of `names_to_look_up`.
        stored: these papers.
    """
    paper = record.paper
    names = paper_names(paper)
    same: list[PaperId] = []
    replaces = False
    for name in names:
        holder = holders.get(name)
        if holder is None or holder in same or (is_arxiv_id(names[0]) and is_arxiv_id(holder) and holder != names[0]):
            continue
        other = stored[holder]
        if is_weak(name) and name == paper.id and not paper.authority:
            if not may_be_same(other.paper, paper):
                return match(renamed(record, fallback_name(paper)), holders, stored)
            same.append(holder)
        elif _is_same(other, paper):
            same.append(holder)
        elif not paper.authority:
            reason = f"{name} is {other.paper.title!r:.120} in the store, not {paper.title!r:.120}: check the id"
            return Match(record, conflict=reason)
        elif holder == names[0]:
            same.append(holder)
            replaces = not other.paper.authority
    target = min((*same, *names), key=rank)
    return Match(
        renamed(record, target), tuple(same), tuple(name for name in names if name != target), replaces=replaces
    )


def renamed(history: PaperHistory, paper: PaperId) -> PaperHistory:
    """Return a history with another id."""
    if history.paper.id == paper:
        return history
    texts = tuple(replace(text, id=paper) for text in history.texts)
    return PaperHistory(history.paper.with_changes(id=paper), texts)


def _is_same(stored: PaperHistory, paper: Paper) -> bool:
    """Whether the title of any version agrees; two records of arXiv's own with one id are of one paper in any case."""
    if stored.paper.authority and paper.authority and stored.paper.id == paper.id:
        return True
    titles = (stored.paper.title, *(text.title for text in stored.texts))
    return any(titles_agree(title, paper.title) for title in titles)
