"""A draft that was forged and signed again does not pass, whatever was changed, in any format."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.pipeline.verify_glue import glue_problems

Rows = list[Any]
Change = Callable[[Rows], None]


def _rows(text: str, name: str) -> tuple[int, int]:
    """Return the lines between the brackets of one array of a survey.json, which has an element a line."""
    lines = text.split("\n")
    start = lines.index(f'"{name}": [') + 1
    return start, next(at for at in range(start, len(lines)) if lines[at] in {"]", "],"})


def _forged(text: str, name: str, change: Change) -> str:
    """Change the elements of one array in place, in the layout of the program."""
    lines, (start, end) = text.split("\n"), _rows(text, name)
    rows = [json.loads(line.rstrip(",")) for line in lines[start:end]]
    change(rows)
    written = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    return "\n".join([*lines[:start], *(f"{row}," for row in written[:-1]), *written[-1:], *lines[end:]])


def _sentences(sections: Rows) -> Iterator[dict[str, Any]]:
    for section in sections:
        for block in section["blocks"] if section["theme"] else ():
            yield from block.get("sentences", ())


_NO_TABLE = {"kind": "table", "caption": "Results", "columns": ["Result"], "rows": []}


def _block(sections: Rows, kind: str) -> dict[str, Any]:
    return next(block for section in sections for block in section["blocks"] if block["kind"] == kind)


def _themed(sections: Rows) -> Rows:
    return [section for section in sections if section["theme"]]


def _swap(rows: Rows, key: str) -> None:
    rows[0][key], rows[1][key] = rows[1][key], rows[0][key]


def _invent_paper(papers: Rows) -> None:
    papers.append({**papers[0], "id": "2399.00001", "title": "A paper that nobody wrote"})


def _remove_border_cases(themes: Rows) -> None:
    for theme in themes:
        theme["border"] = [""]


def _invent_card(papers: Rows) -> None:
    papers[0]["card"]["limits"] = [next(paper["card"]["one_liner"] for paper in papers if paper["card"]["one_liner"])]


def _cut_quotation(sections: Rows) -> None:
    sentence = next(item for item in _sentences(sections) if item["rule"] == "quote" and " " in item["text"])
    head, tail = sentence["text"].split(" ", 1)
    for key in ("text", "marked"):
        sentence[key] = sentence[key].replace(f"{head} {tail[:5]}", tail[:1].upper() + tail[1:5])
    sentence["evidence"][0]["start"] += len(head) + 1


def _move_sentence(sections: Rows) -> None:
    first, second, *_ = (
        block for section in _themed(sections) for block in section["blocks"] if block["kind"] == "paragraph"
    )
    second["sentences"].append(first["sentences"].pop())


def _first(sections: Rows, **values: object) -> None:
    next(_sentences(sections)).update(values)


def _aggregate(sections: Rows) -> dict[str, Any]:
    """Return a sentence of a theme that counts papers."""
    return next(it for it in _sentences(sections) if it["method"] == "aggregate")


def _change_number(sections: Rows) -> None:
    sentence = _aggregate(sections)
    size = len(sentence["claim"][0]["papers"])
    for key in ("text", "marked"):
        sentence[key] = re.sub(rf"\b{size}\b", str(size + 1), sentence[key], count=1)


def _leave_paper_out(sections: Rows) -> None:
    sentence = _aggregate(sections)
    count = sentence["claim"][0]
    size, gone = len(count["papers"]), count["papers"].pop()
    sentence["marked"] = sentence["marked"].replace(f" [@{gone}]", "", 1)
    for key in ("text", "marked"):
        sentence[key] = re.sub(rf"\b{size}\b", str(size - 1), sentence[key], count=1)
    kept = {paper for count in sentence["claim"] for paper in count["papers"]}
    sentence["cites"] = [paper for paper in sentence["cites"] if paper in kept]
    sentence["evidence"] = [span for span in sentence["evidence"] if span["paper"] in kept]


def _add_paper(sections: Rows) -> None:
    sentence = _aggregate(sections)
    count = sentence["claim"][-1]
    quoted = next(it for it in _sentences(sections) if it["evidence"] and not {*it["cites"]} & {*sentence["cites"]})
    more, last = quoted["cites"][0], count["papers"][-1]
    head, tail = sentence["marked"].rsplit(f"[@{last}]", 1)
    count["papers"].append(more)
    sentence["cites"].append(more)
    sentence["evidence"].append(next(span for span in quoted["evidence"] if span["paper"] == more))
    sentence["marked"] = f"{head}[@{last}] [@{more}]{tail}"


def _change_total(sections: Rows) -> None:
    sentence = _aggregate(sections)
    total = sentence["claim"][0]["total"]
    for count in sentence["claim"]:
        count["total"] = total + 1
    for key in ("text", "marked"):
        sentence[key] = sentence[key].replace(f"{total} papers", f"{total + 1} papers")


def _count(sections: Rows, **values: object) -> None:
    _aggregate(sections)["claim"][0].update(values)


def _claims_of(sections: Rows) -> list[dict[str, Any]]:
    """Return the sentences of a paragraph that quotes papers, in a section that has room for a sentence of glue."""
    texts = (
        [block["sentences"] for block in section["blocks"] if "sentences" in block] for section in _themed(sections)
    )
    paragraphs = (claims for text in texts if sum(map(len, text)) > 5 for claims in text)
    return next(claims for claims in paragraphs if sum(it["method"] in {"extractive", "glue"} for it in claims) > 2)


def _glue(sections: Rows, more: str = "") -> dict[str, Any]:
    """Return a sentence that only connects those of a paragraph, and says `more`."""
    claims = (it for it in _claims_of(sections) if it["method"] == "extractive")
    quoted = next(it for it in claims if "“" not in it["text"])  # the words of a title are those of no sentence
    words = re.findall(r"\b[a-z]{7,}\b", quoted["text"])[:2]
    text = f"Further papers turn to {' and '.join(words)}{more}."
    own = {key: value for key, value in quoted.items() if key not in {"opening", "claim"}}
    return {**own, "text": text, "marked": text, "cites": [], "evidence": [], "method": "glue", "rule": ""}


def _connect(sections: Rows, more: str = "", **values: object) -> None:
    _claims_of(sections).insert(1, {**_glue(sections, more), **values})


def _connect_everything(sections: Rows) -> None:
    glue = _glue(sections)
    for number, claims in enumerate(
        block["sentences"] for block in _themed(sections)[0]["blocks"] if "sentences" in block
    ):
        claims.extend([{**glue, "claim_key": f"{glue['claim_key']}-{number}"}] * len(claims))


def _relabel(sections: Rows, **values: object) -> None:
    sentence = next(it for it in _claims_of(sections) if it["method"] == "extractive")
    sentence.update(method="glue", rule="", **values)


def _relabel_without_sources(sections: Rows) -> None:
    _relabel(sections, cites=[], evidence=[])
    sentence = next(it for it in _claims_of(sections) if it["method"] == "glue")
    sentence["marked"] = sentence["text"]


def _tabulate_glue(sections: Rows) -> None:
    glue = _glue(sections)
    row = {"paper": _claims_of(sections)[0]["cites"][0], "cells": [glue], "code": ""}
    _themed(sections)[0]["blocks"].append({**_NO_TABLE, "rows": [row]})


def _review_with_glue(papers: Rows) -> None:
    card = next(paper["card"] for paper in papers if paper["card"]["findings"])
    card["findings"][0]["method"] = "glue"


# What is found in the sentences that connect others, beside the bytes, and how it is named.
GLUE: dict[str, tuple[str, Change, str]] = {
    "more glue than 15 %": (
        "sections",
        _connect_everything,
        r"\d+ of \d+ sentences only connect others and cite nothing; at most 15%",
    ),
    "glue as a quotation": ("sections", lambda rows: _connect(rows, method="extractive"), "cites nothing"),
    "glue as a model's claim": ("sections", lambda rows: _connect(rows, method="llm"), "cites nothing"),
    "glue as a count": ("sections", lambda rows: _connect(rows, method="aggregate"), "cites nothing"),
    "glue as a person's": ("sections", lambda rows: _connect(rows, method="human"), "no decision of the store has it"),
    "citations called glue": ("sections", _relabel, "glue cites nothing"),
    "claim without sources called glue": ("sections", _relabel_without_sources, "says more than its paragraph"),
    "glue with a number": ("sections", lambda rows: _connect(rows, " in 7 tests"), "says more than its paragraph"),
    "glue with a number in words": ("sections", lambda rows: _connect(rows, " twice"), "says more than its paragraph"),
    "glue with a name": ("sections", lambda rows: _connect(rows, " of Zyphra"), "says more than its paragraph"),
    "glue with a result": ("sections", lambda rows: _connect(rows, " that fail"), "says more than its paragraph"),
    "glue in a table": ("sections", _tabulate_glue, "connects nothing"),
    "glue in a review": ("papers", _review_with_glue, "connects nothing"),
}
CONNECTED = {"glue added": ("sections", _connect)}
# What is found in the claim of an aggregate itself, without composing the draft again.
COUNTS: dict[str, tuple[str, Change]] = {
    "number of an aggregate": ("sections", _change_number),
    "paper left out of a count": ("sections", _leave_paper_out),
    "paper added to a count": ("sections", _add_paper),
    "total of a count": ("sections", _change_total),
    "theme of a count": ("sections", lambda rows: _count(rows, theme=None)),
    "years of a count": ("sections", lambda rows: _count(rows, since=2099)),
    "value of a count": ("sections", lambda rows: _count(rows, value="position")),
    "aggregate without a claim": ("sections", lambda rows: _aggregate(rows).pop("claim")),
}
IN_JSON: dict[str, tuple[str, Change]] = {
    # what trust.md names: papers, references, assignments, themes
    "title of a paper": ("papers", lambda rows: rows[0].update(title="Another title")),
    "titles exchanged": ("papers", lambda rows: _swap(rows, "title")),
    "authors of a paper": ("papers", lambda rows: rows[0].update(authors=["A. Nother"])),
    "order of authors": ("papers", lambda rows: max(rows, key=lambda row: len(row["authors"]))["authors"].reverse()),
    "version of a paper": ("papers", lambda rows: rows[0].update(version=7)),
    "date of a paper": ("papers", lambda rows: rows[0].update(published="2019-01-01")),
    "cards exchanged": ("papers", lambda rows: _swap(rows, "card")),
    "invented card": ("papers", _invent_card),
    "invented paper": ("papers", _invent_paper),
    "paper left out": ("papers", lambda rows: rows.pop()),
    "cite keys exchanged": ("references", lambda rows: _swap(rows, "cite_key")),
    "reference to an invented paper": ("references", lambda rows: rows.append({"paper": "x", "cite_key": "x2020"})),
    "reference left out": ("references", lambda rows: rows.pop()),
    "assignment to another theme": ("assignments", lambda rows: _swap(rows, "theme")),
    "score of an assignment": ("assignments", lambda rows: rows[0].update(score=0.99)),
    "confidence": ("assignments", lambda rows: rows[0].update(confidence=rows[0]["confidence"] / 2)),
    "doubt removed": ("assignments", lambda rows: rows[0].update(uncertain=not rows[0]["uncertain"])),
    "reason of an assignment": ("assignments", lambda rows: rows[0]["why"].update(keywords=["persuasive"])),
    "outlier declared": ("assignments", lambda rows: rows[0].update(outside=not rows[0]["outside"])),
    "name of a theme": ("themes", lambda rows: rows[0].update(name="Everything is fine")),
    "names of themes exchanged": ("themes", lambda rows: _swap(rows, "name")),
    "size of a theme": ("themes", lambda rows: rows[0].update(size=99)),
    "description of a theme": ("themes", lambda rows: rows[0].update(description="Solved long ago.")),
    "border cases removed": ("themes", _remove_border_cases),
    # sections and sentences
    "heading": ("sections", lambda rows: _themed(rows)[0].update(title="A heading")),
    "numbers of a chart": ("sections", lambda rows: _block(rows, "year_chart").update(caption="900 papers")),
    "numbers at a glance": ("sections", lambda rows: _block(rows, "facts")["rows"][0].update(value="900")),
    "numbers of the flow": ("sections", lambda rows: _block(rows, "flow")["stages"][0].update(label="900 records")),
    "support of a sentence": ("sections", lambda rows: _first(rows, support=0.5)),
    "rule of a sentence": ("sections", lambda rows: _first(rows, rule="paraphrase")),
    "role of a sentence": ("sections", lambda rows: _first(rows, role="limit")),
    "sentence said to be a person's": ("sections", lambda rows: _first(rows, method="human", cites=[], evidence=[])),
    "sentence deleted": ("sections", lambda rows: _block(_themed(rows), "paragraph")["sentences"].pop()),
    "section emptied": ("sections", lambda rows: _themed(rows)[0].update(blocks=[])),
    "section deleted": ("sections", lambda rows: rows.remove(_themed(rows)[0])),
    "sections exchanged": ("sections", lambda rows: rows.insert(0, rows.pop())),
    "sentence moved to another theme": ("sections", _move_sentence),
    "sentence said twice": (
        "sections",
        lambda rows: _block(_themed(rows), "paragraph")["sentences"].append(next(_sentences(rows))),
    ),
    "quotation cut so that its sense turns": ("sections", _cut_quotation),
    "notice that software wrote it": ("sections", lambda rows: rows[0]["blocks"].pop(1)),
    "table invented": ("sections", lambda rows: _themed(rows)[0]["blocks"].append({**_NO_TABLE})),
    **COUNTS,
    **CONNECTED,
    **{name: (part, change) for name, (part, change, _) in GLUE.items()},
    "place on the map": ("sections", lambda rows: _block(rows, "map")["themes"].reverse()),
}
AS_TEXT: dict[str, tuple[str, str, str]] = {
    "quality number": ("survey.json", r'"editor_notes":\d+', '"editor_notes":0'),
    "provenance: encoder": ("survey.json", r'"encoder":"[^"]*"', '"encoder":"human judgement"'),
    "provenance: state of the corpus": ("survey.json", r'"corpus_sha256":"...', '"corpus_sha256":"000'),
    "provenance: settings": ("survey.json", r'"config_sha256":"...', '"config_sha256":"000'),
    "date of the draft": ("survey.json", r'("generated_at": ")\d{4}', r"\g<1>2031"),
    "title of the survey": ("survey.json", r'("title": ")', r"\1The definitive "),
    "invented changes": ("survey.json", r'"changes": null', '"changes": {"run":1}'),
    "words of the page": ("index.html", r"<p>", "<p>Nothing is known. "),
    "script in the page": ("index.html", r"</body>", "<script>fetch('/')</script></body>"),
    "words of the TeX file": ("survey.tex", r"\\section", r"Nothing is known. \\section"),
    "citation in the TeX file": ("survey.tex", r"\\cite\{[^}]*\}", ""),
    "year in the bibliography": ("references.bib", r"year = \{\d+\}", "year = {1999}"),
    "author in the bibliography": ("references.bib", r"author = \{", "author = {Nother, A. and "),
    "words of the Markdown file": ("survey.md", r"\n## ", "\n\nNothing is known.\n\n## "),
    "citation of the Markdown file": ("survey.md", r"\[[^\]]*\]\(#", "[Invented 2020](#"),
}


def _sign(folder: Path) -> None:
    """Write the manifest again, as anybody can."""
    path = folder / "manifest.json"
    names = sorted(item.name for item in folder.iterdir() if item != path)
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    path.write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def _reasons(project: Project, folder: Path) -> dict[str, list[str]]:
    """Return what verify finds in each folder, apart from the differences between the copies, by the folder's name."""
    found: dict[str, list[str]] = {}
    for problem in pipeline.verify(project, folder).problems:
        if "differs from the edition" not in problem.reason:
            found.setdefault(Path(problem.file).relative_to(folder).parts[0], []).append(problem.reason)
    return found


def test_every_forgery_is_caught(built: Project, tmp_path: Path) -> None:
    """Each of 90 forgeries, its manifest signed again, is found where it was made; the honest copy holds."""
    honest = built.output / "sample" / "en"
    names = ["en", *IN_JSON, *AS_TEXT, "file added", "file removed", "manifest lists less", "without a manifest"]
    for name in names:
        shutil.copytree(honest, tmp_path / name)
    text = (honest / "survey.json").read_text(encoding="utf-8")
    for name, (part, change) in IN_JSON.items():
        assert _forged(text, part, lambda _rows: None) == text
        forged = _forged(text, part, change)
        assert forged != text, name
        (tmp_path / name / "survey.json").write_text(forged, encoding="utf-8")
    for name, (file, pattern, value) in AS_TEXT.items():
        path = tmp_path / name / file
        before = path.read_text(encoding="utf-8")
        after = re.sub(pattern, value, before, count=1)
        assert after != before, name
        path.write_text(after, encoding="utf-8")
    (tmp_path / "file added" / "appendix.html").write_text("<p>More.</p>", encoding="utf-8")
    (tmp_path / "file removed" / "references.bib").unlink()
    for name in names:
        _sign(tmp_path / name)
    listed = tmp_path / "manifest lists less" / "manifest.json"
    listed.write_text(re.sub(r'\n "survey.md": "\w+",?', "", listed.read_text()), encoding="utf-8")
    (tmp_path / "without a manifest" / "manifest.json").unlink()

    found = _reasons(built, tmp_path)

    assert [name for name in names if name not in found] == ["en"]
    bytes_alone = {"is not what the store gives: build the draft again", "changed after it was built"}
    assert [name for name in COUNTS if set(found[name]) <= bytes_alone] == []
    assert [name for name, (*_, reason) in GLUE.items() if not any(re.search(reason, it) for it in found[name])] == []
    assert set(found["glue added"]) == {"is not what the store gives: build the draft again"}


def test_reports_and_taxonomy_are_compared(copy: Project) -> None:
    """Files that all editions share belong to the draft."""
    path = copy.output / "sample" / "taxonomy.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("name = ", "name = 'x' # "), encoding="utf-8")

    (problem,) = pipeline.verify(copy).problems

    assert problem.file == str(path)


def test_a_draft_of_an_earlier_state_is_named(copy: Project, root: Path, tmp_path: Path) -> None:
    """After new papers a draft is as it was built, and verify says from which state; a forgery of it still shows."""
    more = tmp_path / "more.jsonl"
    lines = (root / "corpus" / "llm-alignment.jsonl").read_text(encoding="utf-8").splitlines()
    more.write_text(lines[-1] + "\n", encoding="utf-8")
    pipeline.add(copy, [more], pipeline.NullProgress())

    report = pipeline.verify(copy)

    assert report.problems == ()
    assert {Path(item.file).name for item in report.outdated} >= {"survey.json", "index.html", "survey.md"}
    state = json.loads((copy.output / "sample" / "en" / "survey.json").read_text())["provenance"]["corpus_sha256"]
    assert all(state[:12] in item.reason for item in report.outdated if item.file.endswith("html"))
    page = copy.output / "sample" / "en" / "index.html"
    page.write_bytes(page.read_bytes().replace(b"<p>", b"<p>Forged. ", 1))
    _sign(page.parent)
    assert [problem.file for problem in pipeline.verify(copy).problems] == [str(page)]


def test_verify_changes_nothing(copy: Project) -> None:
    """Neither the store nor the draft is written, and nothing is left beside them."""
    before = {path: path.read_bytes() for path in sorted(copy.root.rglob("*")) if path.is_file()}

    pipeline.verify(copy)

    assert {path: path.read_bytes() for path in sorted(copy.root.rglob("*")) if path.is_file()} == before


def test_a_draft_without_json_is_proved(copy: Project) -> None:
    """Sentences are counted and files are compared although only the page was published."""
    folder = copy.output / "sample" / "en"
    for path in folder.iterdir():
        if path.name != "index.html":
            path.unlink()
    _sign(folder)
    published = copy.root / "published" / "en"
    shutil.copytree(folder, published)

    report = pipeline.verify(copy, published)

    assert report.problems == ()
    assert report.sentences > 20


@pytest.mark.parametrize("command", ["verify", "status", "export", "themes"])
def test_a_folder_without_write_permission(copy: Project, command: str) -> None:
    """A survey that was published can be read where it lies."""
    arguments = {"export": ["--format", "csl"], "themes": ["show"]}.get(command, [])
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if drop and shutil.which("setpriv") is None:
        pytest.skip("as root, permissions count only with setpriv")
    folders = [copy.root, *(path for path in copy.root.rglob("*") if path.is_dir())]
    for path in [*folders, copy.database]:
        path.chmod(path.stat().st_mode & ~0o222)

    run = subprocess.run(
        [*drop, sys.executable, "-m", "surveygen", "-C", str(copy.root), command, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )

    for path in [*folders, copy.database]:
        path.chmod(path.stat().st_mode | 0o200)
    assert run.returncode == 0, run.stderr
    assert run.stdout
    assert [path.name for path in copy.database.parent.iterdir()] == [copy.database.name]
    assert find_project(copy.root).database.is_file()


def _draft(*methods: str, text: str = "Further papers turn to detectors.", hand: bool = False) -> dict[str, Any]:
    """Return a draft of one section, in which a sentence of glue says `text` and any other speaks of detectors."""
    texts = [text if method == "glue" else "Lee et al. propose detectors [@1]." for method in methods]
    sentences: Rows = [
        {"method": method, "text": words, "marked": words, "hand": {} if hand else None}
        for method, words in zip(methods, texts, strict=True)
    ]
    section = {"id": "theme-t", "theme": "t", "blocks": [{"kind": "paragraph", "sentences": sentences}]}
    return {"title": "T", "themes": [{"id": "t", "name": "T", "parent": None}], "sections": [section], "papers": []}


@pytest.mark.parametrize(
    ("draft", "deleted", "reasons"),
    [
        (_draft(*["llm"] * 17, *["glue"] * 3), 0, []),
        (_draft(*["llm"] * 16, *["glue"] * 3), 0, ["3 of 19 sentences only connect others and cite nothing"]),
        (_draft(*["llm"] * 16, *["glue"] * 3), 1, []),
        (_draft(*["llm"] * 6, "glue", text="Further papers turn to labels."), 0, ["says more than its paragraph"]),
        (_draft(*["llm"] * 6, "glue", text="Further papers turn to labels."), 1, []),
        (_draft(*["llm"] * 6, "glue", text="Further papers turn to labels.", hand=True), 0, []),
    ],
)
def test_glue_has_no_words_of_its_own_and_a_share_of_15_percent(
    draft: dict[str, Any], deleted: int, reasons: list[str]
) -> None:
    """What a person removed counts as if it were there, and glue may have its words."""
    found = list(glue_problems(draft, {}, {"theme-t": deleted} if deleted else {}))

    assert len(found) == len(reasons)
    assert all(place == "theme-t" and part in told for (place, told), part in zip(found, reasons, strict=True))
