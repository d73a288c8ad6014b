"""What a freely worded claim may change, and what its source must license."""

from __future__ import annotations

import pytest

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize import check_grounding, is_whole_sentence, split_sentences

ABSTRACT = (
    "Existing filters often miss slow exploits. However, we propose TrapNet, a filter that cuts 45% of exploits "
    "from three logs when logs are short. Our experiments show that TrapNet outperforms BareNet on small logs, "
    "while BareNet may be faster than TrapNet. It has been shown that rewards drift after training. "
    "Can filters stop all exploits? We ask whether some users notice robust filters. "
    "In tests on 20 servers, TrapNet cuts 3 million alarms to 2 thousand. "
    "We do not find that larger filters help operators. We train TrapNet in 5 hours and test BareNet in 9 hours."
)
PAPER = Paper(PaperId("2401.00001"), "TrapNet", ABSTRACT, (Author("Ann Lee"), Author("Bo Li")), published="2024-01-01")
OTHER = Paper(
    PaperId("2402.00002"),
    "Drift",
    "We find that labels drift quickly in old archives. Most archives are never cleaned.",
    (Author("Cy Doe"), Author("Di Roe"), Author("Ed Poe")),
    published="2024-02-01",
)
GERMAN = Paper(PaperId("2403.00003"), "Filter", "Die Filter entfernen in drei von vier Fällen die Fehler der Modelle.")
FILTER, NET, DRIFT, ASKED, USERS, ALARMS, LARGER, HOURS = range(1, 9)


def reason(text: str, *cited: tuple[Paper, int]) -> str:
    """Return why a model's claim about sentences of papers is refused, "" if it is accepted."""
    if "[@" not in text:
        text = f"{text.rstrip('.?')} [@{cited[0][0].id}]{text[-1]}"
    spans = [(paper, split_sentences(paper.abstract)[at]) for paper, at in cited]
    evidence = tuple(Evidence(paper.id, paper.version, "abstract", *span) for paper, span in spans)
    sentence = Sentence(text, tuple(dict.fromkeys(paper.id for paper, _ in cited)), evidence, method="llm")
    papers = {paper.id: paper for paper, _ in cited}
    return check_grounding(sentence, lambda paper, _: papers.get(paper)).reason


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (FILTER, "Lee and Li propose TrapNet, a filter that cuts 45% of exploits from three logs when logs are short."),
        (
            FILTER,
            "Lee et al. (2024) present TrapNet, a filter which cut 45% of exploits from 3 logs when logs were short.",
        ),
        (FILTER, "TrapNet, a filter that cuts 45% of exploits from three logs when logs are short, is proposed."),
        (FILTER, "TrapNet is a filter that cuts 45% of exploits from three logs when logs are short."),
        (FILTER, "When logs are short, TrapNet is a filter that cuts 45% of exploits from three logs."),
        (
            NET,
            "Although BareNet may be faster than TrapNet, TrapNet outperforms BareNet on small logs.",
        ),
        (NET, "TrapNet surpassed BareNet on small logs, whereas BareNet could be faster than TrapNet."),
        (NET, "TrapNet is shown to outperform BareNet on small logs, while BareNet may be faster than TrapNet."),
        (DRIFT, "It has been shown that rewards drift after training."),
        (ASKED, "Can filters stop all exploits?"),
        (USERS, "The authors ask if certain users notice robust filters."),
        (ALARMS, "TrapNet cuts 3,000,000 alarms to 2,000 in tests on 20 servers."),
        (LARGER, "Lee and Li did not find that larger filters help operators."),
        (HOURS, "Lee and Li trained TrapNet in five hours and tested BareNet in nine hours."),
    ],
)
def test_a_paraphrase_of_the_lists_is_licensed(at: int, text: str) -> None:
    """Names for "we", tense, voice of reporting, articles, listed synonyms, numbers and exchanged clauses."""
    assert reason(text, (PAPER, at)) == ""


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (FILTER, "TrapNet is a filter that cuts 54% of exploits from three logs when logs are short."),
        (FILTER, "TrapNet is a filter that cuts 3% of exploits from 45 logs when logs are short."),
        (FILTER, "TrapNet is a filter that cuts 45 times the exploits from three logs when logs are short."),
        (FILTER, "TrapNet is the best filter that cuts 45% of exploits from three logs when logs are short."),
        (FILTER, "TrapNet is a filter that cuts 45% of exploits from three logs."),
        (FILTER, "TrapNet is a filter that cuts 45% of logs from three exploits when logs are short."),
        (FILTER, "TrapNet is a filter that cuts 45% of exploits from three logs when logs are long."),
        (
            FILTER,
            "TrapNet is a filter that cuts 45% of exploits from three logs when logs are short, and users like it.",
        ),
        (NET, "BareNet outperforms TrapNet on small logs, while BareNet may be faster than TrapNet."),
        (NET, "BareNet is outperformed by TrapNet on small logs, while TrapNet may be faster than BareNet."),
        (NET, "TrapNet is outperformed by BareNet on small logs, while BareNet may be faster than TrapNet."),
        (NET, "TrapNet outperforms BareNet on small logs, while BareNet is faster than TrapNet."),
        (NET, "TrapNet does not outperform BareNet on small logs, while BareNet may be faster than TrapNet."),
        (NET, "TrapNet underperforms BareNet on small logs, while BareNet may be faster than TrapNet."),
        (NET, "TrapNet outperforms BareNet, while BareNet may be faster than TrapNet."),
        (DRIFT, "Lee and Li show that rewards drift after training."),
        (DRIFT, "It has been shown that rewards drift before training."),
        (ASKED, "Filters can stop all exploits."),
        (ASKED, "Can filters stop all exploits."),
        (USERS, "Lee and Li show that some users notice robust filters."),
        (USERS, "The authors ask whether all users notice robust filters."),
        (USERS, "The authors ask whether some users notice brittle filters."),
        (ALARMS, "In tests on 20 servers, TrapNet cuts 2 thousand alarms to 3 million."),
        (ALARMS, "In tests on 20 servers, TrapNet cuts 3 billion alarms to 2 thousand."),
        (LARGER, "Lee and Li find that larger filters help operators."),
        (HOURS, "Lee and Li train BareNet in 5 hours and test TrapNet in 9 hours."),
        (HOURS, "Lee and Li train TrapNet in 9 hours and test BareNet in 5 hours."),
        (0, "The filters of Lee and Li often miss slow exploits."),
        (0, "Existing filters always miss slow exploits."),
    ],
)
def test_what_the_source_does_not_license_is_refused(at: int, text: str) -> None:
    """Changed numbers, units and names, turned comparisons, lost hedges and conditions, and anything put in."""
    assert reason(text, (PAPER, at)) != ""


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("On MNIST, GPT wins; on CIFAR, BERT wins.", "GPT wins on CIFAR; on MNIST, BERT wins."),
        ("With BERT, we gain 5%, and with GPT, we gain 7%.", "With GPT, they gain 5%, and with BERT, they gain 7%."),
        ("Our model has the second-best results of all.", "The model of Lee and Li has the best results of all."),
        ("Only GPT, a large model, and BERT pass the tests.", "Only GPT and BERT pass the tests."),
        ("We argue that many models lie in tests.", "Lee and Li show that many models lie in tests."),
        ("We propose BERT as a judge of GPT models.", "Lee and Li propose a judge as BERT of GPT models."),
        ("Accuracy rises from 5% to 7% when data grow.", "Accuracy rises from 7% to 5% when data grow."),
        ("Pruning before training helps, but tuning hurts.", "Pruning helps, but tuning before training hurts."),
        ("Reward models were introduced in early work.", "Lee and Li introduced reward models in early work."),
        ("GPT outperforms all of our smaller models.", "All of the smaller models of Lee and Li outperform GPT."),
    ],
)
def test_parts_change_places_only_as_a_whole(source: str, text: str) -> None:
    """What is said of one thing is never said of another, nor something of the authors that others did."""
    assert reason(text, (PAPER.with_changes(abstract=source), 0)) != ""
    assert reason(source, (PAPER.with_changes(abstract=source), 0)) == ""


def test_what_is_longer_than_a_sentence_is_not_compared() -> None:
    """A forged draft of endless sentences costs no time."""
    assert reason("Existing filters often miss slow exploits, and " * 2000 + "it works.", (PAPER, 0)).startswith(
        "longer"
    )


def test_each_clause_is_compared_with_the_paper_whose_mark_it_carries() -> None:
    """The same two clauses fail with their marks exchanged, and with authors of the other paper."""
    cited = ((PAPER, ALARMS), (OTHER, 0))
    first = "in tests on 20 servers, TrapNet cuts 3 million alarms to 2 thousand"

    assert (
        reason(
            f"Doe et al. [@{OTHER.id}] find that labels drift quickly in old archives, while {first} [@{PAPER.id}].",
            *cited,
        )
        == ""
    )
    assert reason(f"I{first[1:]} [@{PAPER.id}], and labels drift quickly in old archives [@{OTHER.id}].", *cited) == ""
    assert reason(f"I{first[1:]}, and labels drift quickly in old archives [@{PAPER.id}] [@{OTHER.id}].", *cited) == ""
    assert reason(f"I{first[1:]} [@{OTHER.id}], and labels drift quickly in old archives [@{PAPER.id}].", *cited) != ""
    assert (
        reason(
            f"Lee and Li [@{OTHER.id}] find that labels drift quickly in old archives, while {first} [@{PAPER.id}].",
            *cited,
        )
        != ""
    )


def test_sentences_of_one_paper_may_be_joined() -> None:
    """Each clause is licensed by one of the sentences, in any order."""
    cited = ((PAPER, ALARMS), (PAPER, LARGER))
    first = "TrapNet cuts 3 million alarms to 2 thousand in tests on 20 servers"

    assert reason(f"{first}, and Lee and Li do not find that larger filters help operators.", *cited) == ""
    assert reason(f"Lee and Li do not find that larger filters help operators; moreover, {first}.", *cited) == ""
    assert reason(f"{first}, and larger filters help operators.", *cited) != ""
    assert reason(f"{first}, because Lee and Li do not find that larger filters help operators.", *cited) != ""


def test_other_languages_are_compared_word_by_word() -> None:
    """There are no lists for them: a claim has the words of its source."""
    same = GERMAN.abstract

    assert reason(same, (GERMAN, 0)) == ""
    assert reason(same.replace("drei", "zwei"), (GERMAN, 0)) != ""
    assert reason(same.replace("die Fehler", "nicht die Fehler"), (GERMAN, 0)) != ""
    assert reason("The filters remove the errors of the models in three of four cases.", (GERMAN, 0)) != ""


def test_a_span_that_is_cut_is_no_evidence() -> None:
    """What is left of a sentence may say the opposite of it."""
    start, end = split_sentences(ABSTRACT)[LARGER]
    cut = start + len("We do not find that ")
    whole, part = (Evidence(PAPER.id, 1, "abstract", at, end) for at in (start, cut))
    text = f"Larger filters help operators [@{PAPER.id}]."
    claims = [
        Sentence(text, (PAPER.id,), (part,), method="llm"),
        Sentence(text, (PAPER.id,), (part,), method="extractive", rule="quote"),
    ]

    assert is_whole_sentence(whole, PAPER)
    assert not is_whole_sentence(part, PAPER)
    assert not any(check_grounding(claim, lambda *_: PAPER).ok for claim in claims)


def test_the_parts_of_a_title_are_whole() -> None:
    """A title is parted at its colon, so that the question in it can be cited."""
    paper = PAPER.with_changes(title="Filters at work: do they help? A study")
    start, end = paper.title.index("do they"), paper.title.index(" A study")

    assert is_whole_sentence(Evidence(paper.id, 1, "title", start, end), paper)
    assert not is_whole_sentence(Evidence(paper.id, 1, "title", start + 3, end), paper)
