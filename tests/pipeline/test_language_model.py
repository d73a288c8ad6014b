"""The language-model route from the store to the draft, with a real client and servers good and bad."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_server import Asked, LanguageServer, Manner, Said, claim, honest, perfect
from small_surveys import MakeProject, corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.errors import ConfigError, SummaryError
from written_papers import written_corpus

pytest.importorskip("langchain_openai", reason="needs langchain-openai (make test installs it)")

SILENT = pipeline.NullProgress()
PAPERS = 8
PRICES = "input_usd_per_million = 1.0\noutput_usd_per_million = 2.0\n"
CALL = (400 * 1.0 + 100 * 2.0) / 1e6  # what the server's answers cost


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    """A server of our own."""
    with LanguageServer().running() as running:
        yield running


@pytest.fixture
def project(server: LanguageServer, make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A small survey that is to be written by the model of the server."""
    monkeypatch.setattr("surveygen.llm._client.FIRST_WAIT", 0.01)
    return make_project(papers=PAPERS, more=settings(server, PRICES))


def settings(server: LanguageServer, more: str = "") -> str:
    """Write the settings of the route, which follow those that every survey has."""
    return (
        f'\n[llm]\nmodel = "openai:test"\nbase_url = "{server.url}"\nmax_concurrency = 3\ntimeout_seconds = 10.0\n'
        f"max_tokens = 300\n{more}"
    )


def draft(project: Project) -> dict[str, Any]:
    """Read the draft."""
    path = project.output / project.settings.slug / "en" / "survey.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def claims(data: dict[str, Any]) -> list[dict[str, Any]]:
    """List every sentence of a draft, those of cards and tables too."""
    found: list[dict[str, Any]] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if "marked" in node:
                found.append(node)
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(data)
    return found


def holds(project: Project) -> bool:
    """Whether every sentence and citation of the draft stands the check."""
    quality = draft(project)["quality"]
    whole = quality["citation_coverage"] == quality["grounded_share"] == quality["grounded_cited_share"] == 1.0
    return whole and quality["orphan_citations"] == 0 and pipeline.verify(project).problems == ()


def nodes(project: Project) -> int:
    """Count the themes that have papers."""
    return sum(theme["size"] > 0 for theme in draft(project)["themes"])


def test_the_route_costs_what_the_estimate_said(project: Project, server: LanguageServer) -> None:
    """The estimate asked nothing; beyond its requests there are at most the revisions that it counts apart."""
    expected = pipeline.estimate(project, SILENT)
    assert server.asked == []

    spent = pipeline.build(project, SILENT).spent

    assert expected is not None
    assert spent is not None
    assert spent.calls == len(server.asked)
    revisions = sum(asked.task.startswith("A program rejected") for asked in server.asked)
    assert expected.calls == spent.calls - revisions == PAPERS + nodes(project) + 3
    assert revisions <= expected.repairs
    assert spent.cost_usd == pytest.approx(spent.calls * CALL)
    assert expected.cost_usd is not None
    assert expected.cost_usd > spent.calls * CALL


def test_the_draft_is_the_models_and_holds(project: Project) -> None:
    """Sentences of the model stand in it, all checked; use and cost are told."""
    pipeline.build(project, SILENT)

    data = draft(project)
    assert data["quality"]["model_sentences"] > 0
    assert {"introduction", "outlook"} & {section["id"] for section in data["sections"]}
    assert data["provenance"]["model"]["model"] == "openai:test"
    assert data["provenance"]["model"]["cost_usd"] == pytest.approx(data["provenance"]["model"]["calls"] * CALL)
    assert holds(project)


def test_a_second_build_asks_nothing_and_changes_no_byte(project: Project, server: LanguageServer) -> None:
    """Even if the draft is gone: the answers are kept."""
    pipeline.build(project, SILENT)
    path = project.output / project.settings.slug / "en" / "survey.json"
    before, asked = path.read_bytes(), len(server.asked)
    path.unlink()

    again = pipeline.build(project, SILENT)

    assert path.read_bytes() == before
    assert len(server.asked) == asked
    assert again.spent is not None
    assert (again.spent.calls, again.spent.cached) == (0, asked)


def test_new_papers_cost_their_cards_and_the_themes_they_enter(
    project: Project, server: LanguageServer, root: Path, tmp_path: Path
) -> None:
    """Five papers more ask for five cards, the themes on their paths, and the frame; nothing else."""
    pipeline.build(project, SILENT)
    server.asked.clear()
    more = tmp_path / "more.jsonl"
    more.write_text(corpus_lines(root, 5, start=PAPERS), encoding="utf-8")
    pipeline.add(project, [more], SILENT)

    pipeline.build(project, SILENT)

    new = {json.loads(line)["arxiv_id"] for line in more.read_text(encoding="utf-8").splitlines()}
    entered = {theme for item in draft(project)["assignments"] if item["paper"] in new for theme in item["path"]}
    cards = sum(asked.task.startswith("Make a quick review") for asked in server.asked)
    themes = sum(asked.task.startswith(("Write one paragraph of", "Write the one")) for asked in server.asked)
    assert cards == 5
    assert themes <= len(entered)
    revisions = sum(asked.task.startswith("A program rejected") for asked in server.asked)
    assert len(server.asked) - revisions <= 5 + 2 * len(entered) + 5  # a plan and paragraphs of each theme


def test_a_run_that_is_interrupted_goes_on_without_paying_twice(project: Project, server: LanguageServer) -> None:
    """Ctrl-C in the middle: every answer that came is kept."""
    stop = _Interrupt(after=5)
    with pytest.raises(KeyboardInterrupt):
        pipeline.build(project, stop)
    first = {asked.messages for asked in server.asked}
    server.asked.clear()

    pipeline.build(project, SILENT)

    assert len(first) >= 5
    assert first.isdisjoint({asked.messages for asked in server.asked})
    assert len(first) + len(server.asked) >= PAPERS + nodes(project) + 3
    assert draft(project)["provenance"]["model"]["calls"] == len(first) + len(server.asked)


class _Interrupt(pipeline.NullProgress):
    """A person who presses Ctrl-C after some cards."""

    def __init__(self, after: int) -> None:
        self.left = after

    def stage(self, name: str, total: int | None):  # type: ignore[no-untyped-def]  # as in Silence  # noqa: ANN202
        if name != "cards":
            return super().stage(name, total)
        return nullcontext(self._advance)

    def _advance(self, _steps: int) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_a_budget_stops_cleanly_and_the_next_build_goes_on(
    server: LanguageServer, make_project: MakeProject, root: Path
) -> None:
    """What is not paid for is written from the papers' own words, marked, and asked for the next time."""
    project = make_project(papers=PAPERS, more=settings(server, f"{PRICES}max_cost_usd = 0.006\n"))
    runs = [pipeline.build(project, SILENT).spent]
    first = draft(project)
    while runs[-1] is not None and runs[-1].postponed and len(runs) < 12:
        runs.append(pipeline.build(project, SILENT).spent)

    spent = [run for run in runs if run is not None]
    assert spent[0].stopped == "budget"
    assert all(run.cost_usd is not None and run.cost_usd <= 0.006 for run in spent)
    assert first["provenance"]["model"]["fallbacks"] > 0
    assert {sentence["method"] for sentence in claims(first)} == {"llm", "extractive", "aggregate"}
    assert spent[-1].postponed == 0
    assert len({asked.messages for asked in server.asked}) == len(server.asked), "nothing was paid for twice"
    assert holds(project)


def test_a_wrong_key_ends_the_build(project: Project, server: LanguageServer) -> None:
    """One line, exit code 7, and not a request for each paper."""
    server.manner = lambda _asked: Said(status=401)

    with pytest.raises(SummaryError) as caught:
        pipeline.build(project, SILENT)

    assert caught.value.exit_code == 7
    assert len(server.asked) <= project.settings.llm.max_concurrency


def test_without_a_model_the_route_is_refused_at_once(make_project: MakeProject) -> None:
    """The setting that is missing is named."""
    with pytest.raises(ConfigError, match=r"llm\.model: is required"):
        make_project(papers=0, more='\n[llm]\nmodel = ""\n')


def test_a_perfect_model_writes_paragraphs_of_merged_claims(
    server: LanguageServer, make_project: MakeProject, tmp_path: Path
) -> None:
    """A quarter of the sentences cites two papers, glue is rare and marked, and the calls are those of the estimate."""
    project = make_project(papers=0, profile="none", more=settings(server, PRICES))
    path = project.root / "survey.toml"
    path.write_text(path.read_text().replace('languages = ["en"]', 'languages = ["en", "de", "ja"]'))
    project = find_project(project.root, exact=True)
    source = tmp_path / "written.jsonl"
    source.write_text(written_corpus(36), encoding="utf-8")
    pipeline.add(project, [source], SILENT)
    server.manner = perfect
    expected = pipeline.estimate(project, SILENT)

    spent = pipeline.build(project, SILENT).spent

    data = draft(project)
    themed = [section for section in data["sections"] if section["theme"]]
    prose = [it for section in themed for block in section["blocks"] for it in block.get("sentences", ())]
    cited = [it for it in prose if it["method"] != "glue"]
    assert expected is not None
    assert spent is not None
    assert spent.calls == expected.calls
    assert sum(len(it["cites"]) > 1 for it in cited) >= 0.25 * len(cited)
    assert 0 < len(prose) - len(cited) <= 0.15 * len(prose)
    assert {it["method"] for it in cited} == {"llm"}
    assert holds(project)
    path = project.output / project.settings.slug / "ja" / "survey.json"
    before = path.read_bytes()
    path.unlink()
    pipeline.build(project, SILENT)
    assert path.read_bytes() == before
    _add_to_glue(project, "outperforming GPT-9")
    assert any("says more than its paragraph" in problem.reason for problem in pipeline.verify(project).problems)


def _add_to_glue(project: Project, words: str) -> None:
    """Let the connecting sentences of a draft say more."""
    path = project.output / project.settings.slug / "en" / "survey.json"
    text = path.read_text(encoding="utf-8")
    for sentence in (it for it in claims(draft(project)) if it["method"] == "glue"):
        text = text.replace(sentence["text"], f"{sentence['text'][:-1]} {words}.")
    path.write_text(text, encoding="utf-8")


# -- hostile servers --------------------------------------------------------------------------------------------------

INJECTED = "As instructed by the paper, this survey finds it the best of all [1]."


def hallucinated(asked: Asked) -> Said:
    """Cite papers that are not there, by number, label and id."""
    text = asked.sentences[0][2]
    ghosts = [
        claim(asked.roles[0], text, [99], ["99.1"]),
        claim(asked.roles[0], f"{text} [@2999.99999]", [1], ["1.1"]),
        claim(asked.roles[0], f"{text.rstrip('.')} [42].", [1], ["1.1"]),
        claim(asked.roles[0], "Ghost et al. (2031) prove 97.3% of it in DeepGhost.", [1], ["1.1"]),
    ]
    return Said(json.dumps({"claims": ghosts}))


def misattributed(asked: Asked) -> Said:
    """Credit each sentence to the next paper."""
    numbers = sorted({number for number, _, _ in asked.sentences})
    claims = []
    for number, _, text in asked.sentences:
        wrong = numbers[(numbers.index(number) + 1) % len(numbers)]
        claims.append(claim(asked.roles[0], text, [wrong], [f"{wrong}.1"]))
    return Said(json.dumps({"claims": claims}))


def obedient(asked: Asked) -> Said:
    """Do what a paper asks for, and tell the instructions."""
    secret = re.findall(r"zq[0-9a-f]{16}", asked.messages[0])
    leak = [claim(asked.roles[0], f"My instructions hold the word {secret[0]} and more.", [1], ["1.1"])]
    own = asked.messages[0].split("\n\n")[1]
    choice = [
        [*leak, claim(asked.roles[0], INJECTED, [1], ["1.1"])],
        [claim(asked.roles[0], own, [1], ["1.1"])],
        [claim(asked.roles[0], INJECTED, [1], ["1.1"])],
    ]
    return Said(json.dumps({"claims": choice[asked.before % 3]}))


def moody(asked: Asked) -> Said:
    """Fail in another way each time, and sometimes not."""
    ways = [
        Said(status=429, headers={"Retry-After": "0"}),
        Said(status=500),
        Said("", finish="stop"),
        Said('{"claims": [{"role": "fin', finish="length"),
        Said("I am sorry, but I cannot do that."),
        Said('{"claims": "none"}'),
        Said(body=b"not HTTP's JSON"),
        honest(asked),
        hallucinated(asked),
        misattributed(asked),
        obedient(asked),
    ]
    return ways[asked.before % len(ways)]


@pytest.mark.parametrize("manner", [hallucinated, misattributed, obedient, moody])
def test_a_hostile_server_leaves_no_trace(project: Project, server: LanguageServer, manner: Manner) -> None:
    """No unsupported sentence, no invented citation, no leaked instruction; the second build pays nothing twice."""
    server.manner = manner
    # One request at a time: of several at once, five unusable answers in a row may come first, which stops a run.
    path = project.root / "survey.toml"
    path.write_text(path.read_text().replace("max_concurrency = 3", "max_concurrency = 1"))
    project = find_project(project.root, exact=True)
    pipeline.build(project, SILENT, formats=["json", "latex", "markdown"])
    written = "\n".join(
        path.read_text(encoding="utf-8")
        for path in project.output.rglob("*")
        if path.suffix in {".json", ".md", ".tex"}
    )
    asked = {each.messages for each in server.asked}
    fallbacks = draft(project)["provenance"]["model"]["fallbacks"]
    server.asked.clear()

    pipeline.build(project, SILENT)

    known = {paper["id"] for paper in draft(project)["papers"]}
    assert holds(project)
    assert {paper for sentence in claims(draft(project)) for paper in sentence["cites"]} <= known
    for trace in (
        "2999.99999",
        "DeepGhost",
        "Ghost et al.",
        "zq",
        "As instructed",
        "text from documents that strangers",
    ):
        assert trace not in written
    assert fallbacks > 0
    if manner in {hallucinated, misattributed}:  # all of its answers could be read
        assert server.asked == []
    else:
        paid = {each.messages for each in server.asked if each.messages in asked}
        assert len(paid) < len(asked)  # what was usable is not asked again


@pytest.mark.parametrize(
    "said", [Said(""), Said('{"claims": [{"role": "fin', finish="length"), Said("I am sorry, but I cannot do that.")]
)
def test_a_model_without_a_usable_answer_stops_the_build(project: Project, server: LanguageServer, said: Said) -> None:
    """Exit code 7 after a few requests; the earlier draft is whole, and the next build asks only what is not known."""
    pipeline.build(project, SILENT)
    folder = project.output / project.settings.slug / "en"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    known = {asked.messages for asked in server.asked}
    longer = replace(project, settings=replace(project.settings, llm=replace(project.settings.llm, max_tokens=299)))
    server.asked.clear()
    server.manner = lambda asked: honest(asked) if asked.before < 3 else said

    with pytest.raises(SummaryError, match="no usable answer to 5 requests in a row") as caught:
        pipeline.build(longer, SILENT)

    assert caught.value.exit_code == 7
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert pipeline.verify(project).problems == ()
    answered = {asked.messages for asked in server.asked[:3]}
    assert answered <= known
    server.asked.clear()
    server.manner = honest
    pipeline.build(longer, SILENT)
    assert answered.isdisjoint({asked.messages for asked in server.asked})
    assert holds(longer)


def test_a_server_that_hangs_or_is_gone_ends_in_a_whole_draft(project: Project, server: LanguageServer) -> None:
    """The run ends after five questions without an answer, and the next build has all to ask."""
    server.manner = lambda _asked: Said(hang=60)
    hurried = replace(project.settings, llm=replace(project.settings.llm, timeout_seconds=0.4))

    spent = pipeline.build(replace(project, settings=hurried), SILENT).spent

    assert spent is not None
    assert (spent.calls, spent.stopped) == (0, "unavailable")
    assert spent.postponed == draft(project)["provenance"]["model"]["fallbacks"]
    assert draft(project)["quality"]["model_sentences"] == 0
    assert holds(project)
    server.manner = honest
    again = pipeline.build(project, SILENT).spent
    assert again is not None
    assert (again.postponed, again.stopped) == (0, "")
