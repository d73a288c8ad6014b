"""What opens a survey: sentences that say what its field is about, and definitions of its terms."""

from __future__ import annotations

import numpy as np
import pytest

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Facet, FrontMatter, PaperReview
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.summarize import FrontMatterInput, check_grounding, quote_front_matter

TOP = ThemeId("top")
TREE = Taxonomy((Theme(TOP, "Feature selection", keywords=("feature selection", "swarm intelligence")),))
OWN = "We propose a method that selects features by their weights. It finds 40% more features than others."


def paper(number: int, start: str) -> Paper:
    """Make a paper whose abstract begins with a sentence on what is known."""
    return Paper(
        PaperId(f"p{number}"), f"Selecting features {number}", f"{start} {OWN}", (Author("Ann Lee"),), published="2020"
    )


def front_matter(*papers: Paper, survey: PaperId | None = None, title: str = "Feature selection") -> FrontMatter:
    """Return what opens a survey of some papers without vectors."""
    span = Evidence(PaperId("x"), 1, "title", 0, 1)
    reviews = {
        it.id: PaperReview(
            it.id, keywords=("feature selection",), facets=(Facet("kind", "survey", span),) if it.id == survey else ()
        )
        for it in papers
    }
    nothing = Embeddings((), np.zeros((0, 2), np.float32), "none")
    return quote_front_matter(FrontMatterInput(title, papers, reviews, TREE, {it.id: TOP for it in papers}, nothing))


@pytest.mark.parametrize(
    "sentence",
    [
        "Feature selection is the process of finding the features that tell most of a class.",
        "Feature selection (FS) refers to the choice of columns that a model needs for its work.",
        "Feature selection is defined as the search for the smallest set of columns with the same error.",
        "Feature selection aims to reduce the number of columns without a loss of accuracy.",
    ],
)
def test_a_definition_of_a_term_of_the_survey_is_found(sentence: str) -> None:
    """What it is, what it refers to, how it is defined, what it aims at; and it replays from its source."""
    source = paper(1, sentence)

    (found,) = front_matter(source).introduction  # the term of the title opens it

    assert found.plain == sentence
    assert check_grounding(found, lambda *_: source).ok


@pytest.mark.parametrize(
    "sentence",
    [
        "Feature selection is a challenging problem of great importance for many fields of science.",
        "Feature selection is one of the most popular tools of machine learning in these fields.",
        "Feature selection is the task of finding good features, yet it remains poorly understood.",
        "This process is the technique of finding those features that tell most of a class.",
        "The feature selection aims to reduce the number of columns without a loss of accuracy.",
        "Graph mining is the process of finding those parts of a graph that tell most of a class.",
    ],
)
def test_praise_complaints_and_other_terms_are_no_definitions(sentence: str) -> None:
    """That something matters, is hard or is a term of no theme."""
    front = front_matter(paper(1, sentence))

    assert (front.definitions, front.introduction) == ((), ())


def test_a_term_is_defined_once_by_a_survey_first() -> None:
    """The term of the title precedes those of the themes."""
    swarm = paper(1, "Swarm intelligence is a field of research that models how many simple animals act as one.")
    first = paper(2, "Feature selection is the process of finding the features that tell most of a class.")
    second = paper(3, "Feature selection is the task of finding columns that are needed for a good model.")

    front = front_matter(swarm, first, second, survey=second.id)

    assert [it.cites for it in front.introduction] == [(second.id,)]
    assert [it.cites for it in front.definitions] == [(swarm.id,)]


def test_what_is_known_of_the_subject_opens_the_survey() -> None:
    """Not what a paper does, nor what is known of something else; a survey is quoted first; no paper speaks twice."""
    about = [
        paper(n, f"Feature selection helps {what} because columns without a signal hide those that have one.")
        for n, what in enumerate(("doctors", "banks", "farmers"))
    ]
    other = paper(9, "Rain falls on most days of the year because warm air rises over the hills of the coast.")

    front = front_matter(*about, other, survey=about[2].id, title="Feature selection of columns")

    quoted = [*front.abstract, *front.introduction]
    assert [it.cites for it in front.abstract] == [(about[2].id,)]
    assert other.id not in {name for it in quoted for name in it.cites}
    assert len({it.cites for it in quoted}) == len(quoted)


def test_without_papers_nothing_is_quoted() -> None:
    """Nor without a sentence that fits."""
    assert front_matter() == FrontMatter()
    assert front_matter(paper(1, "It rains.")) == FrontMatter()
