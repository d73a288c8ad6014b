"""Names of induced themes and keywords of papers in other languages than English."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from surveygen.domain.paper import Paper, PaperId
from surveygen.languages.detection import detect_language, stop_words
from surveygen.summarize.extractive import Extractive
from surveygen.themes.induce import label_clusters
from surveygen.themes.induce.labels import ClusterLabel

PAPERS = tomllib.loads((Path(__file__).parents[1] / "data" / "papers_by_language.toml").read_text(encoding="utf-8"))


def _papers(language: str) -> tuple[list[Paper], list[int]]:
    """Return the papers of a language, with the numbers of their subjects."""
    rows = [(number, row) for number, rows in enumerate(PAPERS[language]["subjects"]) for row in rows]
    return [Paper(PaperId(f"p{n}"), *row) for n, (_, row) in enumerate(rows)], [number for number, _ in rows]


def _labels(language: str) -> tuple[ClusterLabel, ...]:
    papers, subjects = _papers(language)
    clusters = np.array(subjects)
    return label_clusters(papers, np.eye(len(set(subjects)), dtype=np.float32)[clusters], clusters)


@pytest.mark.parametrize("language", PAPERS)
def test_the_language_of_an_abstract_is_detected(language: str) -> None:
    """Script and function words tell it, for every paper."""
    papers, _ = _papers(language)

    assert {detect_language(f"{paper.title}. {paper.abstract}") for paper in papers} == {language}


@pytest.mark.parametrize("language", PAPERS)
def test_themes_are_named_by_the_terms_of_their_language(language: str) -> None:
    """A name is a term of the subject, with the capitals and the joining word of the language."""
    labels = _labels(language)

    assert all(name in label.name for name, label in zip(PAPERS[language]["names"], labels, strict=True))


@pytest.mark.parametrize("language", PAPERS)
def test_no_function_word_is_a_keyword(language: str) -> None:
    """Neither of a theme nor of a paper."""
    papers, _ = _papers(language)

    keywords = {word for label in _labels(language) for word in label.keywords}
    keywords |= {word for paper in papers for word in Extractive().review(paper).keywords}

    assert keywords
    assert not stop_words(language) & {word.lower() for word in keywords}


def test_a_second_abstract_gives_no_function_words() -> None:
    """Sentences in another language inside a text in English are divided as that language is."""
    text = "We study the wind. Nous étudions le vent dans les vallées et sur les crêtes pour les turbines."
    papers = [Paper(PaperId(str(n)), "Wind in valleys", text) for n in range(3)]

    (label,) = label_clusters(papers, np.ones((3, 1), dtype=np.float32), np.zeros(3, dtype=np.intp))

    assert not {"le", "dans", "les", "pour", "sur"} & {word for keyword in label.keywords for word in keyword.split()}


def test_a_short_text_without_function_words_is_english() -> None:
    """A name alone shows no language."""
    assert detect_language("BERT") == "en"
    assert detect_language("Decision transformers via distillation") == "en"
