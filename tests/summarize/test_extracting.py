"""Themes and cards out of the papers' own sentences."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from no_cache import no_cache
from surveygen import plugins
from surveygen.config import SummarizeSettings
from surveygen.domain.embedding import Embeddings
from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import PaperReview, Sentence, ThemeSummary
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.summarize import (
    ROLE_LABELS,
    ResultCache,
    RoleClassifier,
    Summarizer,
    ThemeInput,
    check_grounding,
    extract_statements,
    flaw_reason,
)
from surveygen.summarize.extractive import make

THEME = Theme(
    ThemeId("guard"), "Reward exploits", description="Tests that find exploits of reward models.", keywords=("exploit",)
)
TREE = Taxonomy((THEME,))
NAMES = ["Alpha", "Bravo", "Delta", "Gamma", "Kappa", "Lambda", "Omega", "Sigma"]


def numbered(i: int, abstract: str | None = None) -> Paper:
    """Make a paper with a subject of its own."""
    name = NAMES[i % len(NAMES)]
    text = (
        f"Reward models in domain {name} are hard to audit because exploits are rare. In this paper, we "
        f"propose {name}Guard, a test that finds exploits of {name} policies. We train {name}Guard on {10 + i} "
        f"tasks with sparse labels. Experiments show that {name}Guard detects {50 + i}% of the exploits. However, "
        f"{name}Guard still fails to detect slow exploits in {name} robots, and deployment remains an open problem. "
        f"Code is at https://github.com/lab/{name.lower()}.git."
    )
    return Paper(
        PaperId(f"23{i:02d}.00001"),
        f"{name}Guard: Testing Reward Models for Exploits in {name} Robots",
        text if abstract is None else abstract,
        (Author(f"Ann {name}son"), Author("Bo Li"), Author("Cy Doe")),
        published=f"20{10 + i}-01-01",
    )


def nobody() -> LlmClient:
    """Fail if a model is connected."""
    raise NotImplementedError


def summarizer(cache: ResultCache = no_cache) -> Summarizer:
    """Make the summarizer that asks no model."""
    return make(SummarizeSettings(), nobody, cache)


def summary(papers: list[Paper], limit: int = 12) -> ThemeSummary:
    """Summarize papers without vectors."""
    nothing = Embeddings((), np.zeros((0, 2), np.float32), "none")
    return summarizer().summarize_theme(ThemeInput(THEME, papers, TREE, nothing, {}, (), limit, "en"))


def sentences(made: ThemeSummary) -> list[Sentence]:
    """List all sentences of a summary."""
    return [sentence for strand in made.strands for sentence in strand.sentences] + list(made.open_problems)


def test_a_theme_covers_many_papers_within_its_length() -> None:
    """Twelve sentences of eight papers: every one checks, most papers speak, none more than twice, none repeats."""
    papers = [numbered(i) for i in range(8)]
    by_id = {paper.id: paper for paper in papers}

    made = sentences(summary(papers))

    cited = [sentence.cites[0] for sentence in made]
    assert len(made) <= 12
    assert all(check_grounding(item, lambda paper, _: by_id.get(paper)).ok for item in made)
    assert len(set(cited)) >= 5
    assert max(cited.count(paper) for paper in cited) <= 2
    assert len({item.evidence for item in made}) == len(made)
    assert not any(flaw_reason(item.text) for item in made)


def test_seeds_and_central_papers_represent_a_theme() -> None:
    """Among equally old papers with the same words, a seed is quoted first, and the one off the middle last."""
    text = "In this paper, we propose {}Guard, a test that finds exploits of {} policies."
    papers = [
        Paper(PaperId(f"p{i}"), "Guards", text.format(name, name), (Author(name),), published="2024-01-01")
        for i, name in enumerate(NAMES[:3])
    ]
    rows = np.array([[0.6, 0.8], [1, 0], [1, 0]], np.float32)
    embeddings = Embeddings(tuple(paper.id for paper in papers), rows, "test")

    def quoted(*seeds: PaperId) -> PaperId:
        theme = Theme(ThemeId("t"), "T", seeds=seeds)
        source = ThemeInput(theme, papers, Taxonomy((theme,)), embeddings, {}, (), limit=1, language="en")
        [sentence] = sentences(summarizer().summarize_theme(source))
        return sentence.cites[0]

    assert quoted() == "p1"
    assert quoted(papers[2].id) == "p2"
    assert quoted(papers[0].id) == "p0"


def test_strands_follow_the_order_of_an_argument() -> None:
    """Problems come before what papers do and find, and limits come last."""
    made = summary([numbered(i) for i in range(8)])

    roles = list(dict.fromkeys(strand.role for strand in made.strands))
    assert roles == [role for role in ("problem", "approach", "other", "limit") if role in roles]
    assert {"problem", "approach"} <= set(roles)


def test_the_order_of_papers_does_not_matter() -> None:
    """The same members in another order give the same summary."""
    papers = [numbered(i) for i in range(8)]

    assert summary(papers) == summary(papers[::-1])


@pytest.mark.parametrize("limit", [0, 1, 5, 40])
def test_the_limit_is_kept(limit: int) -> None:
    """Never more sentences than asked for, whatever the number."""
    assert len(sentences(summary([numbered(i) for i in range(3)], limit))) <= limit


def test_papers_without_words_leave_a_theme_empty() -> None:
    """No papers, and papers without abstract, give a summary without sentences."""
    assert sentences(summary([])) == []
    assert sentences(summary([numbered(0, ""), numbered(1, "")])) == []


def test_abstracts_in_another_language_are_quoted() -> None:
    """A theme of papers in Chinese quotes them and says so."""
    made = sentences(summary([numbered(0, "我们提出了一种新的大语言模型对齐方法。实验结果表明该方法非常有效。")]))

    assert made
    assert {item.language for item in made} == {"zh"}


def test_a_card_sorts_what_a_paper_says() -> None:
    """One line, methods, findings, limits and the code link come from the abstract, each with its evidence."""
    paper = numbered(2)

    card = summarizer().review(paper)

    assert card.one_liner is not None
    assert card.one_liner.text.startswith("Deltason et al. [@2302.00001] propose DeltaGuard")
    assert any("hard to audit" in item.text for item in card.motivation)
    assert any("52%" in item.text for item in card.findings)
    assert any("slow exploits" in item.text for item in card.limits)
    assert card.code == "https://github.com/lab/delta"
    assert "DeltaGuard" in card.keywords
    assert card.code_evidence is not None
    assert paper.abstract[card.code_evidence.start : card.code_evidence.end].endswith("lab/delta")
    assert all(check_grounding(item, lambda *_: paper).ok for _, field in card.fields() for item in field)


def test_a_card_tells_what_a_paper_asks_and_on_which_data() -> None:
    """Questions come from the title, what the authors investigate sums up the paper, data are named."""
    paper = Paper(
        PaperId("2301.00001"),
        "Probing Judges: Do Judges Prefer Long Answers? A Study",
        "It is unknown why judges fail. In this paper, we investigate whether judges prefer long answers. We test six "
        "judges on the JudgeBench, MT-Bench and GSM8K datasets. We find that length explains 40% of the verdicts. "
        "The findings pave the way for fairer evaluation.",
        (Author("Ann Alphason"), Author("Bo Li"), Author("Cy Doe")),
    )

    card = summarizer().review(paper)

    assert [item.plain for item in card.questions] == ["Do Judges Prefer Long Answers?"]
    assert card.one_liner is not None
    assert card.one_liner.plain == "Alphason et al. investigate whether judges prefer long answers."
    assert [item.plain for item in card.data] == ["JudgeBench; MT-Bench; GSM8K"]
    assert [item.plain for item in card.significance] == [
        "The findings of Alphason et al. pave the way for fairer evaluation."
    ]
    assert all(check_grounding(item, lambda *_: paper).ok for _, field in card.fields() for item in field)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("We reach 83% on ImageNet and 71% on CIFAR-10.", "ImageNet; CIFAR-10"),
        ("Experiments on two benchmarks (SQuAD, GLUE) show gains.", "SQuAD; GLUE"),
        ("We evaluate GPT-4 and LLaMA-2 with 45TB of text in English.", ""),
        ("Results are good on all of the public datasets.", ""),
        ("", ""),
    ],
)
def test_data_are_named_only_where_they_are_said_to_be_data(span: str, expected: str) -> None:
    """A model, an amount or a language is no data set."""
    [*data] = summarizer().review(numbered(0, span)).data

    assert [sentence.plain.rstrip() for sentence in data] == ([expected] if expected else [])


@pytest.mark.parametrize(
    "title", ["What Are You Optimizing For?", "Why do they fail?", "A study? No: an essay", "Why?"]
)
def test_a_question_that_leans_is_not_asked(title: str) -> None:
    """Who "you" and "they" are is not said; a heading with a question mark is no question."""
    assert summarizer().review(Paper(PaperId("a"), title)).questions == ()


def test_each_field_of_a_card_has_its_own_best_sentence() -> None:
    """The summary tells what was made, methods how, aims what for, the motivation what is missing; none repeats."""
    text = (
        "Guards are a well-known method for the problem of control. However, existing guards fail on slow exploits. "
        "Our goal is to find slow exploits early. We propose SlowGuard, a framework that watches policies. We train "
        "SlowGuard by replaying old episodes backwards with sparse labels. We evaluate SlowGuard on six tasks. "
        "SlowGuard finds 40% more exploits than existing guards."
    )

    card = summarizer().review(numbered(0, text))

    assert card.one_liner is not None
    assert "propose SlowGuard" in card.one_liner.plain
    assert ["goal" in item.plain for item in card.aims] == [True]
    assert ["fail on slow exploits" in item.plain for item in card.motivation] == [True]
    assert any("backwards" in item.plain for item in card.methods)
    assert ["40% more" in item.plain for item in card.findings] == [True]
    said = [item.evidence for name, field in card.fields() for item in field if name not in ("data", "results")]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    "abstract",
    ["Exploits of reward models are rare in small robots.", "我们提出了一种新的大语言模型对齐方法。"],
)
def test_a_card_sums_up_whatever_can_be_cited(abstract: str) -> None:
    """One citable sentence, of any role or language, is the summary."""
    assert summarizer().review(numbered(0, abstract)).one_liner is not None


def test_an_empty_abstract_gives_an_empty_card() -> None:
    """A card says nothing where the paper says nothing."""
    card = summarizer().review(numbered(1, ""))

    assert (card.fields(), card.code, card.code_evidence) == (PaperReview(PaperId("x")).fields(), "", None)


@pytest.mark.parametrize(
    ("text", "role", "is_open"),
    [
        ("Future work will add planning to the guard.", "limit", True),
        ("The results show that slow exploits remain an open problem.", "limit", True),
        ("Whether stronger guards help is left to future work.", "limit", True),
        ("We conclude with remarks for future work.", "other", False),
        ("We discuss open challenges and outline future research directions in this area.", "approach", False),
        ("We release the guard for future research.", "approach", False),
        ("The results show that the guard improves on future action anticipation.", "finding", False),
    ],
)
def test_what_is_open_is_named_and_not_announced(text: str, role: str, is_open: bool) -> None:  # noqa: FBT001  # a case
    """That a paper speaks of the future, or serves it, says nothing of what is open."""
    paper = numbered(0, f"Exploits are rare. We propose a guard that finds exploits. Experiments show gains. {text}")

    label = extract_statements(paper)[-1].label

    assert (label.role, label.open) == (role, is_open)


def test_the_plug_in_is_found_and_names_its_rules() -> None:
    """The registry loads it, and the fingerprint is a hash that two instances share."""
    first: Summarizer = plugins.load("summarize", "extractive").make(SummarizeSettings(), nobody, no_cache)

    assert "extractive" in plugins.names("summarize")
    assert first.fingerprint == summarizer().fingerprint
    assert len(first.fingerprint.removeprefix("extractive-")) == 16


def test_importing_the_room_brings_no_heavy_library() -> None:
    """Neither torch nor scikit-learn is imported to summarize."""
    code = "import sys, surveygen.summarize.extractive; print({'torch', 'sklearn', 'scipy'} & set(sys.modules))"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert out.strip() == "set()"


@pytest.mark.parametrize(("source", "least"), [("csabstruct", 0.68), ("arxiv_structured", 0.74)])
def test_roles_are_told_as_well_as_measured(shared: Path, source: str, least: float) -> None:
    """Micro-F1 on the dev rows stays near what benchmarks/train_roles.py printed (0.681 and 0.750)."""
    data = gzip.decompress((shared / "corpora/sentence_roles/dev.jsonl.gz").read_bytes())
    rows = [json.loads(line) for line in data.splitlines()]
    rows = [row for row in rows if row["source"] == source]

    classifier = RoleClassifier.shipped()
    predicted = [ROLE_LABELS[i] for row in rows for i in classifier.marginals(row["sentences"]).argmax(1)]

    gold = [label for row in rows for label in row["labels"]]
    assert sum(a == b for a, b in zip(predicted, gold, strict=True)) / len(gold) >= least


def test_real_abstracts_pass_the_check(shared: Path) -> None:
    """Every sentence of a theme of real papers is borne out, and none repeats."""
    lines = (shared / "corpora/alignment.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    papers = {
        PaperId(row["arxiv_id"]): Paper(
            PaperId(row["arxiv_id"]), row["title"], row["abstract"], tuple(Author(name) for name in row["authors"])
        )
        for row in rows
        if row.get("arxiv_id") and row.get("abstract")
    }

    made = sentences(summary(list(papers.values()), 20))

    assert 18 <= len(made) <= 20
    assert all(check_grounding(item, lambda paper, _: papers.get(paper)).ok for item in made)
    assert len({item.evidence for item in made}) == len(made)


def test_a_space_before_the_full_stop_is_dropped() -> None:
    """The citation is set behind the last word, so that the text without it has no stray space."""
    paper = numbered(0, "The exploits of five reward models are tested and compared with those of older policies .")

    [statement] = extract_statements(paper)

    assert statement.sentence.plain.endswith("older policies.")
    assert check_grounding(statement.sentence, lambda *_: paper).ok
