"""The command line: results, errors, exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from arxiv_pages import invent_page
from arxiv_server import Replica, serving
from citation_server import Graph, serving_graph
from surveygen.cli import main
from surveygen.cli._app import app

Run = Callable[..., tuple[int, str, str]]
PAPER = {
    "arxiv_id": "2001.00001",
    "title": "A Way",
    "abstract": "We measure the length of a way. The way is 30 % shorter than all others.",
    "authors": ["Ada Byron"],
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in an empty folder; return exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["surveygen", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        code = left.value.code
        return code if isinstance(code, int) else 0, said.out, said.err

    return run


@pytest.fixture
def survey(run: Run, tmp_path: Path) -> Path:
    """A survey of one paper, with the light encoder."""
    run("init", "s", "--title", "Ways")
    folder = tmp_path / "s"
    settings = folder / "survey.toml"
    settings.write_text(settings.read_text().replace('encoder = "sentence"', 'encoder = "lsa"'))
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER))
    run("-C", "s", "add", "papers.jsonl")
    return folder


def test_the_way_from_an_empty_folder_to_a_checked_draft(run: Run) -> None:
    """init, add, build, verify: what the README says."""
    assert run("init", "my-survey", "--title", "Graph Learning")[0] == 0
    settings = Path("my-survey/survey.toml")
    settings.write_text(settings.read_text().replace('encoder = "sentence"', 'encoder = "lsa"'))
    Path("papers.jsonl").write_text("\n".join(json.dumps(PAPER | {"arxiv_id": f"2001.{n:05}"}) for n in range(1, 6)))

    assert run("-C", "my-survey", "add", "papers.jsonl")[:2] == (0, "papers.jsonl: 5 added\n")
    code, out, _ = run("-C", "my-survey", "build")
    assert code == 0
    assert "my-survey/output/graph-learning/en/index.html" in out
    code, out, _ = run("-C", "my-survey", "verify")
    assert code == 0
    assert "all hold" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-C", "none", "build"], 2, "no survey.toml"),
        (["build"], 2, "no survey.toml"),
        (["-C", "s", "build", "--format", "docx"], 2, "unknown format 'docx'"),
        (["-C", "s", "build", "--lang", "tlh"], 2, "unknown language 'tlh'"),
        (["-C", "s", "add", "missing.jsonl"], 3, "missing.jsonl"),
        (["-C", "s", "add", "empty.jsonl"], 4, "nothing could be imported"),
        (["-C", "s", "add", "bad.jsonl"], 4, "nothing could be imported"),
        (["-C", "s", "fetch", "--ids", "nonsense"], 2, "not an arXiv id"),
        (["-C", "s", "fetch"], 2, "nothing to harvest"),
        (["-C", "s", "refresh", "--dry-run"], 2, "nothing to harvest"),
        (["-C", "s", "fetch", "--query", "graphs", "--sort", "size", "--dry-run"], 2, "is not an order"),
        (["-C", "s", "fetch", "--query", "graphs AND trees", "--dry-run"], 2, "names no field"),
        (["-C", "s", "fetch", "--full-text", "--query", "graphs"], 2, "--full-text reads pages of papers in the store"),
        (["-C", "s", "fetch", "--full-text", "--ids", "nonsense"], 2, "not an arXiv id"),
        (["-C", "s", "fetch", "--full-text", "--ids", "2101.00009"], 2, "2101.00009 is not in the store"),
        (["-C", "s", "fetch", "--full-text", "--theme", "nothing"], 6, "no paper is in a theme 'nothing'"),
        (["-C", "s", "fetch", "--full-text", "--cited"], 2, "there is no draft yet"),
        (["-C", "s", "fetch", "--cited"], 2, "choose full texts"),
        (["-C", "s", "add", "missing.html", "--full-text"], 3, "missing.html: there is no such file"),
        (["-C", "s", "add", "empty.jsonl", "--full-text"], 4, "no full text in empty.jsonl"),
        (["-C", "s", "themes", "show", "nothing"], 6, "neither a theme nor a paper"),
        (["-C", "s", "themes", "rename", "nothing", "X"], 6, "no theme 'nothing'"),
        (["-C", "s", "themes", "move", "nothing", "X"], 6, "no paper 'nothing'"),
        (["-C", "s", "themes", "undo"], 6, "no decision to undo"),
        (["-C", "s", "themes", "accept"], 6, "no proposals"),
        (["-C", "s", "verify", "nowhere"], 2, "no draft below"),
        (["-C", "s", "export", "--format", "docx"], 2, "unknown format 'docx'"),
        (["-C", "s", "themes", "export", "--format", "docx"], 2, "unknown format 'docx'"),
        (["-C", "s", "evaluate"], 2, "nothing to compare with"),
        (["-C", "s", "evaluate", "--bibliography", "empty.jsonl"], 3, "empty"),
        (["-C", "s", "evaluate", "--bibliography", "bad.jsonl"], 3, "contains no papers"),
        (["init", "s"], 2, "exists already"),
        (["init", "t", "--profile", "lm-alignment"], 2, "did you mean 'llm-alignment'"),
        (["frobnicate"], 2, "No such command"),
        (["-C", "s", "build", "--frobnicate"], 2, "No such option"),
    ],
)
@pytest.mark.usefixtures("survey")
def test_errors_say_what_happened_with_their_exit_code(run: Run, words: list[str], code: int, said: str) -> None:
    """One line of what happened, one of what to do, never a traceback."""
    Path("empty.jsonl").write_text("")
    Path("bad.jsonl").write_text('{"title": 7\n')

    left, out, err = run(*words)

    assert left == code
    assert said in out + err
    assert "Traceback" not in err


def test_a_bad_line_is_set_aside_and_shown(run: Run, survey: Path) -> None:
    """The rest is imported, the exit code is 0, and status names the line."""
    Path("mixed.jsonl").write_text(json.dumps(PAPER | {"arxiv_id": "2001.00002"}) + "\nnot json\n")

    code, out, _ = run("-C", str(survey), "add", "mixed.jsonl")

    assert code == 0
    assert "1 added, 1 not imported" in out
    assert "mixed.jsonl line 2" in run("-C", str(survey), "status")[1]


def test_commands_on_an_empty_survey_say_so(run: Run) -> None:
    """An empty store has no date, and no export; ids alone are named as what is still to be fetched."""
    run("init", "s", "--title", "Ways")
    Path("ids.txt").write_text("2107.05580\n1706.03762\n")
    Path("old.csl").write_text("kept")

    assert "Ways (no papers yet)" in run("-C", "s", "status")[1]
    assert run("-C", "s", "export", "--format", "csl", "--out", "old.csl")[0] == 4
    assert Path("old.csl").read_text() == "kept"
    run("-C", "s", "add", "ids.txt")
    code, _, err = run("-C", "s", "-q", "build")
    assert (code, "only 2 ids of papers to fetch" in err, "run: surveygen fetch" in err) == (4, True, True)


def test_an_unknown_language_is_told_at_once(run: Run, survey: Path) -> None:
    """Status reads the settings as a build does."""
    settings = survey / "survey.toml"
    settings.write_text(settings.read_text().replace('languages = ["en"]', 'languages = ["en", "tlh"]', 1))

    code, _, err = run("-C", str(survey), "status")

    assert code == 2
    assert "tlh" in err


def test_a_query_of_plain_words_is_sent_as_a_phrase(run: Run, survey: Path) -> None:
    """Without a field arXiv would look for any one of the words; the order can be by relevance."""
    words = ("fetch", "--query", "graph learning", "--sort", "relevance", "--max", "5", "--dry-run")
    out = run("-C", str(survey), *words)[1]

    assert "search_query=all%3A%22graph+learning%22" in out
    assert "sortBy=relevance" in out


def test_an_exclusion_keeps_its_reason(run: Run, survey: Path) -> None:
    """The log shows it, and a dump brings it into another store."""
    run("-C", str(survey), "-q", "themes", "exclude", "2001.00001", "--because", "not about ways")
    run("-C", str(survey), "export", "--format", "jsonl", "--out", "dump.jsonl")
    run("init", "t")
    run("-C", "t", "add", "dump.jsonl")

    for folder in (str(survey), "t"):
        assert "exclude 2001.00001, because not about ways" in run("-C", folder, "themes", "log")[1]


def test_json_output_can_be_read(run: Run, survey: Path) -> None:
    """Every command that prints a result prints it as JSON if asked."""
    for words in (["status"], ["build"], ["verify"], ["themes", "show"], ["doctor"], ["themes", "show", "2001.00001"]):
        out = run("-C", str(survey), "--json", "-q", *words)[1]
        json.loads(out)


def test_json_keys_are_stable(run: Run, survey: Path) -> None:
    """Programs read these keys, so they stay even where the code uses other names."""
    section = json.loads(run("-C", str(survey), "--json", "-q", "edit")[1])[0]["section"]
    run("-C", str(survey), "-q", "edit", section, "1", "--text", "I say so.")

    unit = json.loads(run("-C", str(survey), "--json", "-q", "edit", section)[1])[0]
    run("-C", str(survey), "-q", "build", "--format", "json")
    verified = json.loads(run("-C", str(survey), "--json", "-q", "verify")[1])
    status = json.loads(run("-C", str(survey), "--json", "status")[1])

    assert unit.keys() == {"section", "claim", "text", "kind", "hand"}
    assert unit["hand"].keys() == {"author", "at", "doubts"}
    assert verified.keys() == {"drafts", "sentences", "citations", "problems", "human", "doubted", "outdated"}
    assert {"counts", "quarantine", "wanted", "drafts", "doubted"} < status.keys()


def test_the_themes_are_steered_from_the_command_line(run: Run, survey: Path) -> None:
    """Each decision is told, one that changes nothing too, and the log has them all; undone ones are marked."""
    run("-C", str(survey), "build")
    theme = json.loads(run("-C", str(survey), "--json", "-q", "themes", "show")[1])[0]["id"]

    assert f"rename {theme} to 'Ways on'" in run("-C", str(survey), "themes", "rename", theme, "Ways on")[1]
    assert "this is already so" in run("-C", str(survey), "themes", "rename", theme, "Ways on")[1]
    assert f"pin 2001.00001 to '{theme}'" in run("-C", str(survey), "-q", "themes", "pin", "2001.00001")[1]
    assert "undo 2" in run("-C", str(survey), "themes", "undo")[1]
    code, out, _ = run("-C", str(survey), "themes", "log")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["1", "2", "3"]
    assert "(undone)" in out.splitlines()[1]
    assert "Ways on" in run("-C", str(survey), "-q", "themes", "show")[1]
    assert "there are no proposals" in run("-C", str(survey), "-q", "themes", "proposals")[1]
    assert f"kept     {theme}" in run("-C", str(survey), "-q", "themes", "retaxonomy")[1]


@pytest.mark.parametrize("name", ["bibtex", "biblatex", "csl", "ris", "csv", "jsonl"])
def test_exports_hold_the_paper(run: Run, survey: Path, name: str) -> None:
    """Each format names the paper; to a file as to stdout."""
    code, out, _ = run("-C", str(survey), "export", "--format", name)
    run("-C", str(survey), "export", "--format", name, "--out", "file")

    assert code == 0
    assert "2001.00001" in out
    assert Path("file").read_bytes().decode() == out


def test_a_dump_gives_an_equal_store(run: Run, survey: Path) -> None:
    """Exporting and importing into an empty survey loses nothing."""
    run("-C", str(survey), "export", "--format", "jsonl", "--out", "dump.jsonl")
    run("init", "again", "--title", "Again")

    assert run("-C", "again", "add", "dump.jsonl")[0] == 0
    assert run("-C", "again", "export", "--format", "jsonl")[1] == Path("dump.jsonl").read_text()


def test_drafting_a_taxonomy_keeps_what_is_there(run: Run, survey: Path) -> None:
    """A draft that a person may have edited is not written over."""
    assert run("-C", str(survey), "themes", "induce")[0] == 0
    draft = survey / "taxonomy.draft.toml"
    draft.write_text(draft.read_text() + "# mine\n")

    code, _, err = run("-C", str(survey), "themes", "induce")

    assert code == 6
    assert "exists and differs" in err
    assert draft.read_text().endswith("# mine\n")


def test_a_taxonomy_is_exported_without_papers_or_with_them(run: Run, survey: Path) -> None:
    """A shipped profile needs no paper; the survey's own themes go to a file that is a taxonomy again."""
    assert run("init", "bare")[0] == 0
    code, out, _ = run("-C", "bare", "themes", "export", "--format", "markdown", "--profile", "llm-alignment")
    assert code == 0
    assert out.startswith("# ")
    assert run("-C", str(survey), "themes", "export", "--format", "toml", "--out", "t.toml")[:2] == (0, "")

    again = run("-C", "bare", "themes", "export", "--format", "toml", "--profile", str(Path("t.toml").absolute()))

    assert again[1] == Path("t.toml").read_text()


def test_a_full_disk_ends_in_an_error_and_keeps_the_old_draft(
    run: Run, survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing fails with a hint, and the draft of the last build is whole."""
    run("-C", str(survey), "build")
    page = survey / "output" / "ways" / "en" / "index.html"
    before = page.read_bytes()
    Path("more.jsonl").write_text(json.dumps(PAPER | {"arxiv_id": "2001.00002", "title": "B"}))
    run("-C", str(survey), "add", "more.jsonl")

    def full(*_args: object, **_known: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    code, _, err = run("-C", str(survey), "build")

    assert code == 8
    assert "No space left on device" in err
    assert page.read_bytes() == before


def wait_for_papers(database: Path) -> None:
    """Return once the store holds a paper more than the one that it was made with."""
    for _ in range(600):
        time.sleep(0.1)
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(database)) as store:
            if store.execute("SELECT count(*) FROM paper").fetchone()[0] > 1:
                return
    raise TimeoutError(database)


def test_interrupting_keeps_what_was_finished(survey: Path, tmp_path: Path) -> None:
    """Ctrl-C leaves with 130 and one line; the store is whole."""
    lines = tmp_path / "many.jsonl"
    with lines.open("w") as file:
        for n in range(60_000):
            file.write(json.dumps(PAPER | {"arxiv_id": f"2002.{n:05}", "title": f"T {n}"}) + "\n")
    words = [sys.executable, "-m", "surveygen", "-C", str(survey), "add", str(lines)]
    # A shell's background job ignores SIGINT, and hands that on to all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_papers(survey / "corpus" / "corpus.db")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in err
    again = subprocess.run([*words[:-2], "status"], capture_output=True, text=True, check=False)
    assert again.returncode == 0


def test_help_names_every_command_of_the_documents(root: Path) -> None:
    """A command in the help is in the reference, and the other way round."""
    words = [sys.executable, "-m", "surveygen", "--help"]
    shown = subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"})
    reference = (root / "docs" / "reference.md").read_text(encoding="utf-8")
    commands = set(reference.split("## Exit codes")[0].split("`surveygen ")[1:])
    commands = {command.split("`")[0].split(" ")[0] for command in commands}

    assert all(f"`surveygen {command}" in reference for command in commands)
    assert all(f" {command} " in shown.stdout for command in commands)


def test_citations_are_asked_where_a_graph_is_named(
    run: Run, survey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a graph the command says how to name one; with one it tells what was learnt and what is missing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # the lock file of the turns
    assert run("-C", "s", "citations")[0] == 2
    with serving_graph(Graph({"2001.00001": ["1706.00009"]})) as graph:
        settings = survey / "survey.toml"
        text = settings.read_text().replace("providers = []", 'providers = ["semantic_scholar"]')
        settings.write_text(text.replace("https://api.semanticscholar.org/graph/v1", f"{graph.url}/graph/v1"))
        planned = run("-C", "s", "citations", "--dry-run")
        code, out, _ = run("-C", "s", "-q", "citations")
        again = json.loads(run("-C", "s", "--json", "citations")[1])

    assert planned[1].startswith(f"POST {graph.url}/graph/v1/paper/batch?fields=")
    assert code == 0
    assert "semantic_scholar: 1 papers to update, 1 answered, 1 indexed there, 1 changed" in out
    assert "  1 x About 1706.00009 (Byron and Lindqvist, 2020) arxiv:1706.00009" in out
    assert again["learnt"][0]["due"] == 0
    assert len(graph.hits) == 1


def test_a_dry_run_says_that_no_model_is_asked(run: Run, survey: Path) -> None:
    """The extractive way costs nothing, and a dry run writes no draft."""
    code, said, _ = run("-C", "s", "build", "--dry-run")

    assert code == 0
    assert "no language model is used" in said
    assert not list((survey / "output").rglob("survey.json"))


def test_a_dry_run_tells_questions_and_cost(run: Run, survey: Path) -> None:
    """Without a key being set or a question being asked."""
    settings = survey / "survey.toml"
    text = (
        settings.read_text()
        .replace('method = "extractive"', 'method = "llm"')
        .replace('model = ""', 'model = "openai:x"')
    )
    settings.write_text(text.replace("input_usd_per_million = 0.0", "input_usd_per_million = 1.0"))

    code, said, _ = run("-C", "s", "build", "--dry-run")

    assert code == 0
    assert "requests, 0 cached answers; at most" in said
    assert "US dollars" in said


def test_a_sentence_is_edited_listed_and_undone(run: Run, survey: Path) -> None:
    """The list gives the numbers; the edit is signed in the list, told by status if in doubt, and taken back."""
    run("-C", "s", "-q", "build")
    listed = run("-C", "s", "-q", "edit")[1]
    section = next(line for line in listed.splitlines() if not line.startswith(" "))
    code, made, _ = run("-C", "s", "-q", "edit", section, "1", "--text", "I say [@2001.00001].")
    again = run("-C", "s", "-q", "edit", section)[1]
    dropped = run("-C", "s", "-q", "edit", section, "1", "--drop")[1]

    assert code == 0
    assert f"edit {section}" in made
    assert "I say [@2001.00001]." in again
    assert "removed" in dropped
    assert run("-C", "s", "themes", "undo")[0] == 0
    assert "I say [@2001.00001]." in run("-C", "s", "-q", "edit", section)[1]
    assert run("-C", "s", "-q", "edit", "--from", str(survey / "output" / "ways" / "en" / "survey.md"))[0] == 0


@pytest.mark.parametrize("words", [["x", "--drop", "--keep"], ["--drop"], ["x", "--from", "y"], ["x", "--file", "no"]])
def test_an_edit_needs_one_way_and_one_place(run: Run, survey: Path, words: list[str]) -> None:
    """Two ways at once, none of a section, or a file that is not there, are errors of usage."""
    code, _, said = run("-C", "s", "-q", "edit", *words)

    assert code == 2
    assert said.count("\n") == 2


def test_commands_are_registered_once(run: Run) -> None:
    """Running the command line again in the same process adds no command twice."""
    for _ in range(3):
        run("--version")

    names = [command.name for command in app.registered_commands]
    assert len(names) == len(set(names))


def test_full_texts_are_planned_fetched_added_and_counted(
    run: Run, survey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan goes to stderr before the first page; results are words or JSON, and status counts the texts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # the lock file of the turns
    page = invent_page("2001.00001", 1, "A Way")
    (tmp_path / "second.jsonl").write_text(json.dumps({"arxiv_id": "2001.00002", "title": "A Second Way"}))
    run("-C", "s", "add", "second.jsonl")
    (tmp_path / "2001.00002v1.html").write_bytes(invent_page("2001.00002", 1, "A Second Way"))
    settings = survey / "survey.toml"
    with serving(Replica(pages={"2001.00001v1": page})) as replica:
        text = settings.read_text().replace("https://arxiv.org/html", replica.html_url)
        settings.write_text(text.replace("page_interval_seconds = 15.0", "page_interval_seconds = 0.0"))
        plan = run("-C", "s", "fetch", "--full-text", "--dry-run")
        fetched = run("-C", "s", "fetch", "--full-text", "--ids", "2001.00001")
        added = run("-C", "s", "add", "2001.00002v1.html", "--full-text")
        again = run("-C", "s", "--json", "fetch", "--full-text")

    assert plan[:2] == (0, f"2 pages, 0 s, resumes\n{replica.html_url}/2001.00001v1\n{replica.html_url}/2001.00002v1\n")
    assert fetched[:2] == (0, "full text: 1 read\n")
    assert "full text: 1 page, 0 s, resumes" in fetched[2]
    assert added[:2] == (0, "2001.00002v1.html: added 2001.00002v1\n")
    assert json.loads(again[1]) == {"outcome": "complete", "read": [], "without_page": [], "failed": [], "figures": []}
    assert "full texts                   2" in run("-C", "s", "status")[1]
    assert len(replica.hits) == 1
