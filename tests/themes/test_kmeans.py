"""Themes found in papers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveygen.config import EmbedSettings, ThemeSettings
from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.embed import encode_papers
from surveygen.embed.lsa import make as make_lsa
from surveygen.themes.induce import KMeansInducer
from surveygen.themes.induce.clustering import choose_k, kmeans_labels, merge_small_clusters, modularity, smooth
from surveygen.themes.induce.labels import ClusterLabel, label_clusters, title_case
from surveygen.themes.induce.noun_phrases import is_noun_phrase, may_name, spelling_of
from surveygen.themes.induce.terms import Text, find_acronyms, phrases, stem, stems

KINDS = (
    ("reward hacking", "We study reward hacking in RLHF. The reward model drifts, and RLHF finds it."),
    ("backdoor triggers", "A backdoor is planted by poisoned samples. Triggers wake the backdoor later."),
    ("gender stereotypes", "Coreference resolution repeats gender stereotypes. Occupation words carry gender."),
)


def papers(count: int = 8) -> list[Paper]:
    """Return papers of three kinds, ids in an order that mixes them."""
    return [
        Paper(PaperId(f"p{n}-{kind}"), f"{title}, part {n}", f"{text} Case {n} differs.")
        for n in range(count)
        for kind, (title, text) in enumerate(KINDS)
    ]


def induce(
    sample: list[Paper], *, parent: str | None = None, target: int = 0, reserved: tuple[str, ...] = ()
) -> tuple[tuple[Theme, ...], tuple[Assignment, ...]]:
    """Induce with the encoder that needs no torch."""
    encoder = make_lsa(EmbedSettings(), lambda: [paper.text for paper in sample])
    embeddings = Embeddings(tuple(p.id for p in sample), encode_papers(encoder, sample), encoder.fingerprint)
    reserved_ids = [ThemeId(theme) for theme in reserved]
    above = ThemeId(parent) if parent else None
    return KMeansInducer(ThemeSettings(target=target)).induce(
        embeddings, sample, parent=above, reserved_ids=reserved_ids, seed=0
    )


def test_kinds_become_themes_with_their_own_names() -> None:
    """Three kinds of papers give three themes; every paper is placed; names say what sets them apart."""
    themes, placed = induce(papers())

    kinds = {theme.id: {item.paper[-1] for item in placed if item.theme == theme.id} for theme in themes}
    assert len(placed) == 24
    assert sorted(map(sorted, kinds.values())) == [["0"], ["1"], ["2"]]
    names = " ".join(theme.name for theme in themes).lower()
    assert all(word in names for word in ("reward", "backdoor", "gender"))
    assert all(theme.origin == "induced" and theme.keywords and theme.description for theme in themes)


def test_target_fixes_the_number() -> None:
    """A person may say how many themes there shall be."""
    themes, _ = induce(papers(), target=2)

    assert len(themes) == 2


def test_ids_are_readable_stable_and_never_taken_twice() -> None:
    """The same papers give the same ids, unless a theme has or had them."""
    first, _ = induce(papers())
    again, _ = induce(papers())
    other, _ = induce(papers(), reserved=tuple(theme.id for theme in first))

    assert [theme.id for theme in first] == [theme.id for theme in again]
    assert not {theme.id for theme in first} & {theme.id for theme in other}
    assert all(theme.id.startswith(theme.name.lower().split()[0]) for theme in first)


@settings(max_examples=10)
@given(st.permutations(papers(5)))
def test_order_of_papers_does_not_matter(mixed: list[Paper]) -> None:
    """Papers in another order give the same themes and the same members."""
    straight, mixed_up = induce(papers(5)), induce(mixed)

    assert [theme.id for theme in mixed_up[0]] == [theme.id for theme in straight[0]]
    assert {f.paper: f.theme for f in mixed_up[1]} == {f.paper: f.theme for f in straight[1]}


@pytest.mark.parametrize(("count", "themes"), [(0, 0), (1, 1), (3, 1), (11, 1)])
def test_few_papers_are_one_theme(count: int, themes: int) -> None:
    """With nothing above them, few papers are one theme, and each is placed."""
    induced, placed = induce(papers()[:count])

    assert (len(induced), len(placed)) == (themes, count)


def test_a_real_corpus_gets_names_that_a_reader_accepts(root: Path) -> None:
    """Every paper is placed, no name stands twice or is made of boilerplate, each theme has a sentence and examples.

    The same papers give the same themes.
    """
    rows = map(json.loads, (root / "corpus" / "llm-alignment.jsonl").read_text(encoding="utf-8").splitlines())
    sample = [Paper(PaperId(row["arxiv_id"]), row["title"], row.get("abstract", "")) for row in rows]

    themes, placed = induce(sample)

    names = [theme.name.lower() for theme in themes]
    assert len(placed) == len(sample)
    assert len(set(names)) == len(names)
    assert all(list(phrases(name)) for part in names for name in part.split(" and "))
    assert all(theme.description.endswith(".") and len(theme.seeds) >= 3 for theme in themes)
    assert induce(sample) == (themes, placed)


def test_few_papers_under_a_theme_are_not_divided() -> None:
    """A theme of few papers needs no sub-themes."""
    assert induce(papers()[:11], parent="above") == ((), ())


def test_a_theme_of_equal_papers_is_not_divided() -> None:
    """Papers that say the same word for word give no sub-themes."""
    same = [Paper(PaperId(f"p{n:02}"), "One title", "One abstract of words.") for n in range(14)]

    assert induce(same, parent="above") == ((), ())


def test_papers_of_stop_words_still_get_a_theme() -> None:
    """Where no phrase is left, the first title names the theme."""
    themes, placed = induce([Paper(PaperId("a"), "The of and"), Paper(PaperId("b"), "This is it")])

    assert [theme.name for theme in themes] == ["The of and"]
    assert len(placed) == 2


def test_central_papers_become_seeds() -> None:
    """The five papers in the middle of a theme are its seeds, so that later papers find it."""
    themes, placed = induce(papers())

    where = {item.paper: item.theme for item in placed}
    assert all(len(theme.seeds) == 5 and {where[seed] for seed in theme.seeds} == {theme.id} for theme in themes)


def test_phrases_stop_at_empty_words() -> None:
    """A phrase crosses no stop word and is not made of boilerplate alone."""
    assert list(phrases("Language models novel trojan attack.")) == ["trojan", "trojan attack", "attack"]
    assert "language models" not in list(phrases("language models"))


def test_names_keep_the_letters_of_the_texts() -> None:
    """An abbreviation keeps its capitals; a phrase hides the words that stand only inside it."""
    texts = [Paper(PaperId(str(n)), "RLHF pitfalls", "RLHF pitfalls again.") for n in range(4)]

    (label,) = label_clusters(texts, np.ones((4, 1), dtype=np.float32), np.zeros(4, dtype=np.intp))

    assert label.name == "RLHF Pitfalls"
    assert label.keywords == ("RLHF pitfalls",)


def nested() -> list[Paper]:
    """Return papers of two kinds, each of two kinds of its own, 24 a piece."""
    above = {
        "speech recognition": ("whispered accents", "noisy microphones"),
        "protein folding": ("membranes", "enzymes"),
    }
    return [
        Paper(PaperId(f"{n:02}-{top}-{low}"), f"{top} for {low}", f"{top} helps with {low}, {low} above all. Case {n}.")
        for n in range(24)
        for top, below in above.items()
        for low in below
    ]


def test_large_themes_are_divided_again() -> None:
    """A path leads from the top theme to the deepest one; parents come before children, and each paper has a path."""
    themes, placed = induce(nested(), target=2)

    tree = Taxonomy(themes)
    assert sorted(theme.name for theme in tree.children(None)) == ["Protein Folding", "Speech Recognition"]
    assert all(item.path == tree.path(item.theme) for item in placed)
    kinds = {theme.id: {item.paper.split("-")[2] for item in placed if item.theme == theme.id} for theme in themes}
    assert all(len(kinds[theme.id]) == 1 for theme in themes if theme.parent is not None)
    assert {len(item.path) for item in placed} == {2}


def test_without_subthemes_there_is_one_level() -> None:
    """The setting "none" keeps the themes flat."""
    sample = nested()
    encoder = make_lsa(EmbedSettings(), lambda: [paper.text for paper in sample])
    embeddings = Embeddings(tuple(p.id for p in sample), encode_papers(encoder, sample), encoder.fingerprint)

    themes, _ = KMeansInducer(ThemeSettings(subthemes="none")).induce(
        embeddings, sample, parent=None, reserved_ids=[], seed=0
    )

    assert {theme.parent for theme in themes} == {None}


@given(st.lists(st.sampled_from(["graph", "model", "the", "Graph-based", "of", "7", "é"]), min_size=12, max_size=30))
@settings(max_examples=20)
def test_no_name_stands_twice_whatever_the_words(words: list[str]) -> None:
    """Every paper is placed, and names differ, even where titles repeat and nothing is said."""
    sample = [Paper(PaperId(f"p{n:02}"), word, word) for n, word in enumerate(words)]

    themes, placed = induce(sample)

    assert len({theme.name for theme in themes}) == len(themes)
    assert len(placed) == len(sample)


def test_names_are_in_title_case_and_keep_capitals() -> None:
    """Small words stay small, abbreviations stay as they are."""
    assert title_case("chain-of-thought prompting of LLMs") == "Chain-of-Thought Prompting of LLMs"


def test_a_name_on_another_branch_is_not_taken_again() -> None:
    """What names another theme names no second one, whether written with a hyphen or without."""
    texts = [Paper(PaperId(str(n)), "Retrieval augmented generation with memory", "It helps.") for n in range(4)]
    vectors, groups = np.ones((4, 1), dtype=np.float32), np.zeros(4, dtype=np.intp)

    (label,) = label_clusters(texts, vectors, groups, taken=["Retrieval-Augmented Generation"])

    assert label.name == "Memory"


@pytest.mark.parametrize(
    ("heads", "name"),
    [
        (["recognition"] * 4 + ["linking"] * 3 + ["typing"] * 3, "Named Entity Recognition"),
        (
            ["recognition"] * 2 + ["linking"] * 2 + ["typing"] * 2 + ["salience"] * 2 + ["search"] * 2,
            "Named Entity Linking",
        ),
        (["in Urdu"] * 5 + ["recognition"] * 4, "Named Entity"),
    ],
)
def test_a_phrase_that_is_cut_off_gets_its_next_word(heads: list[str], name: str) -> None:
    """It must follow often, and the phrase must seldom end by itself."""
    texts = [Paper(PaperId(str(n)), f"Named entity {head}", "It helps.") for n, head in enumerate(heads)]

    (label,) = label_clusters(texts, np.ones((len(texts), 1), dtype=np.float32), np.zeros(len(texts), dtype=np.intp))

    assert label.name == name


def test_a_word_that_only_describes_others_names_nothing() -> None:
    """Each "spoken" stands before another word; the next keywords stand for themselves."""
    things = ["menus", "signs", "letters", "hymns", "jokes", "riddles", "ballads", "oaths", "toasts"]
    titles = [f"spoken {thing} in taverns with zithers" for thing in things]
    texts = [Paper(PaperId(str(n)), title, "It helps.") for n, title in enumerate(titles)]

    (label,) = label_clusters(texts, np.ones((9, 1), dtype=np.float32), np.zeros(9, dtype=np.intp))

    assert label.keywords[:3] == ("spoken", "taverns", "zithers")
    assert label.name == "Taverns"


def of_titles(*groups: tuple[str, ...]) -> list[Paper]:
    """Return papers of some titles, whose abstracts say the title once more."""
    titles = [title for group in groups for title in group]
    return [Paper(PaperId(f"p{n:02}"), title, f"We work on {title}.") for n, title in enumerate(titles)]


def labels_of(
    *groups: tuple[str, ...], taken: Sequence[str] = (), above: Sequence[str] = ()
) -> tuple[ClusterLabel, ...]:
    """Label clusters of titles; the vectors tell nothing but the clusters."""
    clusters = np.array([n for n, group in enumerate(groups) for _ in group])
    vectors = np.eye(len(groups), dtype=np.float32)[clusters]
    return label_clusters(of_titles(*groups), vectors, clusters, taken=taken, above=above)


BIRDS = ("songs of warblers", "warblers in hedges", "a map of warblers", "nests near rivers")
FISH = ("schools of herrings", "herrings in nets", "a price of herrings", "nests near rivers")


def test_a_name_covers_its_members_and_not_those_of_siblings() -> None:
    """What both themes mention names neither."""
    assert [label.name for label in labels_of(BIRDS, FISH)] == ["Warblers", "Herrings"]


def test_a_theme_without_a_common_phrase_says_so() -> None:
    """It is named by its most frequent phrases, and its definition does not claim one subject."""
    birds, mixed = labels_of(BIRDS, ("granite quarries", "tax returns", "choir rehearsals", "sewing machines"))

    assert birds.name == "Warblers"
    assert mixed.name.startswith("Other: ")
    assert mixed.description.startswith("Papers on different subjects, among them ")
    assert all(phrase in mixed.description for phrase in mixed.name.removeprefix("Other: ").split(", "))


def test_two_phrases_name_a_theme_that_neither_covers() -> None:
    """Each has members that the other has not; what one paper alone has is not part of the name."""
    parrots = ("diet of cockatoo chicks", "raising cockatoo chicks")
    waders = ("routes of ringed plovers", "ringed plovers in storms")
    both = (*parrots, *waders, "a comet", "two locks", "fine ropes")

    label, _ = labels_of(both, FISH)

    assert set(label.name.split(" and ")) == {"Cockatoo Chicks", "Ringed Plovers"}


def test_a_theme_is_not_named_by_one_of_its_sub_themes() -> None:
    """A phrase that both of its sub-themes have comes before one that only the larger one has."""
    first = ("cave maps of bearded vultures", "cave maps by moonlight", "cave maps on paper", "cave maps")
    second = ("bearded vultures on ledges", "bearded vultures in song")
    clusters = np.array([0] * 6 + [1] * 4)
    sample, vectors = of_titles(first, second, FISH), np.eye(2, dtype=np.float32)[clusters]

    flat, _ = label_clusters(sample, vectors, clusters)
    divided, _ = label_clusters(sample, vectors, clusters, below=np.array([0] * 4 + [1] * 2 + [0] * 4))

    assert (flat.name, divided.name) == ("Cave Maps", "Bearded Vultures")


def test_what_papers_use_does_not_name_what_they_study() -> None:
    """A phrase that stands in all abstracts and one title gives way to the one of the titles."""
    titles = ("Songs of garden warblers", "Garden warblers in hedges", "Maps of garden warblers", "Signal filters")
    sample = [Paper(PaperId(f"p{n}"), title, "We apply signal filters.") for n, title in enumerate((*titles, *FISH))]
    clusters = np.array([0] * 4 + [1] * 4)

    label, _ = label_clusters(sample, np.eye(2, dtype=np.float32)[clusters], clusters)

    assert label.name == "Garden Warblers"


def test_a_definition_names_the_two_most_central_papers() -> None:
    """In the order of their similarity to the middle of the theme."""
    rows = np.array([[1, 0.5], [1, 0], [1, 0.1], [1, -0.6]], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    (label,) = label_clusters(of_titles(BIRDS), rows, np.zeros(4, dtype=np.intp))

    assert label.description.endswith("Typical papers are “warblers in hedges” and “a map of warblers”.")


@pytest.mark.parametrize(
    ("phrase", "may"),
    [("neural machine translation", True), ("machine translation systems", False), ("machine translation", False)],
)
def test_a_word_before_those_of_the_survey_makes_a_name(phrase: str, may: bool) -> None:  # noqa: FBT001  # a case
    """A general word after them does not."""
    assert may_name(phrase.split(), frozenset(stems("Low-resource machine translation"))) is may


@pytest.mark.parametrize(
    ("phrase", "may"),
    [("e-learning", True), ("holding", False), ("filters driven", False), ("Bayesian", False), ("pedestrian", True)],
)
def test_the_form_of_a_noun_phrase(phrase: str, may: bool) -> None:  # noqa: FBT001  # a case
    """Joined nouns in -ing are nouns; participles and most adjectives are not."""
    assert is_noun_phrase(phrase.lower().split()) is may


@pytest.mark.parametrize("place", ["taken", "above"])
def test_no_name_repeats_the_words_of_another_theme_or_of_the_survey(place: str) -> None:
    """In whatever number or case the other name is."""
    others = ["Warbler"]
    birds, _ = labels_of(
        BIRDS, FISH, taken=others if place == "taken" else (), above=others if place == "above" else ()
    )

    assert "warbler" not in birds.name.lower()


@pytest.mark.parametrize("word", ["SemEval-2023", "GPT-4", "Portugal", "detection", "framework"])
def test_events_models_places_and_kinds_of_work_are_no_names(word: str) -> None:
    """Not even where every title has one and nothing else."""
    titles = tuple(f"{word} for {thing}" for thing in ("hymns", "taverns", "oaths", "riddles"))

    label, _ = labels_of(titles, FISH)

    assert word.lower() not in label.name.lower()


@given(st.sampled_from(["policy", "reward model", "pre-training", "hallucination", "Markov chain"]))
def test_number_case_and_hyphens_make_no_difference(phrase: str) -> None:
    """Two spellings of a phrase have the same stems."""
    plural = f"{phrase[:-1]}ies" if phrase.endswith("y") else f"{phrase}s"

    assert "".join(stems(plural.upper())) == "".join(stems(phrase)) == "".join(stems(phrase.replace("-", "")))


def test_a_name_ends_in_no_function_word() -> None:
    """Though "medications in" has the letters of the stem of "medicine"."""
    uses = [("medicine", "for", "."), ("medications in", "for", "the")]

    assert spelling_of("medicine", uses, "en")[0] == "medicine"


def test_an_acronym_counts_as_what_it_stands_for() -> None:
    """If some text says so."""
    acronyms = find_acronyms([Text.of("A title", "We use neural machine translation (NMT) of menus.")])

    assert stems("NMT models", acronyms) == stems("neural machine translation models")
    assert stems("BLT", acronyms) == (stem("BLT"),)


def test_modularity_is_that_of_the_definition() -> None:
    """Two pairs that link to each other only: all links inside, half of them by chance; none inside one another."""
    near, weights = np.array([[1], [0], [3], [2]]), np.ones((4, 1))

    assert modularity(near, weights, np.array([0, 0, 1, 1])) == pytest.approx(0.5)
    assert modularity(near, weights, np.array([0, 1, 0, 1])) == pytest.approx(-0.5)
    assert modularity(near, 0 * weights, np.array([0, 0, 1, 1])) == 0


def test_crumbs_join_the_nearest_group() -> None:
    """A group of one paper is no theme where the number is left to the data."""
    rows = np.array([[1, 0], [1, 0.1], [1, 0.2], [0, 1], [0.1, 1], [0.2, 1], [0.5, 1]], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    merged = merge_small_clusters(rows, np.array([0, 0, 0, 1, 1, 1, 2]))

    assert merged.tolist() == [0, 0, 0, 1, 1, 1, 1]


def blobs() -> Vectors:
    """Return 40 unit vectors in four tight groups of ten."""
    rng = np.random.default_rng(1)
    rows = np.repeat(np.eye(4, 6, dtype=np.float32), 10, axis=0) + rng.normal(0, 0.05, (40, 6)).astype(np.float32)
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_the_number_of_groups_is_seen_in_the_data() -> None:
    """Four tight groups are counted as four and found."""
    vectors = smooth(blobs())

    assert choose_k(blobs(), 2, 8, 0) == 4
    assert len(set(zip(kmeans_labels(vectors, 4, 0).tolist(), np.repeat(range(4), 10).tolist(), strict=True))) == 4


@pytest.mark.parametrize("n", [1, 2, 5])
def test_smoothing_serves_any_number_of_papers(n: int) -> None:
    """One vector stays as it is; rows keep length 1."""
    moved = smooth(blobs()[:n])

    assert moved.shape == (n, 6)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
