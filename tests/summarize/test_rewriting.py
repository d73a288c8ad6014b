"""Rewriting a span so that it names its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize import extract_statements, is_grounded, sentence_flaw

MANY = ("Stephen Casper", "Xander Davies", "Claudia Shi")
C = "Casper et al. [@2307.15217]"


def paper(*authors: str, title: str = "Open Problems") -> Paper:
    """Make a paper by these authors."""
    return Paper(PaperId("2307.15217"), title, authors=tuple(Author(name) for name in authors))


def rewritten(span: str, source: Paper) -> Sentence | None:
    """Return the sentence that is made of an abstract of one sentence, None if it is refused."""
    statements = extract_statements(source.with_changes(abstract=span))
    return statements[0].sentence if statements else None


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("We propose a new way to train models.", f"{C} propose a new way to train models."),
        ("In this paper, we show that models learn to deceive.", f"{C} show that models learn to deceive."),
        ("However, we also find that models fail on hard tasks.", f"{C} find that models fail on hard tasks."),
        (
            "Our method outperforms all of the earlier methods.",
            f"The method of {C} outperforms all of the earlier methods.",
        ),
        ("Our analysis of large models shows a gap.", f"The analysis by {C} of large models shows a gap."),
        ("This paper presents a survey of reward hacking.", f"{C} present a survey of reward hacking."),
        ("This survey is the first on reward hacking.", f"The survey by {C} is the first on reward hacking."),
        ("The authors train a model on human feedback.", f"{C} train a model on human feedback."),
        ("Casper and colleagues train a model on human feedback.", f"{C} train a model on human feedback."),
        ("The approach beats four baselines on two tasks.", f"The approach of {C} beats four baselines on two tasks."),
        (
            "Results show that the proposed method is robust.",
            f"Results show that the method proposed by {C} is robust.",
        ),
        (
            "Using ten models, we show that our attack transfers to us.",
            f"Using ten models, {C} show that their attack transfers to them.",
        ),
        ("To address this problem, we train a second model.", f"{C} train a second model."),
        ("Large models often overfit to the reward.", "Large models often overfit to the reward [@2307.15217]."),
        ("RESULTS: We find that models overfit to rewards.", f"{C} find that models overfit to rewards."),
        ("Accordingly new models are trained on feedback.", "New models are trained on feedback [@2307.15217]."),
        ("Our model aims to predict human feedback.", f"The model of {C} aims to predict human feedback."),
        (
            "With large models, it is hard to detect lies.",
            "With large models, it is hard to detect lies [@2307.15217].",
        ),
        ("Concretely, we train a model on human feedback.", f"{C} train a model on human feedback."),
        (
            "For instance, models trained on feedback refuse more.",
            "Models trained on feedback refuse more [@2307.15217].",
        ),
        ("The scope of this work is to test models.", f"The scope of the work by {C} is to test models."),
        (
            "Social biases hide in texts, and models amplify them.",
            "Social biases hide in texts, and models amplify them [@2307.15217].",
        ),
        (
            "A reward proposed in this paper improves safety greatly.",
            f"A reward proposed by {C} improves safety greatly.",
        ),
    ],
)
def test_rules(span: str, expected: str) -> None:
    """Each rule names the authors where they were "we", "this paper" or "the authors"."""
    sentence = rewritten(span, paper(*MANY))

    assert sentence is not None
    assert sentence.text == expected


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (("Stephen Casper",), "Casper [@2307.15217] proposes a model and tests the model twice."),
        (MANY[:2], "Casper and Davies [@2307.15217] propose a model and test the model twice."),
        (
            ("OpenAI", "Josh Achiam", "Steven Adler"),
            "OpenAI et al. [@2307.15217] propose a model and test the model twice.",
        ),
        ((), "“Open Problems” [@2307.15217] proposes a model and tests the model twice."),
    ],
)
def test_verbs_agree(authors: tuple[str, ...], expected: str) -> None:
    """One author, or a title in their place, takes the singular; all verbs of the subject follow."""
    sentence = rewritten("We propose a model and test the model twice.", paper(*authors))

    assert sentence is not None
    assert sentence.text == expected


def test_titles_have_no_possessive_of_persons() -> None:
    """A title in the place of the authors is "it", and what the authors have is "its"."""
    sentence = rewritten("We propose a model, and we show that our model lets us find errors.", paper())

    assert sentence is not None
    assert sentence.text == (
        "“Open Problems” [@2307.15217] proposes a model, and it shows that its model lets the authors find errors."
    )


@pytest.mark.parametrize(
    "span",
    [
        "This leads to many failures of large models.",
        "It is much better than all the other models.",
        "Such models fail in many of the tests.",
        "They then fail to follow the instructions given.",
        "As we move towards general intelligence, risks increase.",
        "The former is better than all the others.",
        "The problem remains hard for all models today.",
        "Both small models share a consistent topology.",
        "Results and discussion of all the experiments:",
        "A study of many models and their training data.",
        "and then the models fail on every task.",
        "Models (large and small fail on every task.",
        "The cost is $x for each of the models.",
        "Code is available at https://github.com/a/b for all.",
        "Models are \\textbf{very} large and hard to train.",
        "Can models learn to deceive the people who train them?",
        "Models are large.",
        "See Figure 3 for the results of all models.",
        "Models " + "and models " * 60 + "are large.",
        "Models cite [@9999.00001] and are large and slow.",
        "Large language models can amplify them.",
        "For example, both methods are less precise than the baseline.",
        "Analyzing attacks can help us delve into the weakness of models.",
        "Listeners infer that “we shouldn’t lower our standards” from the statement.",
        "Whenever we think about security the first thing is crime.",
        "Your own enterprise needs a vital part of security.",
        "Future research directions are also outlined.",
        "The research contribution of our paper is twofold.",
        "Extensive experiments demonstrate the superiority of GeneShift.",
        "With fewer than 300 lines of annotations (including 200 seed prompts).",
        "Delays differ over the three bridges.",
        "Most of the respondents were young and used the portal.",
        "The result has been a great variety of solutions.",
        "We test two ideas for large models: First, the use of objects in scenes.",
        "The dataset of the whole project can be obtained through a page.",
        "As a component of large pipelines, it improves the retrieval of texts.",
        "Part III presents an economic analysis of all the models.",
        "The paper also comprehensively elucidate on some of the activities.",
    ],
)
def test_what_leans_or_is_no_prose_is_refused(span: str) -> None:
    """A sentence that needs its neighbours, or is a fragment, is not used."""
    assert rewritten(span, paper(*MANY)) is None


def test_another_language_is_quoted() -> None:
    """A sentence in another language stays as it is, its citation before the full stop."""
    sentence = rewritten("我们提出了一种新的大语言模型对齐方法。", paper(*MANY))

    assert sentence is not None
    assert sentence.text == "我们提出了一种新的大语言模型对齐方法 [@2307.15217]。"
    assert sentence.language == "zh"


def test_an_id_that_no_marker_can_hold_is_refused() -> None:
    """Without a citation there is no sentence."""
    odd = Paper(PaperId("a b]c"), "T", authors=(Author("A B"),))

    assert rewritten("We propose a new way to train models.", odd) is None


WORDS = st.lists(
    st.sampled_from(
        [
            "We",
            "we",
            "our",
            "Our",
            "us",
            "this",
            "The",
            "the",
            "authors",
            "paper",
            "method",
            "propose",
            "shows",
            "model",
            "models",
            "and",
            "that",
            "to",
            "In",
            ",",
            ".",
            "(",
            ")",
            "$",
            "$x$",
            "[@a]",
            "“",
            "However,",
            "et",
            "al.",
        ]
    ),
    max_size=25,
).map(" ".join)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("Our approach works as an add-on to others.", f"The approach of {C} works as an add-on to others."),
        ("Our evaluation results show a gap of 5%.", f"The evaluation results of {C} show a gap of 5%."),
        ("Our model scores 90% on ten hard tasks.", f"The model of {C} scores 90% on ten hard tasks."),
        ("Our method, framework and tools are tested on ten tasks.", None),
        ("Our experiments and analysis reveal a gap of 5%.", None),
        ("Our results shows that models overfit to rewards.", None),
        ("The results of Lee et al. shows that models overfit.", None),
        ("Models fail in the second stage.the method trains them again.", None),
    ],
)
def test_a_sentence_is_not_broken(span: str, expected: str | None) -> None:
    """Nouns that are verbs, enumerations and agreement are rewritten safely, or the sentence is refused."""
    made = rewritten(span, paper(*MANY))

    assert (made and made.text) == expected


HEADS = st.sampled_from(["approach", "model", "evaluation results", "training method", "new data set", "analysis"])
VERBS = st.sampled_from(["works", "shows", "scores", "trains", "is tested", "show", "can model", "covers", "benefits"])
ENDS = st.sampled_from(
    ["ten tasks of the test.", "as a judge of models.", "and tools are ready for use.", "on our tasks."]
)
ADDED = {"the", "of", "by", "authors", "their", "our", "proposed", ""}


@given(st.builds("{} {} {} {}".format, st.sampled_from(["Our", "The proposed", "Here, our"]), HEADS, VERBS, ENDS))
def test_a_rewritten_sentence_parses_back_to_its_span(span: str) -> None:
    """Without what names the authors, its words are those of the span, in their order, verbs aside from their -s."""
    made = rewritten(span, paper(*MANY))

    def words(text: str) -> list[str]:
        told = text.removeprefix("Here, ").replace(C, "").replace(" [@2307.15217]", "")
        return [word for word in told.lower().split() if word not in ADDED]

    if made:
        assert words(made.text) == words(span)


@given(
    st.one_of(st.text(), WORDS, WORDS.map(lambda text: f"{text} fails on tasks.")),
    st.lists(st.text(max_size=12), max_size=4),
)
def test_rewriting_never_raises_and_replays(span: str, authors: list[str]) -> None:
    """Whatever the words, each sentence has a citation, and its rule gives the sentence again."""
    source = paper(*authors).with_changes(abstract=span)

    for statement in extract_statements(source):
        assert statement.sentence.text.count("[@2307.15217]") >= 1
        assert is_grounded(statement.sentence, lambda *_: source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Casper et al. [@2307.15217] propose a new way to train models.", ""),
        ("Extensive tests on two tasks bear out the method of Casper et al. [@2307.15217].", ""),
        ("Do models lie to the people who train them [@2307.15217]?", ""),
        ("Why do they lie to the people who train them [@2307.15217]?", "dangling"),
        ("Large language models can amplify them [@2307.15217].", "dangling"),
        ("Such models fail in many of the tests [@2307.15217].", "dangling"),
        ("A study of many models and their training data [@2307.15217].", "fragment"),
        ("Code is available at https://github.com/a/b for all [@2307.15217].", "other"),
    ],
)
def test_flaws_are_sorted(text: str, expected: str) -> None:
    """The checker tells a word without referent from a headline and from what is no prose."""
    casper = paper(*MANY)
    sentence = Sentence(text, (casper.id,), (Evidence(casper.id, 1, "abstract", 0, 1),))

    assert sentence_flaw(sentence, lambda *_: casper) == expected


@pytest.mark.parametrize(
    ("author", "title"), [("Kaiming He", "T"), ("Ada de Gregorio", "T"), ("", "Your Model Is Secretly a Judge")]
)
def test_names_are_no_words_of_a_sentence(author: str, title: str) -> None:
    """Neither "He", nor a small "de", nor the title of a paper without authors is read as a word."""
    source = paper(*[author][: bool(author)], title=title)

    sentence = rewritten("We validate the method on three critical domains of large models.", source)

    assert sentence is not None
    assert sentence_flaw(sentence, lambda *_: source) == ""
