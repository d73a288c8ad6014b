"""Hostile servers repeat the key that they were sent; it stands in no output and in no file."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from citation_server import Graph, serving_graph
from llm_server import LanguageServer, Said, claim
from small_surveys import FORMATS, MakeProject
from surveygen.cli import main
from surveygen.config import Project

pytest.importorskip("langchain_openai", reason="needs langchain-openai (make test installs it)")

KEY = "sk-Hush/9+aQ=zz-4711-Mw"
FORMS: dict[str, Callable[[], str]] = {
    "plain": lambda: KEY,
    "url": lambda: quote(KEY, safe=""),
    "base64": lambda: base64.b64encode(f"Bearer {KEY}".encode()).decode(),
    "json": lambda: "".join(f"\\u{ord(char):04x}" for char in KEY),
    "upper": KEY.upper,
}
Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command with keys in the environment; return all that it printed, its traceback included."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("SURVEYGEN_API_KEY", "OPENALEX_API_KEY", "SEMANTIC_SCHOLAR_API_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setattr("surveygen.llm._client.FIRST_WAIT", 0.01)

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["surveygen", "--debug", *words])
        try:
            main()
        except SystemExit:
            pass
        except Exception:  # noqa: BLE001  # what the interpreter would print
            sys.excepthook(*sys.exc_info())
        said = capsys.readouterr()
        return said.out + said.err

    return run


def check(said: str, project: Project) -> None:
    """Look for any form of the key in what was printed, and in every file of the project."""
    texts = {"printed": said.encode()}
    texts |= {str(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    core = base64.b64encode(f"Bearer {KEY}".encode()).decode()[12:-4]
    forms = [KEY, quote(KEY, safe=""), core, FORMS["json"]()]
    for name, data in texts.items():
        lower = data.lower()
        assert not [form for form in forms if form.lower().encode() in lower], name


def graph_answers(word: str) -> dict[str, tuple[int, bytes, dict[str, str]]]:
    """Repeat a word in the places of an answer over HTTP that can reach a message or the store."""
    data = {"Content-Type": "application/json"}
    named = b'[{"paperId": "%s", "externalIds": {}, "title": "T", "citationCount": 1, "references": [{"paperId": null, '
    named += b'"externalIds": null, "title": "All about %s", "year": 2020, "authors": [{"name": "%s"}]}]}]'
    sha = b"0" * 40
    return {
        "error text": (400, json.dumps({"error": "no"}).replace("no", word).encode(), data),
        "end of a long text": (400, json.dumps({"error": f"{'no ' * 60}end"}).replace("end", word).encode(), data),
        "refusal": (401, f'{{"message": "the key {word} is unknown"}}'.encode(), {**data, "X-Key": word.strip("\\")}),
        "content type": (200, b"{}", {"Content-Type": f"text/{word}"}),
        "redirect": (302, b"", {"Location": f"https://elsewhere.example/{word}?key={word}"}),
        "title and author": (200, named % (sha, word.encode(), word.encode()), data),
    }


@pytest.fixture
def graph() -> Iterator[Graph]:
    """A citation server."""
    with serving_graph(Graph({})) as running:
        yield running


@pytest.mark.parametrize("place", graph_answers(""))
def test_a_citation_server_that_repeats_the_key(
    make_project: MakeProject, graph: Graph, run: Run, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """In the text of an error, a header, a redirect or a title: it is neither printed nor stored."""
    address = f'[citations]\nproviders = ["semantic_scholar"]\nsemantic_scholar_url = "{graph.url}/graph/v1"\n'
    project = make_project(papers=1, formats=FORMATS)
    settings = project.root / "survey.toml"
    head, _, rest = settings.read_text(encoding="utf-8").partition("[citations]")
    head = head.replace('"https://export.arxiv.org/api/query"', f'"{graph.url}"')
    head = head.replace("min_interval_seconds = 3.0", "min_interval_seconds = 0.0")
    settings.write_text(f"{head}{address}\n[embed]{rest.partition('[embed]')[2]}", encoding="utf-8")
    for form in FORMS if place != "content type" else ["plain"]:  # which is asked for again, with pauses
        answer = graph_answers(FORMS[form]())[place]
        monkeypatch.setitem(sys.modules["citation_server"]._FAULTS, "repeats", lambda _s, _b, answer=answer: answer)
        graph.otherwise = "repeats"

        said = run("-C", str(project.root), "citations")

        assert graph.hits
        assert {name.lower(): value for name, value in graph.hits[-1].headers.items()}["x-api-key"] == KEY
        check(said, project)


def model_answers(word: str) -> dict[str, Said]:
    """Repeat a word in the places of an answer of a model that can reach a message, a draft or the store."""
    text = f"The key {word} shows that reward models fail."
    body = json.dumps({"claims": [claim("finding", "TEXT", [1], ["1.1"])]}).replace("TEXT", text)
    return {
        "claim": Said(body),
        "no JSON": Said(text),
        "error": Said(status=401, body=f'{{"error": {{"message": "Incorrect API key: {word}"}}}}'.encode()),
        "server error": Said(status=500, body=text.encode(), headers={"Retry-After": "0"}),
        "broken": Said(body=f"<html>{word}</html>".encode(), headers={"Content-Type": f"text/{word.strip(chr(92))}"}),
    }


@pytest.mark.parametrize("place", model_answers(""))
def test_a_model_server_that_repeats_the_key(make_project: MakeProject, run: Run, place: str) -> None:
    """In an answer or an error, of any form: it stands neither in what is printed nor in a draft nor in the cache."""
    with LanguageServer().running() as server:
        more = f'\n[llm]\nmodel = "openai:test"\nbase_url = "{server.url.replace("//", "//user:pass-word-1234@")}"\n'
        project = make_project(papers=1, profile="none", more=more, formats=FORMATS)
        for form in FORMS:
            said = model_answers(FORMS[form]())[place]
            server.manner = lambda _asked, said=said: said  # type: ignore[misc]
            printed = run("-C", str(project.root), "build")
            check(printed, project)
            assert "pass-word-1234" not in printed
            assert b"pass-word-1234" not in project.answers.read_bytes() if project.answers.is_file() else True
        assert server.asked
