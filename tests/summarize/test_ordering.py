"""The order in which the selected sentences of a theme are read."""

from __future__ import annotations

import pytest

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview, Sentence
from surveygen.domain.theme import Theme, ThemeId
from surveygen.summarize import OrderingInput, SelectedSentence, order_sentences

THEME = Theme(ThemeId("t"), "Judges")
YEARS = (2015, 2016, 2018, 2019, 2020, 2022, 2023, 2023)


def paper(number: int, year: int, title: str = "A title", abstract: str = "") -> Paper:
    """Make a paper of a year."""
    return Paper(PaperId(f"p{number}"), title, abstract, published=f"{year}-01-{number + 10}")


def sentence(source: Paper, text: str = "They do something.") -> SelectedSentence:
    """Make a sentence of a paper."""
    return SelectedSentence(Sentence(f"{text} [@{source.id}]", (source.id,), ()), source)


def theme_of(papers: list[Paper], *keywords: str) -> OrderingInput:
    """Make a theme in which papers of three years share keywords."""
    shared = {item.id for item in papers if item.year in (2019, 2020, 2022)}
    reviews = {item.id: PaperReview(item.id, keywords=keywords if item.id in shared else ()) for item in papers}
    return OrderingInput(THEME, papers, reviews)


def test_foundations_come_first_and_the_newest_last() -> None:
    """The first papers, a strand that a keyword holds together, then the last year; each says how far it goes."""
    papers = [paper(n, year) for n, year in enumerate(YEARS)]
    twelve = [*papers, *(paper(9 + n, 2021) for n in range(4))]

    strands = order_sentences(
        theme_of(twelve, "Pairwise Debate", "Judging"), "approach", [sentence(item) for item in papers[::-1]]
    )

    assert [strand.kind for strand in strands] == ["foundations", "topic", "newest"]
    first, topic, newest = strands
    assert first.papers == ("p2", "p1", "p0")
    assert (topic.topic, len(topic.papers)) == ("Pairwise Debate", 3)
    assert [item.cites[0] for item in topic.sentences] == ["p3", "p4", "p5"]
    assert newest.papers == ("p7", "p6")


def test_what_others_build_on_is_a_foundation() -> None:
    """A later paper whose coined name two others use stands with the first."""
    papers = [paper(n, year) for n, year in enumerate(YEARS)]
    papers[4] = paper(4, 2020, "CritiqueLM: Judges that Explain")
    papers[5:7] = [paper(n, 2022, abstract="It extends CritiqueLM.") for n in (5, 6)]

    strands = order_sentences(
        theme_of(papers), "approach", [sentence(item) for item in (papers[0], papers[3], papers[4])]
    )

    assert strands[0].papers == ("p0", "p4")


def test_a_small_or_young_theme_is_told_in_one_strand() -> None:
    """Where there are few papers, or all are of one year, nothing is called a foundation or the newest."""
    few = [paper(n, 2015 + n) for n in range(4)]
    same = [paper(n, 2020) for n in range(8)]

    for papers in (few, same):
        [strand] = order_sentences(theme_of(papers), "approach", [sentence(item) for item in papers])
        assert strand.kind == ""


def test_findings_on_one_measure_stand_side_by_side() -> None:
    """Two papers that move a measure the same way are read together, after the other findings."""
    texts = (
        "Judges agree.",
        "Debate reduces the attack success rate by 5%.",
        "Noise lowers attack success rates to 3%.",
    )
    papers = [paper(n, 2020) for n in range(3)]

    plain, pair = order_sentences(
        theme_of(papers), "finding", [sentence(item, text) for item, text in zip(papers, texts, strict=True)]
    )

    assert [item.cites[0] for item in plain.sentences] == ["p0"]
    assert (pair.kind, pair.topic, pair.papers) == ("same", "attack success rate", ("p1", "p2"))


@pytest.mark.parametrize(
    ("first", "second", "kind", "measure"),
    [
        ("It improves answer accuracy by 3.", "Noise increases answer accuracy by 4.", "same", "answer accuracy"),
        ("It reduces the error rate of judges by 3%.", "It lowers error rates by 5%.", "same", "error rate"),
        ("It raises the error rate of judges by 3%.", "It lowers error rates by 5%.", "", ""),
        ("It reduces the error rate of judges.", "It lowers error rates by 5%.", "", ""),
        ("It could reduce error rates by 3%.", "It lowers error rates by 5%.", "", ""),
        ("It aims at reducing error rates by 3%.", "It lowers error rates by 5%.", "", ""),
        ("It improves model performance by 3%.", "It improves model performance by 5%.", "", ""),
        ("It improves answers by 3%.", "It improves answers by 5%.", "", ""),
        ("Judges agree.", "It reduces error rates by 3%.", "", ""),
    ],
)
def test_a_measure_is_shared_by_words_that_name_it(first: str, second: str, kind: str, measure: str) -> None:
    """Two words in common, one of which not every paper has; both changes are measured, and go the same way."""
    papers = [paper(n, 2020) for n in range(2)]
    selected = [sentence(item, text) for item, text in zip(papers, (first, second), strict=True)]

    [subtopic] = order_sentences(theme_of(papers), "finding", selected)

    assert (subtopic.kind, subtopic.topic) == (kind, measure)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("Attacking judges", "Jailbreaks of judges", "same"),
        ("Attacking judges", "Defending judges against attacks", ""),
        ("Training judges", "An evaluation of judges", ""),
        ("Training judges", "Judges that debate", "same"),
    ],
)
def test_only_papers_of_one_kind_are_compared(first: str, second: str, kind: str) -> None:
    """What an attack, a defense, a method and a measurement do to a measure is not the same effect."""
    papers = [paper(n, 2020, title) for n, title in enumerate((first, second))]
    selected = [sentence(item, "It lowers error rates by 5%.") for item in papers]

    [subtopic] = order_sentences(theme_of(papers), "finding", selected)

    assert subtopic.kind == kind
