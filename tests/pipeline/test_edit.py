"""What a person writes over a draft is recognized, kept, shown as theirs and looked after."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from small_surveys import corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId
from surveygen.errors import ConfigError

SILENT = pipeline.NullProgress()
NEW = "Judges need help, as I see it"


class Notes(pipeline.NullProgress):
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, message: str) -> None:
        """Keep a line."""
        self.said.append(message)


def markdown(project: Project, language: str = "en") -> Path:
    """Return the Markdown edition."""
    return project.output / "sample" / language / "survey.md"


def data(project: Project, language: str = "en", formats: tuple[str, ...] = ("json", "markdown")) -> dict[str, Any]:
    """Build an edition, and read survey.json."""
    pipeline.build(project, SILENT, languages=(language,), formats=formats)
    found: dict[str, Any] = json.loads((project.output / "sample" / language / "survey.json").read_text("utf-8"))
    return found


def sentences(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the claims of the running text."""
    return [
        {**sentence, "section": section["id"]}
        for section in found["sections"]
        for block in section["blocks"]
        for sentence in block.get("sentences", ())
    ]


def hands(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the claims that a person worded."""
    return [one for one in sentences(found) if one["hand"]]


@pytest.fixture
def theme(copy: Project) -> pipeline.EditableUnit:
    """The first sentence of a theme that cites one paper."""
    units = (one for one in pipeline.editable_units(copy, SILENT) if one.section.startswith("theme-"))
    return next(one for one in units if _is_claim(one) and one.text.count("[@") == 1)


def _is_claim(line: pipeline.EditableUnit) -> bool:
    return line.kind == "sentence"


def rewrite(project: Project, change: Callable[[str], str], language: str = "en") -> None:
    """Edit the Markdown edition as a person would."""
    path = markdown(project, language)
    path.write_text(change(path.read_text("utf-8")), encoding="utf-8")


def replaced(line: pipeline.EditableUnit, words: str) -> Callable[[str], str]:
    """Put words in place of those behind the name of a claim, its citations left as they are."""
    behind = rf"(<!-- {line.claim} -->)[^\\<\n]+?(\s*\\\[)"
    return lambda text: re.sub(behind, lambda found: f"{found[1]}{words}{found[2]}", text, count=1)


def cited(line: pipeline.EditableUnit) -> str:
    """Return the first paper that a sentence cites."""
    found: list[str] = re.findall(r"\[@([^\]]+)\]", line.text)
    return found[0]


def test_an_edition_as_it_was_written_gives_no_edits(copy: Project) -> None:
    """Nothing is decided, whatever the line ends are."""
    taken = pipeline.import_edits(copy, SILENT, markdown(copy))
    rewrite(copy, lambda text: text.replace("\n", "\r\n"))

    assert (taken.decisions, taken.other_changes) == ((), False)
    assert pipeline.import_edits(copy, SILENT, markdown(copy)) == taken


def test_an_edited_edition_is_taken_up_before_it_is_written_anew(copy: Project, theme: pipeline.EditableUnit) -> None:
    """The sentence stands in every format with author and day, still cites what it cited, and verify names it."""
    rewrite(copy, replaced(theme, NEW))
    (made,) = hands(data(copy, formats=()))
    page, tex, text = (markdown(copy).with_name(name).read_text("utf-8") for name in _FILES)

    assert made["marked"] == f"{NEW} [@{cited(theme)}]."
    assert (made["method"], made["claim_key"], made["cites"]) == ("human", theme.claim, [cited(theme)])
    assert made["evidence"]
    for written in (page, tex, text):
        assert NEW in written
        assert "edited by" in written
    report = pipeline.verify(copy)
    assert (report.problems, report.human, report.doubted) == ((), 1, ())
    assert pipeline.import_edits(copy, SILENT, markdown(copy)).decisions == ()


_FILES = ("index.html", "survey.tex", "survey.md")


def test_an_edit_survives_new_papers(copy: Project, theme: pipeline.EditableUnit, root: Path, tmp_path: Path) -> None:
    """Papers that come later change neither its words nor its section."""
    pipeline.edit(copy, SILENT, theme.section, theme.claim, f"{NEW} [@{cited(theme)}].")
    more = tmp_path / "more.jsonl"
    more.write_text(corpus_lines(root, 30, start=60), encoding="utf-8")
    pipeline.add(copy, [more], SILENT)

    (made,) = hands(data(copy))

    assert (made["section"], made["text"]) == (theme.section, f"{NEW}.")


def test_another_edition_keeps_the_words_in_their_language(copy: Project, theme: pipeline.EditableUnit) -> None:
    """The German edition shows the English sentence, marked; a translation by a person holds there alone."""
    pipeline.edit(copy, SILENT, theme.section, theme.claim, f"{NEW} [@{cited(theme)}].")
    german = hands(data(copy, "de", ()))[0]
    page = markdown(copy, "de").with_name("index.html").read_text("utf-8")
    pipeline.edit(copy, SILENT, theme.section, theme.claim, "Richter brauchen Hilfe.", language="de")

    assert (german["text"], german["language"]) == (f"{NEW}.", "en")
    assert re.search(rf'<span lang="en" dir="ltr">(?:(?!<span lang).)*{NEW}', page, re.DOTALL)
    assert "bearbeitet von" in page
    assert [hands(data(copy, one))[0]["text"] for one in ("en", "de")] == [f"{NEW}.", "Richter brauchen Hilfe."]


def test_dropped_words_come_back_when_they_are_kept(copy: Project, theme: pipeline.EditableUnit) -> None:
    """A sentence whose words and name are deleted is gone from every edition, and listed with its number."""
    rewrite(copy, lambda text: re.sub(rf"<!-- {theme.claim} -->[^\n]*?(?=<!--|\n)", "", text, count=1))
    without = [one["claim_key"] for one in sentences(data(copy))]
    listed = pipeline.editable_units(copy, SILENT, theme.section)
    number = next(n for n, one in enumerate(listed, start=1) if one.claim == theme.claim)
    pipeline.confirm_sentence(copy, SILENT, theme.section, str(number))

    assert theme.claim not in without
    assert listed[number - 1].kind == "dropped"
    assert theme.claim in [one["claim_key"] for one in sentences(data(copy))]


def test_the_text_of_a_section_can_be_replaced_as_a_whole(copy: Project, theme: pipeline.EditableUnit) -> None:
    """No sentence of the program stands beside it, and undoing brings them all back."""
    before = [one for one in sentences(data(copy)) if one["section"] == theme.section]
    pipeline.edit(copy, SILENT, theme.section, "", f"All of it, in short [@{cited(theme)}].")
    (made,) = [one for one in sentences(data(copy)) if one["section"] == theme.section]
    pipeline.undo(copy)

    assert made["text"] == "All of it, in short."
    assert [one for one in sentences(data(copy)) if one["section"] == theme.section] == before


def test_a_definition_can_be_edited(copy: Project) -> None:
    """It names the person, and needs no citation."""
    line = next(one for one in pipeline.editable_units(copy, SILENT) if one.kind == "definition")
    rewrite(copy, lambda text: re.sub(rf"(<!-- {line.claim} -->)[^\n]*\*", r"\1What I mean by it.*", text, count=1))
    found = data(copy)
    notes = [block for section in found["sections"] for block in section["blocks"] if block.get("hand")]

    assert [(one["text"], one["claim"]) for one in notes] == [("What I mean by it.", line.claim)]
    assert markdown(copy).read_text("utf-8").count("What I mean by it.") == 1
    assert pipeline.import_edits(copy, SILENT, markdown(copy)).decisions == ()


def change(project: Project, paper: str, **words: Any) -> None:
    """Let a paper become different in the store."""
    with Store.open(project.database) as store:
        known = store.papers.get(PaperId(paper))
        assert known is not None
        store.import_records([known.with_changes(**words)], source="later", at="2027-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("version", {"version": 7, "datestamp": "2027-01-01"}),
        ("words", {"version": 7, "abstract": "We say something else. It is short.", "datestamp": "2027-01-01"}),
        ("withdrawn", {"status": "withdrawn", "datestamp": "2027-01-01"}),
        ("gone", None),
    ],
)
def test_a_sentence_whose_sources_changed_stays_and_is_flagged(
    copy: Project, theme: pipeline.EditableUnit, reason: str, words: dict[str, Any] | None
) -> None:
    """In draft, survey.json, changes.json, status and verify; standing by it settles the doubt."""
    paper = cited(theme)
    pipeline.edit(copy, SILENT, theme.section, theme.claim, f"{NEW} [@{paper}].")
    pipeline.refresh(copy, SILENT)
    if words is None:
        pipeline.exclude(copy, paper)
    else:
        change(copy, paper, **words)
    refreshed = pipeline.refresh(copy, SILENT)
    (made,) = hands(data(copy))
    told = [{"paper": paper, "reason": reason}]

    assert made["text"].startswith(NEW)
    assert made["hand"]["sources"] == told
    assert "sources changed" in markdown(copy).read_text("utf-8")
    (flagged,) = pipeline.status(copy).doubted
    assert [(one.paper, one.reason) for one in flagged.doubts] == [(paper, reason)]
    report = pipeline.verify(copy)
    assert report.problems == ()
    assert [one.place for one in report.doubted] == [theme.section]
    if words is not None:  # to exclude a paper is a decision, and no news of a refresh
        assert refreshed.changes is not None
        reported = json.loads(markdown(copy).with_name("changes.json").read_text("utf-8"))
        assert [(one["claim"], one["sources"]) for one in reported["doubted"]] == [(theme.claim, told)]
        assert "Sentence written by a person whose sources have changed" in markdown(copy).read_text("utf-8")
    pipeline.confirm_sentence(copy, SILENT, theme.section, theme.claim)
    assert hands(data(copy))[0]["hand"]["sources"] == []


def test_an_edit_of_a_theme_that_was_merged_goes_with_its_papers(copy: Project) -> None:
    """It stands in the section of the theme that took them, though that quotes other sentences."""
    shown = pipeline.show(copy, SILENT)
    leaves = [one.id for one in shown.taxonomy if not shown.taxonomy.children(one.id)]
    line = next(
        one
        for one in pipeline.editable_units(copy, SILENT)
        if one.section.removeprefix("theme-") in leaves and _is_claim(one)
    )
    gone = ThemeId(line.section.removeprefix("theme-"))
    into = next(one for one in leaves if one != gone and shown.taxonomy[one].parent == shown.taxonomy[gone].parent)
    pipeline.edit(copy, SILENT, line.section, line.claim, f"{NEW} [@{cited(line)}].")
    pipeline.merge(copy, gone, into)

    (made,) = hands(data(copy))

    assert made["text"] == f"{NEW}."
    assert made["section"] == f"theme-{into}"


def test_edits_go_with_the_dump(copy: Project, theme: pipeline.EditableUnit, tmp_path: Path) -> None:
    """A survey made from it has the same decisions, with what they rest on."""
    pipeline.edit(copy, SILENT, theme.section, theme.claim, f"{NEW} [@{cited(theme)}].")
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(pipeline.export(copy, "jsonl")), encoding="utf-8")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "survey.toml").write_bytes((copy.root / "survey.toml").read_bytes())
    again = find_project(tmp_path / "again", exact=True)
    pipeline.add(again, [dump], SILENT)

    assert pipeline.history(again).decisions == pipeline.history(copy).decisions
    assert hands(data(again))[0]["text"] == f"{NEW}."


def test_what_is_no_claim_is_kept_beside(copy: Project) -> None:
    """A changed heading is not taken up; the file stays under another name, and the progress says so."""
    rewrite(copy, lambda text: text.replace("## Taxonomy", "## My taxonomy"))
    mine = markdown(copy).read_text("utf-8")
    notes = Notes()
    pipeline.build(copy, notes)

    assert markdown(copy).with_name("survey.edited.md").read_text("utf-8") == mine
    assert "## My taxonomy" not in markdown(copy).read_text("utf-8")
    assert any("survey.edited.md" in line for line in notes.said)


def test_an_edition_that_cannot_be_read_is_kept_beside(copy: Project, theme: pipeline.EditableUnit) -> None:
    """A citation of what is no reference is named, and the person's file is not lost."""
    rewrite(copy, replaced(theme, f"{NEW} [@9999.99999]"))
    mine = markdown(copy).read_text("utf-8")
    notes = Notes()
    pipeline.build(copy, notes)

    assert "9999.99999" in notes.said[0]
    assert markdown(copy).with_name("survey.edited.md").read_text("utf-8") == mine
    with pytest.raises(ConfigError, match=r"9999\.99999"):
        pipeline.import_edits(copy, SILENT, markdown(copy).with_name("survey.edited.md"))


@pytest.mark.parametrize(
    ("section", "sentence", "text", "said"),
    [
        ("theme-nothing", "1", "X", "no editable section 'theme-nothing'"),
        ("theme-outer", "99", "X", "no sentence '99'"),
        ("theme-outer", "1", "  ", "is empty"),
        ("theme-outer", "1", "X [@nobody2020]", "'nobody2020' is cited"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(copy: Project, section: str, sentence: str, text: str, said: str) -> None:
    """With what is wrong and what to do; nothing is stored."""
    with pytest.raises(ConfigError, match=said) as caught:
        pipeline.edit(copy, SILENT, section, sentence, text)

    assert caught.value.hint
    assert pipeline.history(copy).decisions == ()


def test_the_same_words_again_are_no_decision(copy: Project, theme: pipeline.EditableUnit) -> None:
    """A second time stores nothing, and the rebuilt draft has the same bytes."""
    words = f"{NEW} [@{cited(theme)}]."
    pipeline.edit(copy, SILENT, theme.section, theme.claim, words)
    pipeline.build(copy, SILENT)
    before = markdown(copy).read_bytes()

    assert pipeline.edit(copy, SILENT, theme.section, theme.claim, words).decision is None
    assert pipeline.build(copy, SILENT).changed == ()
    assert markdown(copy).read_bytes() == before


def test_an_edition_in_another_language_tells_a_correction_from_a_translation(
    copy: Project, theme: pipeline.EditableUnit
) -> None:
    """Much the same words are still English and hold everywhere; others are German and hold there."""
    data(copy, "de")
    words = re.split(r"\s*\[@", theme.text)[0]
    rewrite(copy, replaced(theme, f"{words}, it is said"), "de")
    corrected = [hands(data(copy, one))[0] for one in ("de", "en")]
    rewrite(copy, replaced(theme, "Das ist ganz anders gesagt"), "de")
    translated = [hands(data(copy, one))[0]["language"] for one in ("de", "en")]

    assert [one["language"] for one in corrected] == ["en", "en"]
    assert translated == ["de", "en"]


def test_an_edit_of_a_claim_that_is_gone_meanwhile_is_kept(copy: Project, theme: pipeline.EditableUnit) -> None:
    """New papers came before the build that takes it up: it stands in the section that it was written in."""
    rewrite(copy, replaced(theme, NEW))
    change(copy, cited(theme), version=9, abstract="Something else entirely. It is short.", datestamp="2027-01-01")
    (made,) = hands(data(copy))

    assert made["text"] == f"{NEW}."
    assert made["section"] == theme.section


def test_words_whose_section_is_gone_wait_for_it(copy: Project, theme: pipeline.EditableUnit) -> None:
    """Under another profile the build says so and the list has them; under the old one they stand there again."""
    pipeline.edit(copy, SILENT, theme.section, theme.claim, f"{NEW} [@{cited(theme)}].")
    change(copy, cited(theme), version=9, abstract="Something else entirely. It is short.", datestamp="2027-01-01")
    settings = copy.root / "survey.toml"
    text = settings.read_text()
    settings.write_text(text.replace('profile = "llm-alignment"', 'profile = "automated-alignment"'))
    other = find_project(copy.root, exact=True)
    notes = Notes()
    pipeline.build(other, notes)

    assert any(theme.section in line for line in notes.said)
    assert [one.claim for one in pipeline.editable_units(other, SILENT) if one.kind == "waiting"] == [theme.claim]
    settings.write_text(text)
    assert hands(data(find_project(copy.root, exact=True)))[0]["section"] == theme.section


def test_a_pipe_is_no_edition(copy: Project, tmp_path: Path) -> None:
    """It would be waited for; a folder is none either."""
    pipe = tmp_path / "survey.md"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "none", tmp_path / "nul\0"):
        with pytest.raises(ConfigError) as caught:
            pipeline.import_edits(copy, pipeline.NullProgress(), path)
        assert caught.value.hint
