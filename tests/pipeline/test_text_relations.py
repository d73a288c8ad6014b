"""What the full texts of papers say of one another reaches the drafts, and is proved there."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from html_pages import page_data, tree
from latexml_pages import make_corpus
from planted_survey import planted_survey, put_texts
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.domain.citation import resolve_citations
from surveygen.domain.document import Document
from surveygen.domain.license import Permission
from surveygen.domain.paper import PaperId
from surveygen.pipeline.state import StoredResults
from surveygen.pipeline.text_relations import citation_records, read_relations

CORPUS = make_corpus(24)
OPEN = {planted.paper.id for planted in CORPUS if planted.paper.license}


def adapt(_paper: PaperId) -> Permission:
    """Permit everything."""
    return "adapt"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A survey of invented papers with their full texts, not built."""
    pipeline.init(tmp_path / "survey", title="Animals")
    made = find_project(tmp_path / "survey", exact=True)
    put_texts(made, CORPUS)
    return made


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same survey, built; not to be changed."""
    made = planted_survey(tmp_path_factory.mktemp("planted") / "survey", CORPUS)
    pipeline.build(made, pipeline.NullProgress(), formats=("json", "html", "markdown"))
    return made


def draft_of(project: Project) -> dict[str, Any]:
    """Return the survey.json of a survey."""
    draft: dict[str, Any] = json.loads((folder_of(project) / "survey.json").read_text(encoding="utf-8"))
    return draft


def folder_of(project: Project) -> Path:
    """Return the folder of the English edition."""
    return project.output / "animals" / "en"


def results_of(draft: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks with results."""
    return [block for section in draft["sections"] for block in section["blocks"] if block["kind"] == "results"]


def test_a_draft_of_full_texts_keeps_to_the_schema(planted: Project, root: Path) -> None:
    """Contexts, results, passages and facets are written as docs/survey.schema.json promises."""
    schema = Draft202012Validator(json.loads((root / "docs" / "survey.schema.json").read_text(encoding="utf-8")))
    draft = json.loads(next(planted.output.rglob("survey.json")).read_text(encoding="utf-8"))

    assert [error.message for error in schema.iter_errors(draft)] == []


def test_references_of_full_texts_are_edges(project: Project) -> None:
    """Each planted reference is an edge of its own provider, there is no other, and a proof finds the same."""
    with Store.open(project.database) as store:
        papers = tuple(store.papers.all())
        records = [it.record for it in read_relations(store, papers, adapt)]
        proved = list(citation_records(store, papers, (paper.id for paper in papers)))
    edges = resolve_citations(papers, records).edges

    assert {(edge.citing, edge.cited) for edge in edges} == {(it.paper.id, to) for it in CORPUS for to in it.references}
    assert {edge.provider for edge in edges} == {"full_text"}
    assert proved == records


def test_texts_are_read_again_only_for_new_texts_or_papers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same papers no text is read twice; a paper that is gone may have been meant by any entry."""
    with Store.open(project.database) as store:
        papers, results = tuple(store.papers.all()), StoredResults(store)
        first = list(read_relations(store, papers, adapt, results))
        opened: list[str] = []
        get = store.full_text.get

        def note(paper: PaperId, version: int) -> Document | None:
            opened.append(paper)
            return get(paper, version)

        monkeypatch.setattr(store.full_text, "get", note)
        again = list(read_relations(store, papers, adapt, results))
        assert (again, opened) == (first, [])
        list(read_relations(store, papers[:-1], adapt, results))

    assert opened == [paper.id for paper in papers[:-1]]


def test_a_text_of_another_version_says_nothing(project: Project) -> None:
    """Only the text of the version that the survey has counts."""
    with Store.open(project.database) as store:
        papers = [paper.with_changes(version=2) for paper in store.papers.all()]

        assert list(read_relations(store, papers, adapt)) == []


def test_a_draft_shows_citations_of_texts(planted: Project) -> None:
    """They are edges, references of papers, and named to readers; without a request."""
    draft = draft_of(planted)
    edges = {(edge["citing"], edge["cited"]) for edge in draft["citations"]}

    assert edges == {(it.paper.id, cited) for it in CORPUS for cited in it.references}
    assert {paper["id"]: set(paper["references"]) for paper in draft["papers"]} == {
        it.paper.id: set(it.references) for it in CORPUS
    }
    assert "according to the reference lists of the papers" in (folder_of(planted) / "survey.md").read_text("utf-8")


def test_a_draft_shows_how_later_papers_describe_one(planted: Project) -> None:
    """Under the right paper, with the paper that says so; of a text without an open license only where it stands."""
    truth = {
        (it.paper.id, context.cited[0])
        for it in CORPUS
        for context in it.contexts
        if not context.is_own and len(context.cited) == 1
    }
    shown = [(context, paper["id"]) for paper in draft_of(planted)["papers"] for context in paper.get("contexts", ())]

    assert {(context["evidence"]["paper"], paper) for context, paper in shown} == truth
    assert {context["evidence"]["paper"] for context, _ in shown if context["sentence"]} <= OPEN
    assert {context["evidence"]["paper"] for context, _ in shown if not context["sentence"]}.isdisjoint(OPEN)
    for context, paper in shown:
        if context["sentence"]:
            assert set(context["sentence"]["cites"]) == {paper, context["evidence"]["paper"]}


def test_claims_about_several_papers_reach_the_text_of_themes(planted: Project) -> None:
    """They cite the papers that they compare, and the one that compares them."""
    sections = (section for section in draft_of(planted)["sections"] if section["theme"])
    blocks = (block for section in sections for block in section["blocks"])
    claims = [it for block in blocks for it in block.get("sentences", ()) if it["rule"] == "context"]

    assert claims
    assert all(len(claim["cites"]) > 2 and len(claim["evidence"]) == 1 for claim in claims)
    assert all(claim["text"].startswith("Whereas") for claim in claims)


def test_results_are_a_table_and_a_file_for_each_data_set(planted: Project) -> None:
    """Each value is printed as in its table, in survey.json and in CSV; the page links to the file."""
    truth = {(it.paper.id, row.method, row.data_set, row.value) for it in CORPUS for row in it.results}
    blocks = results_of(draft_of(planted))
    page = (folder_of(planted) / "index.html").read_text(encoding="utf-8")
    cells = [row["cell"] for block in blocks for row in block["rows"]]

    assert {(it["paper"], it["method"], it["data_set"], it["value"]) for it in cells} == truth
    for block in blocks:
        path = f"results/{block['file']}.csv"
        rows = list(csv.DictReader((folder_of(planted) / path).read_text(encoding="utf-8").splitlines()))
        assert [(row["value"], row["link"]) for row in rows] == [
            (row["cell"]["value"], row["link"]) for row in block["rows"]
        ]
        assert f'href="{path}"' in page
    assert all(row["link"].endswith("#T1") for block in blocks for row in block["rows"])


def test_a_draft_with_texts_holds(planted: Project) -> None:
    """Every sentence and value is found again in the store."""
    assert pipeline.verify(planted).problems == ()


def _swap_described(draft: dict[str, Any]) -> None:
    first, second, *_ = [paper for paper in draft["papers"] if paper.get("contexts")]
    first["contexts"], second["contexts"] = second["contexts"], first["contexts"]


def _reword_context(draft: dict[str, Any]) -> None:
    sentence = next(it["sentence"] for paper in draft["papers"] for it in paper.get("contexts", ()) if it["sentence"])
    for key in ("text", "marked"):
        sentence[key] = sentence[key].replace("by day", "never").replace("clean", "dirty").replace("Much", "Little")


def _exchange_compared(draft: dict[str, Any]) -> None:
    blocks = (block for section in draft["sections"] if section["theme"] for block in section["blocks"])
    claim = next(it for block in blocks for it in block.get("sentences", ()) if it["rule"] == "context")
    first, second = (f"[@{paper}]" for paper in claim["cites"][:2])
    claim["marked"] = claim["marked"].replace(first, "@@").replace(second, first).replace("@@", second)


def _raise_value(draft: dict[str, Any]) -> None:
    results_of(draft)[0]["rows"][0]["cell"]["value"] = "99.9"


def _leave_the_table(draft: dict[str, Any]) -> None:
    results_of(draft)[0]["rows"][0]["cell"]["column"] = 99


def _hide_conflict(draft: dict[str, Any]) -> None:
    results_of(draft)[0]["rows"][0]["differs"] = True


def _point_elsewhere(draft: dict[str, Any]) -> None:
    results_of(draft)[0]["rows"][0]["link"] = "https://example.org/"


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (_swap_described, "does not describe it"),
        (_reword_context, "does not give this sentence"),
        (_exchange_compared, "does not give this sentence"),
        (_raise_value, "in place of '99.9'"),
        (_leave_the_table, "has no certain value"),
        (_hide_conflict, "other values differ"),
        (_point_elsewhere, "is not the address"),
    ],
)
def test_a_forged_relation_is_found(
    forge: Callable[[dict[str, Any]], None], reason: str, planted: Project, tmp_path: Path
) -> None:
    """Each by its own check, beside the comparison of the bytes."""
    shutil.copytree(planted.root, tmp_path / "copy")
    project = find_project(tmp_path / "copy", exact=True)
    draft = draft_of(project)
    forge(draft)
    (folder_of(project) / "survey.json").write_text(json.dumps(draft), encoding="utf-8")

    assert any(reason in problem.reason for problem in pipeline.verify(project).problems)


def test_the_page_links_what_others_say_to_its_place(planted: Project) -> None:
    """Each description has the reference number of the paper that says it, and the address of the paragraph."""
    page = (folder_of(planted) / "index.html").read_text(encoding="utf-8")
    data = page_data(tree(page))
    numbers = {paper["id"]: paper["number"] for paper in draft_of(planted)["papers"]}

    shown = [told for paper in data["papers"] for told in paper.get("described", ())]

    assert shown
    assert {told["number"] for told in shown} <= set(numbers.values())
    assert all(re.fullmatch(r"https://arxiv.org/html/[0-9.]+v1#S\d+\.p\d+(?:\.\d+)?", told["href"]) for told in shown)
