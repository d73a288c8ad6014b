"""Reviews that are completed from full texts: invented papers with planted truth, and real pages."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

import fixture_pages
from latexml_pages import PlantedPaper, make_corpus
from surveygen.documents import read_page
from surveygen.domain.document import Document, Unit
from surveygen.domain.license import MAX_QUOTED_WORDS, Permission
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import PaperReview
from surveygen.summarize import check_grounding, complete_review
from surveygen.summarize.extractive import Extractive

PAGES = ("1707.08043", "1708.00137", "1803.07574", "0903.1000", "1307.8133", "1311.0066", "astro-ph9710163", "own_bees")
FIELDS = ("contributions", "methods", "limits", "data", "definitions")
SENTENCES = ("contributions", "methods", "limits", "findings", "definitions")


@cache
def corpus() -> tuple[tuple[PlantedPaper, Document], ...]:
    """Return 60 invented papers with their texts."""
    return tuple(
        (item, read_page(item.page, paper=item.paper.id, version=1, title=item.paper.title)) for item in make_corpus(60)
    )


def completed(item: PlantedPaper, document: Document, permission: Permission = "adapt") -> PaperReview:
    """Return the review of a paper, completed from its text."""
    return complete_review(Extractive().review(item.paper), item.paper, document, permission)


def bare(text: str) -> str:
    """Return words without quotation marks and what ends an item or a sentence."""
    return " ".join(text.replace("“", "").replace("”", "").split()).rstrip(" ;.").casefold()


def truth(item: PlantedPaper) -> dict[str, list[str]]:
    """Return by field the words that each planted statement has on a card."""
    means = item.paper.title.rpartition(" with ")[2]
    return {
        "contributions": list(item.contributions),
        "methods": [f"learns from {means}"],
        "limits": [text.removeprefix("We ") for text in item.limitations],  # the authors stand in place of "We"
        "data": list(item.data_sets),
        "definitions": [text for _, text in item.definitions],
    }


def test_fields_are_filled_and_right() -> None:
    """At least .95 of the planted statements of each field are found, and at least .95 of what is found is planted."""
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for item, document in corpus():
        review = completed(item, document)
        for name, expected in truth(item).items():
            sentences = [bare(sentence.plain) for sentence in getattr(review, name)]
            planted[name] += len(expected)
            found[name] += sum(any(bare(text) in sentence for sentence in sentences) for text in expected)
            made[name] += len(sentences)
            wrong[name] += sum(not any(bare(text) in sentence for text in expected) for sentence in sentences)

    shares = {name: (found[name] / planted[name], 1 - wrong[name] / made[name]) for name in FIELDS}
    assert all(min(share) >= 0.95 for share in shares.values()), shares


@pytest.mark.parametrize("permission", ["adapt", "verbatim", "quote"])
def test_every_sentence_is_grounded_in_its_unit(permission: Permission) -> None:
    """Each sentence of a full text results again from the unit that it names."""
    by_id = {item.paper.id: (item.paper, {unit.id: unit for unit in text.all_units()}) for item, text in corpus()}

    def papers(paper: PaperId, _version: int) -> Paper:
        return by_id[paper][0]

    def units(paper: PaperId, _version: int, name: str) -> Unit | None:
        return by_id[paper][1].get(name)

    for item, document in corpus()[:12]:
        for sentence in completed(item, document, permission).sentences():
            verdict = check_grounding(sentence, papers, unit=units)
            assert verdict.ok, (sentence.text, verdict.reason)


@pytest.mark.parametrize("permission", ["verbatim", "quote"])
def test_what_may_not_be_altered_is_quoted(permission: Permission) -> None:
    """Without a license that permits changes, the words are those of the text, in quotation marks."""
    for item, document in corpus()[:12]:
        units = {unit.id: unit.text for unit in document.all_units()}
        review = completed(item, document, permission)
        sentences = [it for name in SENTENCES for it in getattr(review, name) if it.evidence[0].field != "abstract"]

        assert sentences
        for sentence in sentences:
            quote = sentence.text.partition("“")[2].rpartition("”")[0]
            assert quote in units[sentence.evidence[0].field.removeprefix("text:")]
            assert permission != "quote" or len(quote.split()) <= MAX_QUOTED_WORDS


@pytest.mark.skipif(not fixture_pages.FIXTURES.is_dir(), reason="the shared fixtures are not on this machine")
def test_real_pages_tell_limits_five_times_as_often() -> None:
    """Cards of real papers have at least five times as many limits with their full text as with the abstract alone."""
    alone = together = 0
    for name in PAGES:
        text = fixture_pages.document(name)
        abstract = " ".join(unit.text for unit in text.section_units("0") if unit.kind != "heading")
        paper = Paper(PaperId(name), text.title, abstract, (Author("Ada Reed"), Author("Bo Fox")))
        review = Extractive().review(paper)
        alone += len(review.limits)
        together += len(complete_review(review, paper, text, "adapt").limits)

    assert together >= 5 * max(alone, 1)


def test_a_closed_text_is_pointed_to() -> None:
    """Nothing of a closed text is shown but names; a pointer leads to a unit that tells what the field is about."""
    for item, document in corpus()[:12]:
        units = {unit.id: unit for unit in document.all_units()}
        review = completed(item, document, "point")

        fields = {evidence.field for name in SENTENCES for it in getattr(review, name) for evidence in it.evidence}
        assert fields <= {"title", "abstract"}
        pointers = {pointer.field: units[pointer.evidence.field.removeprefix("text:")] for pointer in review.pointers}
        assert item.contributions[0] == pointers["contributions"].text
        assert item.limitations[0] in pointers["limits"].text
        assert item.definitions[0][1] == pointers["definitions"].text
        assert review.data[0].evidence[0].field.startswith("text:")


def test_with_facts_alone_nothing_is_pointed_to() -> None:
    """Where nothing may be shown, names of data sets are all that a full text adds."""
    item, document = corpus()[7]
    own = Extractive().review(item.paper)

    review = completed(item, document, "facts")

    assert [name for name, field in review.fields() if field != dict(own.fields())[name]] == ["data"]
    assert review.pointers == ()


def test_a_text_without_structure_adds_nothing_wrong() -> None:
    """A PDF read as plain text has no sections, so that no field but names of data sets is filled from it."""
    paper = Paper(PaperId("2101.00001"), "A Lamp", abstract="We present a lamp.", authors=(Author("Ada Reed"),))
    document = Document(paper.id, 1, "", "A Lamp", "pdf")

    assert complete_review(Extractive().review(paper), paper, document, "adapt") == Extractive().review(paper)
