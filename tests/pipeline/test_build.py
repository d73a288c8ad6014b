"""From the store to the files."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from small_surveys import MakeProject, corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.errors import ConfigError, CorpusError
from surveygen.pipeline.files import read_manifest, write_manifest

SILENT = pipeline.NullProgress()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _draft(project: Project) -> dict[str, Any]:
    text = (project.output / project.settings.slug / "en" / "survey.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def test_a_build_leaves_the_files_of_the_contract(built: Project) -> None:
    """Every format has its file, and the taxonomy can be given back as a profile."""
    names = set(_files(built.output / "sample"))

    assert names == {
        *(f"en/{name}" for name in ("index.html", "survey.tex", "references.bib", "survey.md", "survey.json")),
        "en/manifest.json",
        "taxonomy.toml",
    }


def test_a_built_draft_keeps_to_the_schema(built: Project, root: Path) -> None:
    """What a build writes of real papers, with all kinds of counts, is what docs/survey.schema.json promises."""
    schema = Draft202012Validator(json.loads((root / "docs" / "survey.schema.json").read_text(encoding="utf-8")))
    draft = _draft(built)

    assert any(paper["card"].get("facets") for paper in draft["papers"])
    assert [error.message for error in schema.iter_errors(draft)] == []


def test_the_date_of_a_folder_is_no_change(copy: Project) -> None:
    """Drafts are current as long as the files of the program and of the templates are: Python dates folders anew."""
    folder = copy.root / "templates" / "html"
    folder.mkdir(parents=True)
    (folder / "own.css").write_text("p { color: green }\n", encoding="utf-8")
    project = replace(copy, trusted=True)
    pipeline.build(project, SILENT)
    os.utime(folder, (0, 0))

    assert pipeline.verify(project).outdated == ()


def test_two_builds_give_the_same_bytes(copy: Project) -> None:
    """A build with nothing new changes no byte of the drafts or of the store's dump."""
    files = _files(copy.output)
    with Store.open(copy.database) as store:
        before = store.sha256()

    again = pipeline.build(copy, SILENT)

    assert again.changed == ()
    assert _files(copy.output) == files
    with Store.open(copy.database) as store:
        assert store.sha256() == before


def test_a_draft_can_be_made_again_from_nothing(copy: Project, built: Project) -> None:
    """Output may always be deleted."""
    for path in sorted(copy.output.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()

    pipeline.build(copy, SILENT)

    assert _files(copy.output) == _files(built.output)


def test_every_theme_sentence_is_cited_and_grounded(built: Project) -> None:
    """Each sentence of a theme section names its paper and a span that the store holds."""
    data = _draft(built)
    with Store.open(built.database) as store:
        themed = [section for section in data["sections"] if section["theme"]]
        sentences = [s for section in themed for block in section["blocks"] for s in block.get("sentences", ())]
        for sentence in sentences:
            assert sentence["cites"]
            for item in sentence["evidence"]:
                text = store.papers.text(item["paper"], item["version"], item["field"])
                assert text is not None
                assert text[item["start"] : item["end"]].strip()

    assert len(sentences) > 20


def test_no_citation_is_orphaned_and_no_reference_uncited(built: Project) -> None:
    """References and citations are closed over the corpus."""
    quality = _draft(built)["quality"]

    assert isinstance(quality, dict)
    assert quality["orphan_citations"] == quality["uncited_references"] == 0
    assert quality["citation_coverage"] == quality["grounded_share"] == 1.0


def test_formats_agree_on_numbers_and_keys(built: Project) -> None:
    """The n-th reference is the same paper in LaTeX, BibTeX, Markdown and JSON."""
    folder = built.output / "sample" / "en"
    keys = [row["cite_key"] for row in _draft(built)["references"]]
    tex = re.findall(r"\\bibitem(?:\[[^\]]*\])?\{([^}]+)\}", (folder / "survey.tex").read_text(encoding="utf-8"))
    bib = re.findall(r"^@\w+\{([^,]+),", (folder / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)

    assert tex == keys
    assert sorted(bib) == sorted(keys)


@pytest.mark.xdist_group("torch")
def test_only_new_papers_are_embedded(make_project: MakeProject, root: Path, tmp_path: Path) -> None:
    """Papers that the store has vectors of the sentence model for are not encoded again."""
    counted = _Counting()
    project = make_project(papers=6)
    settings = project.root / "survey.toml"
    settings.write_text(settings.read_text().replace('encoder = "lsa"', 'encoder = "sentence"'))
    project = find_project(project.root, exact=True)
    pipeline.build(project, counted)
    more = tmp_path / "more.jsonl"
    more.write_text(corpus_lines(root, 3, start=6), encoding="utf-8")
    pipeline.add(project, [more], SILENT)

    pipeline.build(project, counted)
    pipeline.build(project, counted)

    assert counted.embedded == [6, 3], "the third build has nothing to do at all"


class _Counting(pipeline.NullProgress):
    def __init__(self) -> None:
        self.embedded: list[int] = []

    def stage(self, name: str, total: int | None):  # type: ignore[no-untyped-def]  # as in Silence  # noqa: ANN202
        if name == "embed":
            self.embedded.append(total or 0)
        return super().stage(name, total)


def test_papers_keep_their_place_on_the_map_until_many_are_new(copy: Project, root: Path, tmp_path: Path) -> None:
    """Some newcomers join them; when a fifth of all has come since, the map is laid out anew."""
    before = _on_the_map(copy)
    some, more = (_with_more(copy, root, tmp_path, count, start) for count, start in ((7, 60), (20, 67)))

    assert before.items() <= some.items()
    assert len(some) == 67
    assert len(more) == 87
    assert not some.items() <= more.items()


def _with_more(project: Project, root: Path, folder: Path, count: int, start: int) -> dict[str, tuple[float, ...]]:
    more = folder / "more.jsonl"
    more.write_text(corpus_lines(root, count, start=start), encoding="utf-8")
    pipeline.add(project, [more], SILENT)
    pipeline.build(project, SILENT, formats=["json"])
    return _on_the_map(project)


def _on_the_map(project: Project) -> dict[str, tuple[float, ...]]:
    return {paper["id"]: tuple(paper["position"]) for paper in _draft(project)["papers"]}


def test_an_empty_corpus_says_what_to_do(make_project: MakeProject) -> None:
    """Nothing to build from is an error of the corpus with a hint."""
    with pytest.raises(CorpusError, match="empty") as caught:
        pipeline.build(make_project(papers=0), SILENT)

    assert "surveygen add" in caught.value.hint


@pytest.mark.parametrize("profile", ["none", "llm-alignment"])
@pytest.mark.parametrize("papers", [1, 2, 5])
def test_tiny_corpora_are_surveyed(make_project: MakeProject, papers: int, profile: str) -> None:
    """One paper is enough for a draft, with given themes and without."""
    project = make_project(papers=papers, profile=profile)

    pipeline.build(project, SILENT)

    assert len(_draft(project)["papers"]) == papers
    assert pipeline.verify(project).problems == ()


def test_without_a_profile_themes_are_induced_once(make_project: MakeProject) -> None:
    """The first build induces the themes; the next one keeps their ids."""
    project = make_project(profile="none")
    pipeline.build(project, SILENT)
    first = _draft(project)["themes"]

    pipeline.build(project, SILENT)

    assert _draft(project)["themes"] == first
    assert {theme["origin"] for theme in first} == {"induced"}


def test_papers_without_abstracts_are_surveyed(make_project: MakeProject, tmp_path: Path) -> None:
    """Titles alone make a draft that says what is missing."""
    project = make_project(papers=0)
    source = tmp_path / "titles.jsonl"
    rows = [{"arxiv_id": f"2001.{n:05}", "title": f"A study of reward models, part {n}"} for n in range(9)]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pipeline.add(project, [source], SILENT)

    pipeline.build(project, SILENT)

    assert _draft(project)["quality"]["papers_without_abstract"] == 9
    assert pipeline.verify(project).problems == ()


def test_unknown_languages_and_formats_are_refused_before_work(make_project: MakeProject) -> None:
    """A misspelt word costs no embedding."""
    project = make_project(papers=0)

    with pytest.raises(ConfigError, match="unknown format 'docx'"):
        pipeline.build(project, SILENT, formats=["docx"])
    with pytest.raises(ConfigError, match="unknown language 'tlh'"):
        pipeline.build(project, SILENT, languages=["tlh"])


def test_source_date_epoch_fixes_the_date(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With SOURCE_DATE_EPOCH two imports of the same papers give the same draft."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    pipeline.build(copy, SILENT, formats=["json"])

    assert _draft(copy)["generated_at"] == "2023-11-14T22:13:20Z"


def test_a_published_preprint_keeps_its_cite_key(make_project: MakeProject, tmp_path: Path) -> None:
    """A later record with a DOI and a journal turns the entry into a published one, under the key it had."""
    project = make_project(papers=0)
    draft = project.output / "sample" / "en"
    record: dict[str, object] = {
        "arxiv_id": "2101.00001",
        "title": "A Way to Ways",
        "abstract": "We show a way. It is short.",
    }
    record |= {"authors": ["Ada Byron"], "published": "2021-01-04"}
    told: list[str] = []
    for known in ({}, {"doi": "10.1000/xyz", "journal_ref": "Annals of Ways 3 (2022)", "updated": "2022-01-01"}):
        (tmp_path / "paper.jsonl").write_text(json.dumps(record | known), encoding="utf-8")
        pipeline.add(project, [tmp_path / "paper.jsonl"], pipeline.NullProgress())
        pipeline.build(project, pipeline.NullProgress(), formats=("latex",))
        told.append((draft / "references.bib").read_text(encoding="utf-8"))

    assert told[0].startswith("@misc{byron2021way,")
    assert told[1].startswith("@article{byron2021way,")
    assert all("eprint = {2101.00001}" in text for text in told)
    assert "journal = {Annals of Ways 3 (2022)}" in told[1]


def test_another_form_of_the_pdf_is_another_draft(copy: Project) -> None:
    """What `[latex]` says goes into survey.tex, and a build after that has nothing to do."""
    settings = copy.root / "survey.toml"
    written = settings.read_text(encoding="utf-8").replace("columns = 0", "columns = 2")
    settings.write_text(written.replace('"thebibliography"', '"biblatex"'), encoding="utf-8")
    project = find_project(copy.root, exact=True)

    first, again = (pipeline.build(project, SILENT).changed for _ in range(2))

    draft = copy.output / "sample" / "en"
    assert draft / "survey.tex" in first
    assert "\\begin{multicols}{2}" in (draft / "survey.tex").read_text(encoding="utf-8")
    assert "\\printbibliography" in (draft / "survey.tex").read_text(encoding="utf-8")
    assert again == ()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in the place of LuaLaTeX whose PDF is the source, so that no TeX is needed to tell them apart."""
    program = tmp_path / "bin" / "lualatex"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor last; do :; done\ncp "$last" "${last%.tex}.pdf"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")


@pytest.mark.usefixtures("engine")
def test_a_draft_of_a_pdf_alone_is_proved(copy: Project) -> None:
    """Its TeX source and bibliography, which stand beside it, are what the store gives."""
    pipeline.build(copy, SILENT, languages=("de",), formats=["pdf"])

    assert {path.suffix for path in (copy.output / "sample" / "de").iterdir()} == {".pdf", ".tex", ".bib", ".json"}
    assert pipeline.verify(copy).problems == ()


@pytest.mark.usefixtures("engine")
def test_slides_are_compiled_beside_the_survey(copy: Project) -> None:
    """With "pdf" each TeX file that is asked for becomes one, again only when its source is another."""
    folder = copy.output / "sample" / "en"

    first = pipeline.build(copy, SILENT, formats=["slides", "pdf"])
    pipeline.build(copy, SILENT, formats=["html"])
    again = pipeline.build(copy, SILENT, formats=["pdf", "slides", "markdown"])
    source = (folder / "slides.tex").read_bytes()
    (folder / "slides.pdf").write_bytes(b"%PDF of another day")
    mended = pipeline.build(copy, SILENT, formats=["slides", "pdf"])

    assert {"survey.pdf", "slides.pdf"} <= {path.name for path in first.changed}
    assert [path.name for path in again.changed if path.suffix == ".pdf"] == []
    assert [path.name for path in mended.changed] == ["slides.pdf"]
    assert (folder / "slides.pdf").read_bytes() == source
    assert pipeline.verify(copy).problems == ()


def test_pages_of_an_earlier_build_are_removed(copy: Project) -> None:
    """A page in a folder that the format no longer makes goes; files of other formats and of others stay."""
    folder = copy.output / "sample" / "en"
    for name in ("themes/gone.html", "notes/mine.txt", "notes/mine.html"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    write_manifest(folder, [*read_manifest(folder), "themes/gone.html", "notes/mine.txt"])
    (folder / "index.html").unlink()

    pipeline.build(copy, SILENT)

    left = {name for name in _files(folder) if "/" in name}
    assert left == {"notes/mine.txt", "notes/mine.html"}
    assert "themes/gone.html" not in read_manifest(folder)


def test_each_edition_names_the_others(copy: Project) -> None:
    """A page leads to the languages that are built beside it, and a build with nothing new changes no byte."""
    pipeline.build(copy, SILENT, languages=["ja"], formats=["html"])
    changed = pipeline.build(copy, SILENT).changed
    folder = copy.output / "sample"

    assert folder / "en" / "index.html" in changed
    assert 'href="../ja/index.html"' in (folder / "en" / "index.html").read_text(encoding="utf-8")
    assert 'href="../en/index.html"' in (folder / "ja" / "index.html").read_text(encoding="utf-8")
    assert pipeline.build(copy, SILENT).changed == ()
