"""What a theme's text is chosen for: sentences that tell how, what or how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.summarize import ThemeInput, extract_statements
from surveygen.summarize.extractive import Extractive

NONE = Embeddings((), np.zeros((0, 1), np.float32), "test")
METHOD = "We propose a judge that scores pairs of answers by asking two models."


def told(*abstracts: str, year: int = 2024, newest: int = 2024, limit: int = 12) -> str:
    """Return the text of a theme of papers with these abstracts."""
    theme = Theme(ThemeId("t"), "Judges")
    papers = [
        Paper(PaperId(f"p{n}"), "Judges of answers", text, (Author("Ann Lee"), Author("Bo Li")), published=str(year))
        for n, text in enumerate(abstracts)
    ]
    source = ThemeInput(theme, papers, Taxonomy((theme,)), NONE, {}, (), limit, "en", newest)
    made = Extractive().summarize_theme(source)
    return " ".join(sentence.plain for strand in made.strands for sentence in strand.sentences)


def roles(*sentences: str) -> list[tuple[str, bool]]:
    """Return role and openness of the sentences of one abstract."""
    paper = Paper(PaperId("p"), "Judges of answers", " ".join(sentences), (Author("Ann Lee"), Author("Bo Li")))
    return [(item.label.role, item.label.open) for item in extract_statements(paper)]


@pytest.mark.parametrize(
    "empty",
    [
        "We discuss judges of answers and their many uses.",
        "This paper presents valuable insights into judges of answers.",
        "Our results demonstrate the effectiveness of our judges.",
        "Our results highlight the importance of judges of answers.",
        "Judges of answers have attracted much attention, but they remain costly.",
        "Afterward, our judges iteratively approach the intersections.",
        "The resulting verdicts are stored for later use by the judges.",
        "Although widely used by courts, their judges are costly.",
    ],
)
def test_announcements_platitudes_and_continuations_stay_out(empty: str) -> None:
    """What only says that something is said, praises, or continues a description is not chosen."""
    text = told(f"{METHOD} {empty}")

    assert "asking two models" in text
    assert empty.rsplit(maxsplit=1)[-1] not in text


@pytest.mark.parametrize(("year", "shown"), [(2022, False), (2023, True), (2024, True)])
@pytest.mark.parametrize(
    "claim", ["Recent judges of answers fail on long answers.", "Long answers are underexplored, and judges fail."]
)
def test_claims_that_age_are_only_told_of_new_papers(year: int, shown: bool, claim: str) -> None:  # noqa: FBT001  # a case
    """A paper two years older than the newest of the survey knows nothing of what is recent."""
    assert (claim[-20:] in told(f"{claim} {METHOD}", year=year)) == shown


def test_a_sentence_with_a_measure_is_preferred() -> None:
    """Of two findings about the same subject the one that says how much."""
    finding = "We show that judges of answers improve accuracy{}."

    text = told(finding.format(""), finding.format(" by 12% over a single model"), limit=1)

    assert "12%" in text


@pytest.mark.parametrize(
    "poor",
    [
        "We propose a novel approach to address this problem.",
        "We evaluate our judges on answers of several kinds.",
        "Judges of answers are presented for pairs of answers.",
    ],
)
def test_of_a_paper_stands_what_it_made_and_how(poor: str) -> None:
    """Neither "a novel approach", nor that it was tested, nor a sentence without authors."""
    assert "asking two models" in told(f"{poor} {METHOD}", "Judges of answers are slow.", limit=1)


def test_a_result_of_an_unnamed_method_follows_the_method() -> None:
    """What "our method" reaches is told after what the method is, never alone."""
    result = "Our results show that our method beats one model by 5%."
    both = told(f"{METHOD} {result}")

    assert "by 5%" not in told(f"Judges of answers are costly. {result}")
    assert both.index("asking two models") < both.index("by 5%")


def test_a_sub_theme_is_not_repeated_above() -> None:
    """What the summary of a theme below tells, at any depth, is left to it."""
    theme, sub = Theme(ThemeId("t"), "Judges"), Theme(ThemeId("s"), "Pairs", ThemeId("t"))
    paper = Paper(PaperId("p"), "Judges of answers", METHOD, (Author("Ann Lee"), Author("Bo Li")))
    below = Extractive().summarize_theme(ThemeInput(sub, [paper], Taxonomy((theme, sub)), NONE, {}, (), 8, "en"))

    source = ThemeInput(theme, [paper], Taxonomy((theme, sub)), NONE, {}, (), 8, "en")
    above = [replace(source, subtheme_summaries=(below,)), replace(source, deeper_summaries=(below,))]

    assert below.strands
    assert not any(Extractive().summarize_theme(it).strands for it in above)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("Our results show that judges fail to see errors in long answers.", ("limit", False)),
        ("Accuracy degrades when answers are longer than a page.", ("limit", False)),
        ("Whether judges agree on long answers remains an open question.", ("limit", True)),
        ("Future work should test judges on long answers.", ("limit", True)),
    ],
)
def test_a_limit_tells_a_failure_a_condition_or_what_remains(last: str, expected: tuple[str, bool]) -> None:
    """At the end of an abstract; open is only what the main clause leaves to be done."""
    start = ("Judges of answers are costly.", METHOD, "Our results show that our judges beat one model by 5%.")

    assert roles(*start, last)[-1] == expected


@pytest.mark.parametrize(
    "last",
    [
        "We analyze the limitations of judges of answers.",
        "Our judges find errors that single models fail to detect.",
        "Existing methods often fail to judge long answers.",
    ],
)
def test_what_is_worked_on_is_no_limit(last: str) -> None:
    """Nor is what others cannot do."""
    start = ("Judges of answers are costly.", METHOD, "Our results show that our judges beat one model by 5%.")

    assert roles(*start, last)[-1][0] != "limit"
