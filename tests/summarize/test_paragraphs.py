"""What becomes of a model's plan of a theme and of the paragraphs that it writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from no_cache import no_cache
from surveygen import plugins
from surveygen.config import SummarizeSettings
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import MAX_GLUE_SHARE, Sentence, SubtopicSummary, ThemeSummary
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import SummaryError
from surveygen.summarize import Summarizer, ThemeInput, check_grounding, is_glue
from written_papers import written_paper

T = TypeVar("T")
Answer = Callable[[Mapping[str, Any]], object]

PAPERS = [written_paper(number) for number in range(12)]
THEME = Theme(ThemeId("guard"), "Guards of machines", description="Detectors and filters.")
VECTORS = np.eye(3, 8, dtype=np.float32)[[number % 3 for number in range(len(PAPERS))]]
NOTHING = "no JSON"


class Script:
    """A client that answers each task by a function of its values; None and words that are no JSON are no answer."""

    fingerprint, workers = "script", 1

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]) -> T | None:
        """Answer, and ask once more for an answer that cannot be read."""
        json.loads(schema)
        self.asked.append((task, values))
        script = self.answers.get(task)
        answer = script(values) if script else NOTHING
        try:
            return read(answer if isinstance(answer, str) else json.dumps(answer))
        except SummaryError:
            return None

    def may_follow(self, task: str, values: Mapping[str, object], schema: str) -> None:
        """Count nothing."""

    def tasks(self) -> list[str]:
        """List the tasks asked for, without cards."""
        return [task for task, _ in self.asked if task != "card"]


def summary_of(script: Script, papers: Sequence[Paper] = PAPERS, below: Sequence[ThemeSummary] = ()) -> ThemeSummary:
    """Summarize a theme of these papers."""
    plain: Summarizer = plugins.load("summarize", "extractive").make(SummarizeSettings(), lambda: script, no_cache)
    made: Summarizer = plugins.load("summarize", "llm").make(SummarizeSettings(method="llm"), lambda: script, no_cache)
    child = Theme(ThemeId("child"), "Child of guards", THEME.id)
    source = ThemeInput(
        THEME,
        papers,
        Taxonomy((THEME, child)),
        Embeddings(tuple(paper.id for paper in PAPERS), VECTORS, "axes"),
        {paper.id: plain.review(paper) for paper in papers},
        below,
        limit=60,
        language="en",
    )
    return made.summarize_theme(source)


def lookup(paper: PaperId, version: int) -> Paper | None:
    """Find a paper."""
    return next((item for item in PAPERS if item.id == paper and item.version == version), None)


def sentences(summary: ThemeSummary) -> list[Sentence]:
    """Return the sentences of all paragraphs."""
    return [sentence for strand in summary.strands for sentence in strand.sentences]


def plan(*paragraphs: list[int], **more: str) -> Answer:
    """Plan paragraphs of these papers."""
    rows = [{"kind": "group", "topic": "", **more, "papers": papers} for papers in paragraphs]
    return lambda _values: {"paragraphs": rows}


def claim(text: str, cites: Sequence[int] = (), labels: Sequence[str] = (), **more: object) -> dict[str, object]:
    """Write a claim."""
    return {"role": "finding", "text": text, "cites": list(cites), "evidence": list(labels), "glue": False, **more}


def told(values: Mapping[str, Any], paper: int, sentence: int) -> str:
    """Return a sentence of the prompt without its full stop."""
    text: str = values["papers"][paper - 1]["sentences"][sentence]["text"]
    return text.rstrip(".")


def finding(values: Mapping[str, Any], paper: int) -> dict[str, object]:
    """Tell the finding of a paper, "X detects 20% ..."."""
    at = next(n for n, it in enumerate(values["papers"][paper - 1]["sentences"]) if "% of" in it["text"])
    text = told(values, paper, at).removeprefix("Experiments show that ")
    return claim(f"{text}.", [paper], [f"{paper}.{at + 1}"])


def every_finding(values: Mapping[str, Any]) -> dict[str, object]:
    """Tell the finding of each paper in its paragraph."""
    numbers = [(it["number"], list(map(int, it["papers"].split(", ")))) for it in values["paragraphs"]]
    return {"claims": [{**finding(values, paper), "number": number} for number, papers in numbers for paper in papers]}


def cited_in(strand: SubtopicSummary) -> set[PaperId]:
    """Return the papers of a paragraph."""
    return {paper for sentence in strand.sentences for paper in sentence.cites}


# -- the plan ---------------------------------------------------------------------------------------------------------


def test_a_plan_is_followed() -> None:
    """Each paragraph is about the papers that the plan gives it, in one request of a plan and one of paragraphs."""
    script = Script(plan=plan([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]), paragraph=every_finding)

    summary = summary_of(script)

    assert script.tasks() == ["plan", "paragraph"]
    assert [len(cited_in(strand)) for strand in summary.strands] == [4, 4, 4]
    assert {sentence.method for sentence in sentences(summary)} == {"llm"}


def test_a_paper_that_the_plan_loses_joins_the_most_similar_one() -> None:
    """No paper of the theme goes without a paragraph."""
    shown = {it["number"]: it for it in _shown_by_plan()}
    same = [number for number, it in shown.items() if "injection" in it["line"].lower()]
    others = [number for number in shown if number not in same]
    script = Script(plan=plan(others, same[1:]), paragraph=every_finding)

    summary = summary_of(script)

    assert sorted(len(cited_in(strand)) for strand in summary.strands) == [len(same), len(others)]


def _shown_by_plan() -> list[dict[str, Any]]:
    script = Script()
    summary_of(script)
    values = next(values for task, values in script.asked if task == "plan")
    return [paper for group in values["groups"] for paper in group["papers"]]


@settings(max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["define", "gap", "joke", 3]),
                "topic": st.sampled_from(["", "reward hacking", 7, "x" * 99]),
                "papers": st.lists(st.integers(-2, 15) | st.sampled_from([None, "1"]), max_size=9) | st.none(),
            }
        )
        | st.integers(),
        max_size=9,
    )
)
def test_whatever_is_planned_each_paper_has_one_paragraph(paragraphs: list[object]) -> None:
    """Unknown and doubled papers, lost ones and other forms never reach the paragraphs."""
    script = Script(plan=lambda _values: {"paragraphs": paragraphs})

    summary_of(script)

    asked = [values for task, values in script.asked if task == "paragraph"]
    planned = [paper for values in asked for it in values["paragraphs"] for paper in it["papers"].split(", ")]
    assert sorted(map(int, planned)) == list(range(1, len(PAPERS) + 1))


def test_without_a_plan_the_computed_groups_are_the_plan() -> None:
    """An answer that cannot be read costs the plan, not the text: papers that are alike share a paragraph."""
    script = Script(paragraph=every_finding)

    summary = summary_of(script)

    subjects = [{PAPERS.index(lookup(paper, 1) or PAPERS[0]) % 3 for paper in cited_in(it)} for it in summary.strands]
    assert all(len(subject) == 1 for subject in subjects)
    assert len(sentences(summary)) == len(PAPERS)


def test_three_papers_need_no_plan() -> None:
    """They are one paragraph."""
    script = Script(paragraph=every_finding)

    summary = summary_of(script, PAPERS[:3])

    assert script.tasks() == ["paragraph"]
    assert len(summary.strands) == 1


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("prompt injection of web agents", "Prompt injection of web agents"),
        ("the triumph of GPT-9", ""),
        ("<b>prompt</b> injection", ""),
        ("prompt injection and reward hacking and protein folding of web agents", ""),
    ],
)
def test_a_topic_has_words_of_its_papers_alone(topic: str, shown: str) -> None:
    """Another is replaced by a keyword that its papers share, or nothing."""
    script = Script(plan=plan(list(range(1, 13)), topic=topic), paragraph=every_finding)

    (strand,) = summary_of(script).strands

    assert (strand.topic == shown) if shown else (strand.topic != topic)
    assert "GPT" not in strand.topic


# -- paragraphs -------------------------------------------------------------------------------------------------------


def one_paragraph(*claims: Callable[[Mapping[str, Any]], dict[str, object]], **more: Answer) -> Script:
    """Script a theme of three papers, whose one paragraph has these claims."""
    return Script(paragraph=lambda values: {"claims": [make(values) for make in claims]}, **more)


def merged(values: Mapping[str, Any], *, wrong: bool = False) -> dict[str, object]:
    """Join the findings of two papers, the second one false if that is wanted."""
    first, second = finding(values, 1), finding(values, 2)
    text = f"{str(first['text'])[:-1]} [1], while {str(second['text'])[:-1]} [2]."
    if wrong:
        text = text.replace("detects 21%", "detects 91%")
    return claim(text, [1, 2], [*first["evidence"], *second["evidence"]])  # type: ignore[misc]  # lists of strings


def test_a_merged_claim_carries_both_marks() -> None:
    """Each clause is checked against the paper whose mark it carries."""
    summary = summary_of(one_paragraph(merged), PAPERS[:3])

    (sentence,) = sentences(summary)
    assert (sentence.method, len(sentence.cites)) == ("llm", 2)
    assert check_grounding(sentence, lookup).ok


def test_a_merged_claim_that_is_half_false_is_asked_again_with_the_reason() -> None:
    """The reason names what is wrong; the corrected sentence stands in its place."""
    script = one_paragraph(
        lambda values: merged(values, wrong=True), revise=lambda values: {"claims": [{**merged(values), "number": 1}]}
    )

    summary = summary_of(script, PAPERS[:3])

    (rejected,) = script.asked[-1][1]["rejected"]
    assert script.tasks() == ["paragraph", "revise"]
    assert "91" in rejected["reason"]
    assert ["21%" in sentence.text for sentence in sentences(summary)] == [True]


def test_what_fails_again_is_replaced_by_the_paper() -> None:
    """All rejected sentences are asked again together, once; then the papers speak for themselves."""
    script = one_paragraph(
        lambda values: finding(values, 3),
        lambda values: merged(values, wrong=True),
        lambda _values: claim("Everything is solved by magic now.", [2], ["2.1"]),
        revise=lambda values: {"claims": [{**merged(values, wrong=True), "number": 1}]},
    )

    summary = summary_of(script, PAPERS[:3])

    assert script.tasks() == ["paragraph", "revise"]
    assert [sentence.method for sentence in sentences(summary)] == ["llm", "extractive", "extractive"]
    assert all(check_grounding(sentence, lookup).ok for sentence in sentences(summary))


def connected(values: Mapping[str, Any]) -> dict[str, object]:
    """Tell the limit of a paper, which begins with "However"."""
    return claim(f"{told(values, 1, -1)}.", [1], [f"1.{len(values['papers'][0]['sentences'])}"])


def test_a_connective_needs_a_sentence_before() -> None:
    """It may stand after a sentence with a source, never at the head of a paragraph."""
    after = summary_of(one_paragraph(lambda values: finding(values, 1), connected), PAPERS[:1])
    first = summary_of(one_paragraph(connected), PAPERS[:1])

    assert [sentence.text.split()[0] for sentence in sentences(after)][1:] == ["However,"]
    assert not any(sentence.text.startswith("However") for sentence in sentences(first))


def test_this_may_stand_where_the_sentence_before_cites_the_same_paper() -> None:
    """The same words after a sentence about another paper are the paper's own again."""

    def pointing(values: Mapping[str, Any]) -> dict[str, object]:
        limit = connected(values)
        text = str(limit["text"]).removeprefix("However, ").replace("detect slow", "detect this slow")
        return {**limit, "text": text}

    same = summary_of(one_paragraph(lambda values: finding(values, 1), pointing), PAPERS[:2])
    other = summary_of(one_paragraph(lambda values: finding(values, 2), pointing), PAPERS[:2])

    assert ["this slow" in sentence.text for sentence in sentences(same)] == [False, True]
    assert not any("this slow" in sentence.text for sentence in sentences(other))


WORDS = ("works", "studies", "papers")
GLUE = "Further work turns to tests of enzymes and reward hacking."


@pytest.mark.parametrize(
    "text",
    [
        "Further work turns to tests of DeepGuard and reward hacking.",
        "Further work turns to 7 tests of reward hacking.",
        "Seven detectors turn to tests of reward hacking.",
        "Further work outperforms tests of reward hacking.",
        "No detectors turn to tests of reward hacking.",
        "Further work turns to quantum tests of reward hacking.",
        "Further work turns to tests of reward hacking [1].",
        "Further work turns to tests. It turns to reward hacking.",
        f"Further work turns to tests {'of reward hacking ' * 9}and enzymes.",
        "further work turns to tests of reward hacking.",
    ],
)
def test_glue_that_says_something_of_its_own_is_left_out(text: str) -> None:
    """A new name, a number, a result, a denial, a new word: none of it is asked for again either."""
    claims = [*(lambda values, n=number: finding(values, n) for number in (1, 2, 3))]
    script = one_paragraph(*claims, lambda _values: claim(text, glue=True), claims[0])

    summary = summary_of(script, PAPERS[:3])

    assert all(sentence.method == "llm" for sentence in sentences(summary))
    assert script.tasks() == ["paragraph"]


def glued(count: int) -> ThemeSummary:
    """Write a theme of two paragraphs, each with so many connecting sentences."""

    def write(values: Mapping[str, Any]) -> dict[str, object]:
        claims: list[dict[str, object]] = []
        for paragraph in values["paragraphs"]:
            first, *others = (finding(values, int(paper)) for paper in paragraph["papers"].split(", "))
            glue = [claim(f"Further {word} turn to tests of reward models.", glue=True) for word in WORDS[:count]]
            claims += [{**it, "number": paragraph["number"]} for it in (first, *glue, *others)]
        return {"claims": claims}

    return summary_of(Script(plan=plan([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]), paragraph=write))


def test_glue_is_rare_and_marked() -> None:
    """Of all sentences of a theme at most 15 % are glue, however many the model writes."""
    summary = glued(2)
    kept = [sentence for sentence in sentences(summary) if sentence.method == "glue"]
    others = [sentence for sentence in sentences(summary) if sentence.method != "glue"]

    assert (len(kept), len(others)) == (2, 12)
    assert len(kept) <= MAX_GLUE_SHARE * (len(kept) + len(others))
    assert (kept[0].cites, kept[0].evidence) == ((), ())
    assert is_glue(kept[0].text, [sentence.plain for sentence in others], [THEME.name])


def test_glue_never_stands_alone() -> None:
    """A paragraph whose other sentences all fall is not written by its connecting sentence."""
    script = Script(plan=plan(list(range(1, 13))), paragraph=lambda _: {"claims": [claim(GLUE, glue=True)]})

    assert all(sentence.method == "extractive" for sentence in sentences(summary_of(script)))


def test_a_model_that_always_fails_leaves_the_extractive_text() -> None:
    """The text is the one that no model wrote."""
    plain: Summarizer = plugins.load("summarize", "extractive").make(SummarizeSettings(), Script, no_cache)
    summary = summary_of(Script())

    assert summary.summarizer == plain.fingerprint
    assert {sentence.method for sentence in sentences(summary)} == {"extractive"}


def test_a_theme_with_sub_themes_has_one_paragraph_that_leads_into_them() -> None:
    """It is written from their texts, without a plan."""
    below = summary_of(Script(plan=plan(list(range(1, 13))), paragraph=every_finding))
    script = Script(lead=lambda values: {"claims": [finding(values, 1), finding(values, 2)]})

    summary = summary_of(script, below=[ThemeSummary(ThemeId("child"), "en", below.strands)])

    assert script.tasks() == ["lead"]
    assert len(summary.strands) == 1


def test_words_before_the_answer_are_ignored() -> None:
    """Braces in what a model thinks aloud are not the answer."""
    answer = json.dumps({"paragraphs": [{"kind": "group", "topic": "", "papers": list(range(1, 13))}]})
    script = Script(plan=lambda _: f'First {{"a": 1}} then {{x}}: {answer} Done {{.', paragraph=every_finding)

    assert len(summary_of(script).strands) == 1
