"""Full texts of the small arXiv: pace, stop, resume, and what the store then holds."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_pages import invent_page
from arxiv_server import Invented, Replica, invent, serving
from full_text_worker import start_full_text_worker
from harvest_project import dump, edge_at, project_at
from surveygen.config import FullTextSettings, Project, SourceSettings
from surveygen.corpus import RawPage, Store, export_lines, import_lines, locked
from surveygen.domain.document import Document
from surveygen.domain.full_text import FullTextRecord
from surveygen.domain.paper import Paper, PaperId
from surveygen.errors import ConfigError, CorpusError, SourceError, ThemeError
from surveygen.pipeline import (
    FullTextPlan,
    FullTextQuery,
    FullTextResult,
    NullProgress,
    add_full_text,
    examine,
    fetch_full_text,
    plan_full_text,
    status,
    update_full_text,
)
from surveygen.pipeline.full_text import PlannedPage
from surveygen.sources.http import NetworkDeps

NOON = "2026-09-01T12:00:00Z"
OPEN = "http://creativecommons.org/licenses/by/4.0/"
COUNT = 6
KILLS = int(os.environ.get("SURVEYGEN_KILLS", "2"))  # 30 hold


class Notes(NullProgress):
    """Remembers the notes."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, message: str) -> None:
        """Keep a note."""
        self.lines.append(message)


def page_of(paper: Invented, version: int = 1) -> bytes:
    """Return the page of an invented paper."""
    return invent_page(paper.id, version, paper.title)


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A small arXiv with six papers; the last two have no page."""
    papers = invent(COUNT)
    with serving(Replica(papers, pages={f"{paper.id}v1": page_of(paper) for paper in papers[: COUNT - 2]})) as server:
        yield server


@pytest.fixture
def project(replica: Replica, tmp_path: Path) -> Project:
    """A survey with these papers in its store."""
    made = project_at(tmp_path / "survey", replica, sets=())
    put_papers(made, [Paper(PaperId(item.id), item.title, published=item.published) for item in replica.papers])
    return made


def put_papers(project: Project, papers: list[Paper]) -> None:
    """Import papers."""
    with Store.open(project.database) as store:
        store.import_records(papers, source="test", at=NOON)


def fetch(
    project: Project, *, progress: NullProgress | None = None, deps: NetworkDeps | None = None, **query: object
) -> FullTextResult:
    """Fetch once, without a pause."""
    asked = FullTextQuery(**query)  # type: ignore[arg-type]  # names of its fields
    return fetch_full_text(project, asked, progress or NullProgress(), deps=deps or edge_at(project.root))


def texts_of(project: Project) -> dict[str, Document]:
    """Return the texts in the store by paper and version."""
    with Store.open(project.database) as store:
        found = ((item.name, store.full_text.get(item.paper, item.version)) for item in store.full_text.records())
        return {name: document for name, document in found if document is not None}


def with_arxiv(project: Project, **changes: object) -> Project:
    """Return a project with other settings of arXiv."""
    arxiv = replace(project.settings.sources.arxiv, **changes)  # type: ignore[arg-type]  # names of settings
    return replace(project, settings=replace(project.settings, sources=SourceSettings(arxiv)))


def without_base(page: bytes) -> bytes:
    """Return a page that does not say of which paper it is."""
    return re.sub(rb"<base [^>]*>", b"", page)


def test_pages_are_fetched_read_and_stored(replica: Replica, project: Project) -> None:
    """Each page once, the newest paper first, with the version in its address; pages are archived as they came."""
    done = fetch(project)

    assert replica.pages_hit() == [f"{paper.id}v1" for paper in reversed(replica.papers)]
    assert set(done.read) == set(replica.pages) == set(texts_of(project))
    assert len(done.without_page) == 2
    with Store.open(project.database) as store:
        name = replica.papers[0].id
        assert store.full_text.page(PaperId(name), 1) == replica.pages[f"{name}v1"]
        record = store.full_text.record(PaperId(name), 1)
    assert record is not None
    assert (record.converter, record.url) == ("LaTeXML 0.8.8", f"{replica.html_url}/{name}v1")


def test_nothing_is_asked_for_twice(replica: Replica, project: Project) -> None:
    """Neither a page that is there nor one that does not exist; the second run changes no byte of the dump."""
    fetch(project)
    before = dump(project)
    second = fetch(project)
    named = fetch(project, ids=tuple(f"{paper.id}v1" for paper in replica.papers))

    assert len(replica.hits) == COUNT
    assert second == named == FullTextResult("complete")
    assert dump(project) == before


def test_the_plan_comes_first(replica: Replica, project: Project) -> None:
    """Pages, time at the pace of arXiv, and what is there; a plan alone sends nothing."""
    slow_project = with_arxiv(project, page_interval_seconds=15.0)
    plan = plan_full_text(slow_project, FullTextQuery())
    notes = Notes()
    fetch(project, progress=notes, max_pages=4)
    rest = plan_full_text(slow_project, FullTextQuery())

    assert plan.summary() == "6 pages, 2 min, resumes"
    assert notes.lines == ["full text: 4 pages, 0 s, resumes"]
    assert rest.summary() == "2 pages, 30 s, resumes; full texts that are there: 2; without a page at arXiv: 2"
    assert len(replica.hits) == 4


def test_five_hundred_pages_take_two_hours() -> None:
    """The estimate is that of one page in 15 s."""
    assert FullTextPlan((), 7500.0).summary() == "no page to fetch"
    page = PlannedPage(PaperId("2401.00001"), 1, "https://arxiv.org/html/2401.00001v1")
    assert FullTextPlan((page,) * 500, 7500.0).summary() == "500 pages, 2 h 05 min, resumes"


def test_a_stopped_run_goes_on_where_it_was(replica: Replica, project: Project) -> None:
    """A 403 in the middle ends the run with its reason; what came before is stored and not asked for again."""
    replica.faults = {3: "403"}
    deps = edge_at(project.root)
    for _ in range(2):
        with pytest.raises(SourceError, match="status 403") as caught:
            fetch(project, deps=deps)
    stopped = len(replica.hits)
    (project.root / "locks").rename(project.root / "cleared")
    fetch(project)

    assert "--clear-stop" in caught.value.hint
    assert stopped == 3
    assert len(replica.hits) == COUNT + 1
    assert set(texts_of(project)) == set(replica.pages)


def test_a_busy_server_is_left_alone_until_the_next_run(replica: Replica, project: Project) -> None:
    """A server that stays busy ends the run after five tries; the next one asks for what is missing."""
    replica.faults = dict.fromkeys(range(3, 8), "429 bare")
    with pytest.raises(SourceError, match="status 429"):
        fetch(project)
    fetch(project)

    assert len(replica.hits) == COUNT + 5
    assert set(texts_of(project)) == set(replica.pages)


def test_a_budget_pauses_the_run(replica: Replica, project: Project) -> None:
    """With max_requests a run sends no more, and the next one continues."""
    small = with_arxiv(project, max_requests=2)
    runs = [fetch(small) for _ in range(4)]

    assert [run.outcome for run in runs] == ["paused", "paused", "complete", "complete"]
    assert len(replica.hits) == COUNT


def test_many_pages_need_a_contact(project: Project) -> None:
    """More than 20 pages of arXiv are not requested without one; nothing is sent."""
    put_papers(project, [Paper(PaperId(f"2402.{n:05}"), f"Paper {n}") for n in range(20)])
    real = with_arxiv(project, html_url="https://arxiv.org/html", page_interval_seconds=15.0)

    with pytest.raises(ConfigError, match="26 requests to arXiv require a contact"):
        fetch(real)


@pytest.mark.parametrize("fault", ["endless", "maintenance"])
def test_a_page_that_cannot_be_used_is_asked_for_by_the_next_run_last(
    fault: str, replica: Replica, project: Project
) -> None:
    """It is listed with its reason, the others are read, and a page that then comes is read."""
    replica.faults = {1: fault, 2: fault} if fault == "maintenance" else {1: fault}
    replica.pages = {f"{paper.id}v1": page_of(paper) for paper in replica.papers}
    first = fetch(project)
    asked = len(replica.hits)
    second = fetch(project)

    newest = f"{replica.papers[-1].id}v1"
    assert [name for name, _ in first.failed] == [newest]
    assert set(first.read) == set(replica.pages) - {newest}
    assert replica.pages_hit()[asked:] == [newest]
    assert second.read == (newest,)


def test_a_page_of_another_paper_is_refused(replica: Replica, project: Project) -> None:
    """It fails with both names; as the page is there, it is not asked for again."""
    name = replica.papers[0].id
    replica.pages = {f"{name}v1": invent_page("2401.99999", 1, "Something else")}
    first = fetch(project, ids=(name,))
    second = fetch(project, ids=(name,))

    assert "of 2401.99999v1, not of" in first.failed[0][1]
    assert second.failed == first.failed
    assert len(replica.hits) == 1
    assert texts_of(project) == {}


def test_papers_are_chosen_by_id_theme_and_draft(replica: Replica, project: Project) -> None:
    """Ids need a paper in the store; a theme and a draft need a build."""
    name = replica.papers[1].id
    assert [page.paper for page in plan_full_text(project, FullTextQuery(ids=(f"arXiv:{name}",))).pages] == [name]
    assert [page.version for page in plan_full_text(project, FullTextQuery(ids=(f"{name}v3",))).pages] == [3]
    with pytest.raises(ConfigError, match="'x1' is not an arXiv id"):
        plan_full_text(project, FullTextQuery(ids=("x1",)))
    with pytest.raises(ConfigError, match=r"2105\.00001 is not in the store"):
        plan_full_text(project, FullTextQuery(ids=("2105.00001",)))
    with pytest.raises(ThemeError, match="no paper is in a theme 'bees'"):
        plan_full_text(project, FullTextQuery(theme="bees"))
    with pytest.raises(ConfigError, match="no draft yet"):
        plan_full_text(project, FullTextQuery(cited=True))

    draft = project.output / project.settings.slug / "en" / "survey.json"
    draft.parent.mkdir(parents=True)
    draft.write_text(json.dumps({"sections": [{"blocks": [{"sentences": [{"cites": [name, "2105.00001"]}]}]}]}))
    assert [page.paper for page in plan_full_text(project, FullTextQuery(cited=True)).pages] == [name]


def test_withdrawn_papers_and_those_of_other_sources_have_no_page(replica: Replica, project: Project) -> None:
    """They are left out."""
    withdrawn = Paper(PaperId(replica.papers[0].id), replica.papers[0].title, status="withdrawn", authority=True)
    put_papers(project, [withdrawn, Paper(PaperId("doi:10.1000/x"), "Of a journal")])

    assert len(plan_full_text(project, FullTextQuery()).pages) == COUNT - 1


def test_a_refresh_asks_for_new_versions_of_papers_with_a_text(replica: Replica, project: Project) -> None:
    """Nothing without a new version, and none of a paper that has no text; a version without a page is asked once."""
    first, second, third = (replica.papers[n] for n in range(3))
    deps = edge_at(project.root)
    assert update_full_text(project, NullProgress(), deps=deps) is None
    fetch(project, ids=(first.id, second.id))
    assert update_full_text(project, NullProgress(), deps=deps) is None
    put_papers(project, [Paper(PaperId(item.id), item.title, version=2) for item in (first, second, third)])
    replica.pages = {**replica.pages, f"{first.id}v2": page_of(first, 2)}
    asked = len(replica.hits)
    update = update_full_text(project, NullProgress(), deps=deps)

    assert update is not None
    assert (update.read, update.without_page) == ((f"{first.id}v2",), (f"{second.id}v2",))
    assert sorted(replica.pages_hit()[asked:]) == [f"{first.id}v2", f"{second.id}v2"]
    assert update_full_text(project, NullProgress(), deps=deps) is None
    assert {f"{first.id}v1", f"{first.id}v2", f"{second.id}v1"} == set(texts_of(project))


def test_a_refresh_is_not_stopped_by_pages(replica: Replica, project: Project) -> None:
    """A server that refuses gives a note; a fetch that runs meanwhile, too."""
    paper = replica.papers[0]
    fetch(project, ids=(paper.id,))
    put_papers(project, [Paper(PaperId(paper.id), paper.title, version=2)])
    notes = Notes()
    with locked(project.database.with_name("full_text"), doing="fetching full texts for"):
        assert update_full_text(project, notes, deps=edge_at(project.root)) is None
        with pytest.raises(CorpusError, match="is fetching full texts for this survey"):
            fetch(project)
    replica.otherwise = "403"
    assert update_full_text(project, notes, deps=edge_at(project.root)) is None

    assert any("another surveygen is fetching full texts" in line for line in notes.lines)
    assert any("status 403" in line for line in notes.lines)


def test_pages_can_be_dropped_once_they_are_read(replica: Replica, project: Project) -> None:
    """With keep_pages = false the units stay and the page goes; nothing is asked for again."""
    settings = replace(project.settings, full_text=FullTextSettings(keep_pages=False))
    small = replace(project, settings=settings)
    fetch(small)
    fetch(small)

    with Store.open(project.database) as store:
        assert list(store.runs.raw_pages()) == []
    assert set(texts_of(project)) == set(replica.pages)
    assert len(replica.hits) == COUNT


@pytest.mark.parametrize("keep_pages", [True, False])
def test_a_damaged_text_is_read_again(*, keep_pages: bool, replica: Replica, project: Project) -> None:
    """It counts as missing: from the page in the store, or else from arXiv; plan and doctor name it."""
    made = replace(project, settings=replace(project.settings, full_text=FullTextSettings(keep_pages=keep_pages)))
    name = replica.papers[0].id
    fetch(made, ids=(name,))
    whole = texts_of(made)
    with closing(sqlite3.connect(made.database)) as connection, connection:
        connection.execute("UPDATE full_text SET document = substr(document, 1, 100)")
    assert texts_of(made) == {}
    findings = {finding.name: finding for finding in examine(made)}
    plan = plan_full_text(made, FullTextQuery(ids=(name,)))
    fetch(made, ids=(name,))

    assert findings["full texts"].detail == f"damaged: {name}v1"
    assert f"the stored text is damaged: {name}v1" in plan.summary()
    assert texts_of(made) == whole
    assert len(replica.hits) == (1 if keep_pages else 2)


def test_a_dump_has_the_texts_without_the_pages(replica: Replica, project: Project, tmp_path: Path) -> None:
    """Another store has the same units, versions without a page are not asked for, and evidence is found there."""
    fetch(project)
    lines = dump(project)
    other = project_at(tmp_path / "other", replica, sets=())
    with Store.open(other.database) as store:
        import_lines(store, lines, at=NOON)
        name = PaperId(replica.papers[0].id)
        unit = texts_of(project)[f"{name}v1"].units[1]
        assert store.papers.text(name, 1, f"text:{unit.id}") == unit.text
        assert store.papers.text(name, 2, f"text:{unit.id}") is None
        assert store.papers.text(name, 1, "text:9-9-00000000") is None
        assert list(store.runs.raw_pages()) == []
    asked = len(replica.hits)
    fetch(other)

    assert len(replica.hits) == asked
    assert texts_of(other) == texts_of(project)
    assert dump(other) == lines


def test_a_version_keeps_the_license_that_it_had(replica: Replica, project: Project) -> None:
    """The license of the record is that of its own version; that of an earlier one is remembered with its text."""
    paper = replica.papers[0]
    name = PaperId(paper.id)
    put_papers(project, [Paper(name, paper.title, license=OPEN, authority=True, datestamp="2026-01-01")])
    fetch(project, ids=(name,))
    closed = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    newer = Paper(name, paper.title, version=2, license=closed, authority=True, datestamp="2026-02-01")
    put_papers(project, [newer])

    with Store.open(project.database) as store:
        assert [store.papers.license(name, version) for version in (1, 2, 3)] == [OPEN, closed, ""]
        record = store.full_text.record(name, 1)
    assert record is not None
    assert record.reuse == "open"


def test_status_counts_texts(project: Project) -> None:
    """Texts, and versions without a page."""
    fetch(project)

    counts = status(project).counts
    assert (counts["full_texts"], counts["without_page"], counts["unread_pages"], counts["failed_pages"]) == (
        4,
        2,
        0,
        0,
    )


def test_saved_pages_are_added(replica: Replica, project: Project, tmp_path: Path) -> None:
    """By what the page says itself, or the name of the file; a folder gives all that it has, and twice is once."""
    first, second = replica.papers[:2]
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "any name.html").write_bytes(page_of(first))
    (folder / f"{second.id}v1.html").write_bytes(without_base(page_of(second)))
    (folder / "notes.txt").write_text("nothing")
    done = add_full_text(project, [folder], NullProgress())
    again = add_full_text(project, [folder], NullProgress())
    fetch(project, ids=(first.id, second.id))

    assert [(item.paper, item.version) for item in done] == [(second.id, 1), (first.id, 1)]
    assert [item.outcome for item in (*done, *again)] == ["added", "added", "unchanged", "unchanged"]
    assert set(texts_of(project)) == {f"{first.id}v1", f"{second.id}v1"}
    assert replica.hits == []


def test_files_that_do_not_fit_are_refused(replica: Replica, project: Project, tmp_path: Path) -> None:
    """Each with its reason, and the others are added."""
    first, second = replica.papers[:2]
    put_papers(project, [Paper(PaperId(second.id), second.title, version=2)])
    bare = without_base(page_of(second))
    files = {
        f"{first.id}v1.html": page_of(first),
        "unnamed.html": bare,
        f"{second.id}.html": bare,
        f"{second.id}v3.html": page_of(first),
        "2105.00001v1.html": bare,
        f"{first.id}v1.xhtml": b"<html>no paper</html>",
        "paper.docx": b"",
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    done = add_full_text(project, [tmp_path / name for name in files], NullProgress())

    assert [item.outcome for item in done] == ["added"] + ["refused"] * 6
    reasons = [item.reason for item in done[1:]]
    wanted = [
        "says which paper", "which version", f"of {first.id}v1, its file name of {second.id}v3",
        "2105.00001 is not in the store", "markup of LaTeXML", "no full text",
    ]  # fmt: skip
    assert all(part in reason for part, reason in zip(wanted, reasons, strict=True)), reasons
    with pytest.raises(CorpusError, match="no full text in"):
        add_full_text(project, [tmp_path / "unnamed.html"], NullProgress())
    with pytest.raises(SourceError, match="no such file or folder"):
        add_full_text(project, [tmp_path / "missing"], NullProgress())


def test_a_page_takes_the_place_of_a_source(replica: Replica, project: Project, tmp_path: Path) -> None:
    """A LaTeX source of one's own is read and marked so; a page of the same version has more structure."""
    paper = replica.papers[0]
    source = tmp_path / f"{paper.id}v1.tex"
    source.write_text(
        f"\\documentclass{{article}}\\title{{{paper.title}}}\\begin{{document}}\\maketitle\n"
        "\\section{Introduction}\nYeast swarms are counted by lamps in this field, season after season.\n"
        "\\end{document}\n"
    )
    add_full_text(project, [source], NullProgress())
    as_source = texts_of(project)[f"{paper.id}v1"]
    page = tmp_path / "page.html"
    page.write_bytes(page_of(paper))
    add_full_text(project, [page], NullProgress())
    later = add_full_text(project, [source], NullProgress())

    assert as_source.format == "latex"
    assert texts_of(project)[f"{paper.id}v1"].format == "html"
    assert later[0].outcome == "unchanged"
    assert "its text is that of" in later[0].reason


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_kill_at_any_moment_loses_nothing(seed: int, replica: Replica, project: Project, root: Path) -> None:
    """Killed after a random number of pages and resumed: each page that was stored is not requested again."""
    rng = random.Random(seed)
    worker = start_full_text_worker(root, project.root, replica)
    deadline = time.monotonic() + 20
    wanted = rng.randint(1, COUNT)
    while len(replica.hits) < wanted and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(rng.uniform(0.0, 0.03))
    worker.kill()
    worker.communicate()
    asked = len(replica.hits)
    with Store.open(project.database) as store:
        stored = [record.name for record in store.full_text.records()]
    fetch(project)
    done = len(replica.hits)

    assert 1 <= asked <= len(stored) + 1
    assert not set(stored) & set(replica.pages_hit()[asked:])
    assert done - asked == COUNT - len(stored)
    assert set(texts_of(project)) == set(replica.pages)
    assert fetch(project) == FullTextResult("complete")


def test_a_page_that_was_stored_and_not_read_is_read_without_a_request(replica: Replica, project: Project) -> None:
    """A run that ends between the two leaves the page; the plan says so, and the dump does not have it."""
    paper = replica.papers[0]
    url = f"{replica.html_url}/{paper.id}v1"
    with Store.open(project.database) as store:
        before = list(export_lines(store))
        record = FullTextRecord(PaperId(paper.id), 1, "fetched", url, NOON)
        store.full_text.put_page(record, RawPage("html", url, NOON, page_of(paper)))
        assert list(export_lines(store)) == before
    plan = plan_full_text(project, FullTextQuery(ids=(paper.id,)))
    done = fetch(project, ids=(paper.id,))

    assert plan.summary() == "no page to fetch; to read without a request: 1"
    assert done.read == (f"{paper.id}v1",)
    assert replica.hits == []
