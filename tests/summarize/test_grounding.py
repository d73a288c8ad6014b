"""Checking sentences against their sources, and counting repeats."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize import check_grounding, extract_statements

ABSTRACT = (
    "Reward models are easy to exploit, and 73 of 100 policies do so. However, we propose RewardGuard, a test that "
    "finds exploits. Our experiments show that RewardGuard stops 41.5% of the exploits in five tasks. "
    "Large policies remain hard to test."
)
PAPER = Paper(
    PaperId("2307.15217"), "RewardGuard: Testing Reward Models", ABSTRACT, (Author("Ann Lee"), Author("Bo Li"))
)
OTHER = Paper(PaperId("2401.00001"), "Another Paper on Policies", ABSTRACT.replace("41.5%", "12%"), (Author("Cy Doe"),))


def stored(paper: PaperId, version: int) -> Paper | None:
    """Look up one of the two papers."""
    return next((item for item in (PAPER, OTHER) if item.id == paper and item.version == version), None)


def finding() -> Sentence:
    """Return the sentence with the number."""
    return next(item.sentence for item in extract_statements(PAPER) if "41.5" in item.sentence.text)


def test_every_sentence_is_borne_out() -> None:
    """What the rules write passes the check, with all its words in the source."""
    statements = extract_statements(PAPER)

    assert len(statements) >= 3
    assert all(check_grounding(item.sentence, stored).ok for item in statements)
    assert min(item.sentence.support for item in statements) == 1.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": finding().text.replace("41.5", "81.5")}, "does not give"),
        ({"text": finding().text.replace("stops", "misses")}, "does not give"),
        ({"text": finding().text.replace(" [@2307.15217]", "")}, "without a mark"),
        ({"text": finding().text.replace("2307.15217", "2401.00001")}, "without a mark"),
        ({"rule": "quote"}, "does not give"),
        ({"rule": "invented"}, "does not give"),
        ({"cites": ()}, "no citation"),
        ({"cites": (PaperId("2307.15217"), PaperId("2401.00001"))}, "without a mark"),
        ({"evidence": ()}, "without evidence"),
        ({"evidence": (Evidence(PAPER.id, 2, "abstract", 0, 10),)}, "not in the store"),
        ({"evidence": (Evidence(PAPER.id, 1, "abstract", 0, 10_000),)}, "has no abstract"),
        ({"evidence": (Evidence(PAPER.id, 1, "title", 0, 10),)}, "does not give"),
        ({"evidence": (finding().evidence[0], finding().evidence[0])}, "exactly one span"),
    ],
)
def test_tampering_is_found(change: dict[str, object], reason: str) -> None:
    """A changed word, number, citation, rule or span fails, and the reason says which."""
    verdict = check_grounding(replace(finding(), **change), stored)  # type: ignore[arg-type]  # fields by name

    assert not verdict.ok
    assert reason in verdict.reason


def test_a_swapped_source_is_found() -> None:
    """The same words under another paper's name and span fail: its authors are others."""
    here = finding()
    swapped = replace(
        here,
        text=here.text.replace("2307.15217", "2401.00001"),
        cites=(OTHER.id,),
        evidence=(replace(here.evidence[0], paper=OTHER.id),),
    )

    assert not check_grounding(swapped, stored).ok


@given(st.integers(-60, 60).filter(bool), st.integers(-60, 60))
def test_a_shifted_span_is_found(start: int, end: int) -> None:
    """A sentence checks with its own span only."""
    here = finding()
    span = here.evidence[0]

    moved = replace(here, evidence=(replace(span, start=span.start + start, end=span.end + end),))

    assert (
        not check_grounding(moved, stored).ok
        or ABSTRACT[span.start + start : span.end + end].strip() == ABSTRACT[span.start : span.end]
    )


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("Lee and Li [@2307.15217] show that RewardGuard stops 41.5% of exploits in five tasks.", True),
        ("Lee and Li [@2307.15217] show that RewardGuard stops 44% of exploits in five tasks.", False),
        ("Lee and Li [@2307.15217] show that DeepGuard stops 41.5% of exploits in five tasks.", False),
    ],
)
def test_free_text_needs_its_numbers_and_names_in_the_source(text: str, ok: bool) -> None:  # noqa: FBT001  # a case
    """A sentence by a model may be worded freely, but numbers and names must stand in the span."""
    written = replace(finding(), text=text, method="llm", rule="")

    assert check_grounding(written, stored).ok is ok


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RewardGuard stops 41.5% of the exploits in 5 tasks [@2307.15217].", ""),
        ("RewardGuard stops 41.5% of the exploits in six tasks [@2307.15217].", "6 is not in"),
        ("Lee and Li (2024) [@2307.15217] stop 41.5% of exploits in tasks.", "2024 is not in"),
        ("RewardGuard does not stop 41.5% of the exploits in five tasks [@2307.15217].", "is denied"),
        ("Doe et al. [@2307.15217] stop 41.5% of the exploits in five tasks.", "Doe is not in"),
        ("Kernel methods sort proteins quickly and without much memory [@2307.15217].", "of its words"),
    ],
)
def test_a_freely_worded_sentence_is_compared_with_its_span(text: str, reason: str) -> None:
    """Number words count as numbers, and a denial, a foreign name or too few common words are told."""
    verdict = check_grounding(replace(finding(), text=text, method="llm", rule=""), stored)

    assert verdict.ok is (reason == "")
    assert reason in verdict.reason


def test_a_citation_of_the_wrong_paper_is_found() -> None:
    """A true sentence that another paper of the call says more plainly is attributed wrongly."""
    near = replace(PAPER, id=PaperId("2402.00002"), abstract="Large policies remain hard to fool and to tune.")
    text = "Large policies remain hard to fool and to tune"
    place = ABSTRACT.index("Large policies")
    wrong = Sentence(f"{text} [@{PAPER.id}].", (PAPER.id,), (Evidence(PAPER.id, 1, "abstract", place, len(ABSTRACT)),))

    verdict = check_grounding(replace(wrong, method="llm"), stored, [near])

    assert verdict.reason == "2402.00002 fits it better"


def test_a_citation_that_adds_nothing_is_found() -> None:
    """A second paper is cited only if some of the sentence comes from it."""
    here = finding()
    beside = Evidence(OTHER.id, 1, "abstract", OTHER.abstract.index("Large"), len(OTHER.abstract))
    two = replace(
        here,
        text="RewardGuard stops 41.5% of the exploits in five tasks [@2307.15217] [@2401.00001].",
        cites=(PAPER.id, OTHER.id),
        evidence=(*here.evidence, beside),
        method="llm",
        rule="",
    )

    assert check_grounding(two, stored).reason == "2401.00001 adds nothing to it"


def test_a_persons_sentence_needs_only_its_citations() -> None:
    """What a person wrote is not measured against the source, but its citations must be marked."""
    theirs = replace(finding(), text="I like it [@2307.15217].", method="human", evidence=())

    assert check_grounding(theirs, stored).ok
    assert not check_grounding(replace(theirs, text="I like it."), stored).ok


def test_a_space_before_the_full_stop_makes_no_other_sentence() -> None:
    """Some abstracts have one; the citation stands in its place."""
    text = "The judges of debates are compared with two older kinds of judges that score single answers ."
    paper = Paper(PaperId("p"), "Judges", text, (Author("Ann Lee"),))

    (statement,) = extract_statements(paper)

    assert statement.sentence.text.endswith(" answers [@p].")
    assert check_grounding(statement.sentence, lambda *_: paper).ok
