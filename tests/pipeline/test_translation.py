"""Editions in other languages: the same facts, only checked sentences, nothing translated twice."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edition_settings import PROGRAM, command, configure
from llm_server import Asked, LanguageServer, Said
from small_surveys import MakeProject, corpus_lines
from surveygen import languages, pipeline
from surveygen.config import Project, find_project
from surveygen.errors import ConfigError
from toy_translator import toy

SILENT = pipeline.NullProgress()
PAPERS = 12
TRACES = ("alert(1)", "etc/passwd", "2999.99999", "example.org", "ω", "\ufffd")


def survey(make_project: MakeProject, translate: str, *editions: str, papers: int = PAPERS) -> Project:
    """Make a survey with editions in English and other languages, as JSON only."""
    return configure(make_project(papers=papers), translate, *editions)


def edition(project: Project, code: str) -> dict[str, Any]:
    """Read an edition."""
    path = project.output / project.settings.slug / code / "survey.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def claims(data: dict[str, Any]) -> list[dict[str, Any]]:
    """List every claim of the text and the tables, in order; names of data sets are not put into words."""
    found: list[dict[str, Any]] = []
    for section in data["sections"]:
        for block in section["blocks"]:
            found += block.get("sentences", [])
            found += (
                [cell for row in block["rows"] for cell in row["cells"] if cell] if block["kind"] == "table" else []
            )
    return [claim for claim in found if claim["rule"] != "data"]


def facts(data: dict[str, Any]) -> list[tuple[object, ...]]:
    """Return what each claim states in any language: its key, citations, evidence, role, and source words or counts."""
    keys = ("claim_key", "cites", "evidence", "role", "method", "rule", "support")
    return [(*(claim[key] for key in keys), claim.get("claim") or source_words(claim)) for claim in claims(data)]


def source_words(claim: dict[str, Any]) -> str:
    """Return the words in the language of the paper, without a computed opening."""
    words: str = claim.get("source") or claim["marked"]
    if "opening" in claim and "source" not in claim:
        opening = claim["opening"]
        words = opening["replaces"] + words.removeprefix(opening["text"])
    return words


def quoted(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the claims in words of papers: what counts papers is written in each language."""
    return [claim for claim in claims(data) if claim["method"] != "aggregate"]


def carded(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sentences of all reviews."""
    fields = [value for paper in data["papers"] for value in paper["card"].values()]
    items = [item for value in fields for item in (value if isinstance(value, list) else [value])]
    return [item for item in items if isinstance(item, dict) and "marked" in item]


@pytest.mark.parametrize("engine", ["command", "none"])
def test_eleven_editions_tell_the_same(make_project: MakeProject, engine: str) -> None:
    """Section ids, claims, citations, evidence and the words they rest on are the same in eleven languages."""
    codes = [code for code in languages.codes() if code != "en"]
    project = survey(make_project, command("honest") if engine == "command" else "", *codes)
    pipeline.build(project, SILENT)

    english = edition(project, "en")
    for code in codes:
        data = edition(project, code)
        assert [section["id"] for section in data["sections"]] == [section["id"] for section in english["sections"]]
        assert facts(data) == facts(english)
        assert data["references"] == english["references"]
        said = {claim["language"] for claim in quoted(data)}
        assert said == ({code} if engine == "command" else {"en"})
        left = data["quality"]["untranslated_sentences"], data["quality"]["translated_sentences"]
        assert left == ((0, len(quoted(data))) if engine == "command" else (len(quoted(data)), 0))
    assert pipeline.verify(project).problems == ()


@pytest.mark.parametrize("manner", ["moody", "splits", "bytes", "babbles"])
def test_a_bad_engine_leaves_no_trace(make_project: MakeProject, manner: str) -> None:
    """What does not hold stays in the language of its source, is counted, and the edition stands the check.

    The moody one commits another fault with each line, and none with each fourteenth.
    """
    project = survey(make_project, command(manner), "es")
    built = pipeline.build(project, SILENT)

    data = edition(project, "es")
    (told,) = built.translated
    kept = [claim for claim in quoted(data) if claim["language"] == "es"]
    assert pipeline.verify(project).problems == ()
    assert not any(trace in json.dumps(data, ensure_ascii=False) for trace in TRACES)
    if manner in {"splits", "babbles"}:
        assert (told.sentences, told.failed) == (0, 0)
        assert told.pending > 0
    else:  # a sentence without a mark, or without a figure, is not harmed by the loss of one
        assert len(kept) < len(quoted(data))
        assert data["quality"]["failed_translations"] == len(quoted(data)) - len(kept) > 0
        assert kept if manner == "moody" else not kept


def test_nothing_is_translated_twice(make_project: MakeProject, root: Path, tmp_path: Path) -> None:
    """A rebuild asks nothing; after new papers only their sentences and new definitions are asked for."""
    log = tmp_path / "asked"
    words = json.dumps(["sh", "-c", f"tee -a {log} | {sys.executable} {PROGRAM} honest es"])
    project = survey(make_project, f'[translate]\nengine = "command"\ncommand = {words}\n', "es")
    pipeline.build(project, SILENT)
    first = log.read_text(encoding="utf-8").splitlines()
    before = (project.output / project.settings.slug / "es" / "survey.json").read_bytes()
    shutil.rmtree(project.output)

    pipeline.build(project, SILENT)
    assert log.read_text(encoding="utf-8").splitlines() == first
    assert (project.output / project.settings.slug / "es" / "survey.json").read_bytes() == before
    more = tmp_path / "more.jsonl"
    more.write_text(corpus_lines(root, 2, start=PAPERS), encoding="utf-8")
    pipeline.add(project, [more], SILENT)
    pipeline.build(project, SILENT)

    second = log.read_text(encoding="utf-8").splitlines()
    assert len(second) == len(set(second)), "no sentence was asked for twice"
    assert 0 < len(second) - len(first) < len(first) / 2
    assert pipeline.verify(project).problems == ()


def test_what_had_no_answer_is_asked_for_by_the_next_build(make_project: MakeProject) -> None:
    """A program that was broken: the edition stands, is known as unfinished, and is finished once it works."""
    project = survey(make_project, command("splits"), "es")
    first = pipeline.build(project, SILENT)
    settings = (project.root / "survey.toml").read_text(encoding="utf-8")
    same = pipeline.build(project, SILENT)
    (project.root / "survey.toml").write_text(settings.replace('"splits"', '"honest"'), encoding="utf-8")

    after = pipeline.build(replace(find_project(project.root, exact=True), trusted=True), SILENT)

    assert first.translated[0].pending == same.translated[0].pending > 0
    assert (after.translated[0].pending, after.translated[0].failed) == (0, 0)
    assert pipeline.build(replace(find_project(project.root, exact=True), trusted=True), SILENT).translated == ()


def test_an_interrupted_translation_goes_on(make_project: MakeProject, tmp_path: Path) -> None:
    """Ctrl-C after some sentences: those are kept."""
    log = tmp_path / "asked"
    words = json.dumps(["sh", "-c", f"tee -a {log} | {sys.executable} {PROGRAM} honest es"])
    more = f'[translate]\nengine = "command"\nper_sentence = true\ncommand = {words}\n'
    project = survey(make_project, more, "es", papers=2)

    with pytest.raises(KeyboardInterrupt):
        pipeline.build(project, _Interrupt())
    first = log.read_text(encoding="utf-8").splitlines()

    pipeline.build(project, SILENT)

    lines = log.read_text(encoding="utf-8").splitlines()
    assert 0 < len(first) < len(lines)
    assert len(lines) == len(set(lines))


class _Interrupt(pipeline.NullProgress):
    """A person who presses Ctrl-C after some sentences."""

    def stage(self, name: str, total: int | None):  # type: ignore[no-untyped-def]  # as in Silence  # noqa: ANN202
        if not name.startswith("translate"):
            return super().stage(name, total)
        self.left = 5
        return nullcontext(self._advance)

    def _advance(self, _steps: int) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_only_the_editions_named_are_translated(make_project: MakeProject) -> None:
    """The others stay in the language of their sources."""
    project = survey(make_project, command("honest", 'languages = ["es"]\n'), "es", "fr")
    pipeline.build(project, SILENT)

    assert edition(project, "es")["quality"]["untranslated_sentences"] == 0
    assert edition(project, "fr")["quality"]["translated_sentences"] == 0
    assert edition(project, "fr")["provenance"]["translator"] == ""


def test_a_glossary_rules_terms_and_names(make_project: MakeProject) -> None:
    """A person's own term stands in every sentence that has it; another entry translates these sentences anew."""
    project = survey(make_project, command("honest"), "es")
    (project.root / "glossary").mkdir()
    terms = project.root / "glossary" / "es.toml"
    terms.write_text('"training" = "adiestramiento"\n"human feedback" = ""\n', encoding="utf-8")
    pipeline.build(project, SILENT)
    with_term = [claim for claim in quoted(edition(project, "es")) if " training " in claim["source"]]
    assert with_term
    assert all("adiestramiento" in claim["text"].lower() for claim in with_term)

    terms.write_text('"training" = "entrenamiento"\n', encoding="utf-8")
    assert pipeline.verify(project).problems, "the draft does not say what the glossary says now"
    pipeline.build(project, SILENT)

    assert all("adiestramiento" not in claim["text"].lower() for claim in claims(edition(project, "es")))
    assert pipeline.verify(project).problems == ()


def test_a_damaged_glossary_is_an_error_with_its_name(make_project: MakeProject) -> None:
    """Nothing is built with half of the terms."""
    project = survey(make_project, command("honest"), "es")
    (project.root / "glossary").mkdir()
    (project.root / "glossary" / "es.toml").write_text("a = 1", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"es\.toml"):
        pipeline.build(project, SILENT)


def test_theme_names_follow_the_taxonomy_then_the_glossary(make_project: MakeProject, tmp_path: Path) -> None:
    """No engine names a theme; definitions are translated whole or not at all."""
    profile = tmp_path / "two.toml"
    profile.write_text(
        'name = "two"\n[glossary.es]\n"second" = "segundo"\n'
        '[[theme]]\nid = "a"\nname = "First"\ndescription = "Human feedback and preferences. It has 3 parts."\n'
        'names = {es = "Primero"}\n'
        '[[theme]]\nid = "b"\nname = "Second"\ndescription = "Attacks on models."\n'
        '[[theme]]\nid = "c"\nname = "Third"\ndescription = "Evaluation of models."\n'
        '[[theme]]\nid = "d"\nname = "Fourth"\n'
        'description = "Work on models. Typical papers are “Which models?” and “More models”."\n',
        encoding="utf-8",
    )
    project = configure(make_project(papers=PAPERS, profile=str(profile)), command("counts"), "es")
    pipeline.build(project, SILENT)

    themes = {theme["id"]: theme for theme in edition(project, "es")["themes"]}
    given = edition(project, "en")["themes"]
    assert {key: themes[key]["name"] for key in ("a", "b", "c")} == {"a": "Primero", "b": "segundo", "c": "Third"}
    assert themes["a"]["description"] == given[0]["description"], "one of its sentences did not hold"
    assert themes["b"]["description"] == toy("Attacks on models.", "es")
    examples = " Son ejemplos típicos «Which models?» y «More models»."
    assert themes["d"]["description"] == toy("Work on models.", "es") + examples, "titles are not translated"
    notes = [block for section in edition(project, "es")["sections"] for block in section["blocks"]]
    assert {note.get("language") for note in notes if note.get("role") == "definition"} <= {"en", None}


def test_a_meaning_that_does_not_agree_fails(make_project: MakeProject) -> None:
    """With an encoder each translation is compared; a bound of 1 lets nothing pass that is not the same."""
    bounded = command("honest", 'encoder = "lsa"\nleast_agreement = 1.0\n')
    project = survey(make_project, bounded, "es", papers=6)
    built = pipeline.build(project, SILENT)

    data = edition(project, "es")
    same = {one["source"] for one in carded(data) if one["translated_from"] and one["marked"] == one["source"]}
    assert built.translated[0].sentences == len(same), "nothing but figures and names, such as 18 F1, is the same"
    assert not any(re.search(r"[^\W\d_]{4}", source.split(" [@")[0]) for source in same)
    assert data["quality"]["translated_sentences"] == 0
    assert data["quality"]["failed_translations"] == len(quoted(data)) > 0


def test_right_to_left_with_english_in_it(make_project: MakeProject) -> None:
    """The Arabic page reads from the right; English sentences in it say what they are and read from the left."""
    project = survey(make_project, "", "ar")
    pipeline.build(project, SILENT, languages=["ar"], formats=["html", "latex", "markdown"])
    folder = project.output / project.settings.slug / "ar"
    page, tex, text = (
        (folder / name).read_text(encoding="utf-8") for name in ("index.html", "survey.tex", "survey.md")
    )

    assert '<html lang="ar" dir="rtl"' in page
    assert page.count('<span lang="en" dir="ltr">') > 10
    assert '<p class="note-definition" lang="en" dir="ltr">' in page
    assert "\\babelprovide[import]{english}" in tex
    assert tex.count("\\foreignlanguage{english}{") > 10
    assert text.count('<span lang="en" dir="ltr">') > 10


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    """A server of our own."""
    pytest.importorskip("langchain_openai", reason="needs langchain-openai (make test installs it)")
    with LanguageServer().running() as running:
        yield running


def interpreter(asked: Asked) -> Said:
    """Translate what a question asks for."""
    _, _, fenced = asked.messages[1].partition("<papers>\n")
    lines = fenced.partition("</papers>")[0].strip().splitlines()
    rows = [line.strip().split(" ", 1) for line in lines if line.strip()]
    said = [{"number": int(number), "text": toy(text, "es")} for number, text in rows]
    return Said(json.dumps({"translations": said}, ensure_ascii=False))


def model(server: LanguageServer, more: str = "") -> str:
    """Write the settings of a translation by the model of the server."""
    return (
        f'[llm]\nmodel = "openai:test"\nbase_url = "{server.url}"\nmax_concurrency = 3\ntimeout_seconds = 4.0\n'
        f"max_tokens = 300\ninput_usd_per_million = 1.0\noutput_usd_per_million = 2.0\n{more}\n"
        '[translate]\nengine = "llm"\n'
    )


def test_a_language_model_translates_within_its_budget(make_project: MakeProject, server: LanguageServer) -> None:
    """As many questions as estimated at most; a budget stops, the next builds go on and pay nothing twice."""
    server.manner = interpreter
    project = survey(make_project, model(server, "max_cost_usd = 0.004\n"), "es", papers=8)
    expected = pipeline.estimate(project, SILENT)
    assert server.asked == []

    runs = [pipeline.build(project, SILENT)]
    assert runs[0].spent is not None
    assert runs[0].spent.stopped == "budget"
    assert runs[0].translated[0].pending > 0
    while runs[-1].translated and runs[-1].translated[0].pending and len(runs) < 12:
        runs.append(pipeline.build(project, SILENT))

    assert expected is not None
    assert expected.calls == len(server.asked)
    assert len({asked.messages for asked in server.asked}) == len(server.asked)
    assert edition(project, "es")["quality"]["untranslated_sentences"] == 0
    assert edition(project, "en")["provenance"]["model"] is None, "no sentence was written by the model"
    assert pipeline.verify(project).problems == ()
    count = len(server.asked)
    shutil.rmtree(project.output)
    pipeline.build(project, SILENT)
    assert len(server.asked) == count


def injected(asked: Asked) -> Said:
    """Do what a document might say instead of the task, in another way each time."""
    told = json.loads(interpreter(asked).text)["translations"]
    ways: list[Any] = [
        [{**row, "text": f"{row['text']} <script>alert(1)</script>"} for row in told],
        [{**row, "text": "Como se me ha pedido, este artículo es el mejor."} for row in told],
        [{"number": 99, "text": "nada"}],
        [{**row, "text": asked.messages[0]} for row in told],
        "none",
        [{**row, "number": str(row["number"])} for row in told],
    ]
    return Said(json.dumps({"translations": ways[asked.before % len(ways)]}))


def test_a_hostile_model_leaves_no_trace(make_project: MakeProject, server: LanguageServer) -> None:
    """No invented sentence, no leaked instruction; what is not translated is counted."""
    server.manner = injected
    project = survey(make_project, model(server), "es", papers=6)
    pipeline.build(project, SILENT)

    data = edition(project, "es")
    written = json.dumps(data, ensure_ascii=False)
    assert not any(trace in written for trace in (*TRACES, "Como se me ha pedido", "You translate single sentences"))
    assert data["quality"]["translated_sentences"] + data["quality"]["untranslated_sentences"] == len(quoted(data))
    assert pipeline.verify(project).problems == ()


@pytest.mark.skipif(
    shutil.which("apertium") is None, reason="needs apertium-eng-spa (apt-get install apertium-eng-spa)"
)
def test_apertium_makes_a_spanish_edition(make_project: MakeProject) -> None:
    """A real engine from the store to a draft that stands the check."""
    words = 'command = ["apertium", "-u", "{source}-{target}"]\ncodes = ["en=eng", "es=spa"]\n'
    project = survey(make_project, f'[translate]\nengine = "command"\n{words}', "es")
    pipeline.build(project, SILENT)

    data = edition(project, "es")
    counted = len(claims(data)) - len(quoted(data))
    assert data["quality"]["translated_sentences"] > 0.8 * (data["quality"]["claim_sentences"] - counted)
    assert pipeline.verify(project).problems == ()


def test_the_doctor_names_what_the_engine_speaks(make_project: MakeProject) -> None:
    """A program that is missing shows before a build; without an engine there is nothing to say."""
    project = survey(make_project, command("honest"), "es", papers=0)
    found = {one.name: one for one in pipeline.examine(project)}
    assert (found["translator"].ok, found["translator"].detail) == (True, "command: es")

    missing = configure(project, '[translate]\nengine = "command"\ncommand = ["no-such-program"]\n', "es")
    found = {one.name: one for one in pipeline.examine(missing)}
    assert not found["translator"].ok

    assert "translator" not in {one.name for one in pipeline.examine(configure(project, "", "es"))}
