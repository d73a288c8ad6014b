"""Which records are of one paper: files that disagree, and records that link the names of a paper."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_records import LATER, NOON
from surveygen.corpus import PageBatch, Store, export_lines, import_lines
from surveygen.corpus.database import STORE_SCHEMA, Database, Schema
from surveygen.domain.decision import Decision
from surveygen.domain.identity import titles_agree
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.sources.files import read_file

TITLES = (
    "Kites over cold harbours",
    "The chemistry of sourdough starters",
    "Counting owls by their calls at night",
    "Bridges built from paper tubes",
    "How glaciers remember the weather",
    "Looms, threads and early computers",
)


def record(paper_id: str, title: str, **changes: object) -> Paper:
    """Make a record as a file gives it."""
    return Paper(PaperId(paper_id), title, f"About {title}.", (Author("Ada Byron"),)).with_changes(**changes)


def stored(*imports: Iterable[Paper]) -> dict[str, Paper]:
    """Import records into a new store; return its papers by id."""
    with Store.open(Path(":memory:")) as store:
        for number, records in enumerate(imports):
            store.import_records(records, source=f"{number}.bib", at=NOON)
        return {paper.id: paper for paper in store.papers.all()}


ARXIV = record("2301.00001", TITLES[0])
PUBLISHED = record("doi:10.5555/kites", TITLES[0], doi="10.5555/kites", journal_ref="Journal of Kites")
LINK = record("2301.00001", TITLES[0], doi="10.5555/kites")


@pytest.mark.parametrize("order", list(permutations((ARXIV, PUBLISHED, LINK))))
def test_a_record_with_both_ids_unites_in_any_order(order: Sequence[Paper]) -> None:
    """The paper has the arXiv id, the publisher's DOI and the venue, also if the record with both ids comes last."""
    (paper,) = stored(*([one] for one in order)).values()

    assert (paper.id, paper.doi, paper.journal_ref) == ("2301.00001", "10.5555/kites", "Journal of Kites")
    assert stored(order) == {paper.id: paper}


def test_two_papers_with_one_doi_and_other_titles_are_not_merged() -> None:
    """The second is set aside, and the reason names both titles."""
    wrong = record("doi:10.5555/kites", TITLES[1], doi="10.5555/kites")
    with Store.open(Path(":memory:")) as store:
        store.import_records([PUBLISHED], source="a.bib", at=NOON)
        change = store.import_records([wrong], source="b.bib", at=NOON)
        papers = list(store.papers.all())

    assert papers == [PUBLISHED]
    assert TITLES[0] in change.quarantined[0].reason
    assert TITLES[1] in change.quarantined[0].reason


def test_a_weak_id_of_two_papers_names_one_only() -> None:
    """Two JSONL files that both have a paper "p1": the second gets the id of its title, year and first author."""
    first, second = record("p1", TITLES[0]), record("p1", TITLES[1], published="2020-05")

    papers = stored([first], [second], [first], [second])

    assert {name: paper.title for name, paper in papers.items()} == {
        "p1": TITLES[0],
        "title:the-chemistry-of-sourdough-starters:2020:byron": TITLES[1],
    }


def test_two_arxiv_ids_are_two_papers_whatever_doi_they_share() -> None:
    """An author who gives two preprints the DOI of one article does not make them one."""
    other = record("2301.00002", TITLES[0], doi="10.5555/kites")

    assert set(stored([LINK], [other])) == set(stored([other], [LINK])) == {"2301.00001", "2301.00002"}


def test_what_arxiv_says_outranks_a_file() -> None:
    """Neither a version that does not exist nor a date in the future lasts, in either order."""
    false = ARXIV.with_changes(version=9999, abstract="False.", updated="2027-01-01", comment="seen by a file")
    true = record("2301.00001", TITLES[0], abstract="True.", version=2, updated="2023-02-02", authority=True)
    for order in ([false, true], [true, false]):
        (paper,) = stored(order).values()
        assert (paper.version, paper.abstract, paper.updated) == (2, "True.", "2023-02-02")
        assert paper.comment == "seen by a file"
    newer = true.with_changes(version=3, abstract="Truer.", updated="2023-03-03")

    assert stored([false, true, newer])["2301.00001"].abstract == "Truer."


def test_arxiv_replaces_a_record_that_is_of_another_paper() -> None:
    """A file that gives a paper a wrong arXiv id does not keep arXiv's own record out."""
    wrong = record("2301.00001", TITLES[3], doi="10.5555/bridges")
    with Store.open(Path(":memory:")) as store:
        store.import_records([wrong], source="a.bib", at=NOON)
        run = store.runs.begin(at=NOON)
        store.import_page(PageBatch(source="arxiv", run=run, at=LATER, records=(ARXIV,)))
        right = record("doi:10.5555/bridges", TITLES[3], doi="10.5555/bridges")
        store.import_records([right], source="b.bib", at=LATER)
        titles = {paper.id: paper.title for paper in store.papers.all()}

    assert titles == {"2301.00001": TITLES[0], "doi:10.5555/bridges": TITLES[3]}


def test_arxivs_own_doi_never_replaces_a_publishers() -> None:
    """In either order, whichever record is later."""
    later = ARXIV.with_changes(doi="10.48550/arXiv.2301.00001", updated="2024-01-01")

    for order in ([LINK, later], [later, LINK]):
        assert stored(order)["2301.00001"].doi == "10.5555/kites"


def test_decisions_and_cite_keys_follow_a_paper_to_its_new_id() -> None:
    """A person excluded the article before it was known to be the preprint."""
    decision = Decision(0, NOON, "ada", "exclude", PUBLISHED.id)
    with Store.open(Path(":memory:")) as store, Store.open(Path(":memory:")) as copy:
        store.import_records([PUBLISHED], source="a.bib", at=NOON)
        store.papers.add_cite_keys({PUBLISHED.id: "byron2020kites"})
        store.decisions.append(decision)
        change = store.import_records([LINK], source="b.bib", at=LATER)
        lines = list(export_lines(store))
        import_lines(copy, lines, at=LATER)

        assert store.decisions.all()[0].subject == "2301.00001"
        assert store.papers.cite_keys() == {ARXIV.id: "byron2020kites"}
        assert change.corrected == ("2301.00001",)
        assert list(export_lines(copy)) == lines
        copy.import_records([PUBLISHED], source="a.bib", at=LATER)
        assert [paper.id for paper in copy.papers.all()] == ["2301.00001"]


def test_equal_titles_are_a_proposal_only() -> None:
    """A paper with a DOI and an entry without one, of one title, year and first author: two papers, and it is said."""
    entry = record("title:kites-over-cold-harbours:2020:byron", TITLES[0], published="2020")
    with Store.open(Path(":memory:")) as store:
        store.import_records([PUBLISHED.with_changes(published="2020-03"), entry], source="a.bib", at=NOON)

        assert store.papers.probable_duplicates() == (("doi:10.5555/kites", entry.id),)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Kites over cold harbours", "Kites Over Cold Harbors", True),
        ("Kites", "Kites: a History", True),
        ("Bridges built from paper tubes", "Building bridges out of paper", False),
        (r"G\"odel's {LLM} numbers", "Gödel's LLM numbers", True),
        ("要約の学習", "要約の学習について", True),
        ("要約の学習", "時計の歴史", False),
    ],
)
def test_titles_that_may_be_of_one_paper(one: str, other: str, agree: bool) -> None:  # noqa: FBT001
    """Spelling, a subtitle and markup do not part two titles; few common words do."""
    assert titles_agree(one, other) == titles_agree(other, one) == agree


@dataclass(frozen=True)
class Work:
    """A work of the world that files describe: what it really is."""

    number: int
    title: str
    author: str

    @property
    def arxiv(self) -> str:
        """Its arXiv id."""
        return f"2301.{self.number:05}"

    @property
    def doi(self) -> str:
        """Its DOI."""
        return f"10.5555/work.{self.number}"


def entry(work: Work, ids: str, key: str, mention: Work) -> str:
    """Write a BibTeX entry of a work with some of its ids and a note that names another work."""
    fields = {"title": work.title, "author": work.author, "year": "2020", "note": f"Comment on arXiv:{mention.arxiv}"}
    fields |= {"eprint": work.arxiv, "archivePrefix": "arXiv"} if "a" in ids else {}
    fields |= {"doi": work.doi} if "d" in ids else {}
    return f"@article{{{key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n"


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_files_that_disagree_neither_merge_nor_split(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files with equal keys, equal titles and mentions: one paper for each work that ids link, in any order.

    Works of one title have different authors. An entry without an id is a paper of its own, one for each work.
    """
    draw = random.Random(seed)
    works = [Work(number, draw.choice(TITLES), f"Person{chr(97 + number)}, Ann") for number in range(4)]
    drawn = [(work, draw.choice(["a", "d", "ad", ""])) for work in works for _ in range(draw.randint(1, 3))]
    path = tmp_path_factory.mktemp("files") / "refs.bib"
    path.write_text("".join(entry(work, ids, draw.choice(["smith", "k"]), draw.choice(works)) for work, ids in drawn))
    records = [one for one in read_file(path) if isinstance(one, Paper)]
    assert len(records) == len(drawn)
    shuffled = draw.sample(records, len(records))

    for order in ([records], [records[::-1]], [[one] for one in shuffled]):
        papers = stored(*order)
        assert {name: (one.title, one.authors) for name, one in papers.items()} == _expected(works, drawn)


def _expected(works: Sequence[Work], drawn: Sequence[tuple[Work, str]]) -> dict[str, tuple[str, tuple[Author, ...]]]:
    expected: dict[str, tuple[str, tuple[Author, ...]]] = {}
    for work in works:
        variants = {ids for one, ids in drawn if one == work}
        content = (work.title, (Author(f"Ann {work.author.split(',')[0]}"),))
        names = [f"title:{'-'.join(work.title.replace(',', '').lower().split())}:2020:{content[1][0].name[4:].lower()}"]
        names = names if "" in variants else []
        is_linked = "ad" in variants
        names += [work.arxiv] if variants & {"a", "ad"} else []
        names += [f"doi:{work.doi}"] if "d" in variants and not is_linked else []
        expected |= dict.fromkeys(names, content)
    return expected


def test_a_store_of_an_earlier_version_knows_its_entries_again(tmp_path: Path) -> None:
    """A paper that was named by the key of its file keeps its id; the same entry is no second paper."""
    earlier = Schema(STORE_SCHEMA.application_id, STORE_SCHEMA.migrations[:5])
    columns = {
        "id": "bib:smith2020", "title": TITLES[0], "abstract": "", "authors": '["Ada Byron"]', "affiliations": "[]",
        "version": 1, "published": "2020", "updated": None, "categories": "[]", "primary_category": "", "doi": "",
        "journal_ref": "", "comment": "", "license": "", "url": "", "status": "active", "abstract_kind": "none",
        "extra": "[]", "field_provenance": "[]", "digest": b"", "datestamp": None,
    }  # fmt: skip
    database = Database(tmp_path / "corpus.db", earlier)
    database.run(
        f"INSERT INTO paper ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})", columns
    )
    database.close()
    again = record("title:kites-over-cold-harbours:2020:byron", TITLES[0], published="2020")

    with Store.open(tmp_path / "corpus.db") as store:
        change = store.import_records([again], source="refs.bib", at=LATER)
        papers = [(paper.id, paper.abstract) for paper in store.papers.all()]

        assert (papers, change.added) == ([("bib:smith2020", again.abstract)], ())
        assert store.papers.named_by_key() == ("bib:smith2020",)
