"""What can be counted of a paper, with the sentences that show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import FacetName
from surveygen.domain.text import fold_name
from surveygen.summarize import dealing_with, extract_facets, is_whole_sentence, recount

TEXT = """we propose a the model dataset on GPT-4 SQuAD German translation images fine-tune human evaluation. We In,
survey? (BERT) code released: analysis of MIMIC-III benchmark using without training study"""
WORDS = st.sampled_from(TEXT.split())


def paper(abstract: str, title: str = "Notes on Something", **changes: object) -> Paper:
    """Make a paper."""
    return Paper(PaperId("2401.00001"), title, abstract, (Author("Ann Lee"),)).with_changes(**changes)


def values(item: Paper, name: FacetName) -> list[str]:
    """List the values of one facet."""
    return [facet.value for facet in extract_facets(item) if facet.name == name]


@pytest.mark.parametrize(
    ("title", "abstract", "kind"),
    [
        ("Learning to Sort", "Sorting is slow. In this paper, we propose a simple, fast sorting algorithm.", "method"),
        ("Sorting", "We introduce QuickNet, a recurrent network that sorts. We evaluate it on lists.", "method"),
        ("Sorting", "A novel method for sorting is proposed. It is fast.", "method"),
        ("SortBank: A Corpus of Lists", "We release SortBank, a new corpus of 5,000 lists.", "resource"),
        ("Lists", "We present SortBank (SB), a new and large benchmark of lists.", "resource"),
        ("An Empirical Study of Sorting", "Sorting is common. We compare twelve sorting programs.", "analysis"),
        ("Sorting in Rats", "We measure how rats sort seeds.", "analysis"),
        ("A Survey of Sorting", "Sorting is old. This survey reviews sorting since 1945.", "survey"),
        ("Sorting", "In this paper, we review work on sorting.", "survey"),
        ("SortKit: A Python Library for Sorting", "We present SortKit, an open-source library for sorting.", "system"),
        ("Lower Bounds for Sorting", "We prove that sorting needs n log n comparisons.", "theory"),
    ],
)
def test_the_kind_of_work_is_what_the_authors_say_they_made(title: str, abstract: str, kind: str) -> None:
    """The head of what is proposed, the verb of what is studied and the title decide."""
    assert values(paper(abstract, title), "kind") == [kind]


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Sorting", "Sorting is old. Many propose methods for sorting."),
        ("Learning to Classify Product Reviews", "Product reviews are long. Some are short."),
        ("Sorting", "We collect a dataset of lists."),
        ("A Survey of 300 Galaxies", "Galaxies differ in their colours."),
    ],
)
def test_an_unclear_kind_is_left_out(title: str, abstract: str) -> None:
    """What others do, what is made on the way, and a survey of stars decide nothing."""
    assert values(paper(abstract, title), "kind") == []


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("We reach 83% on ImageNet and 71% on CIFAR-10.", ["ImageNet", "CIFAR-10"]),
        ("We introduce ListBank (LB), the first large corpus of lists.", ["ListBank"]),
        ("We build a new benchmark called ListBench.", ["ListBench"]),
        ("It is best on three benchmarks: GlueX, SortQA, and ListQA.", ["GlueX", "SortQA", "ListQA"]),
        ("Results on the MuDoCo dataset are good.", ["MuDoCo"]),
        ("We tune GPT-4 on an NER dataset with an F1 of 0.8 on NVIDIA A100 hardware.", []),
        ("LLM benchmarks and QA datasets are many.", []),
        ("BLEU improves by 2 points on Romanian-English and by 3 on Llama 2.", []),
        ("We use Electronic Health Records (EHR) and report results on the EHR data.", []),
        ("We introduce FastSort, a framework for building a benchmark.", []),
    ],
)
def test_data_are_named_as_such(sentence: str, names: list[str]) -> None:
    """Models, measures, fields, directions of translation and hardware are no data sets."""
    assert values(paper(f"Sorting is old. {sentence}"), "data") == names


def test_models_count_where_the_authors_speak_of_their_work() -> None:
    """A family is found in any writing; one that only the introduction names is not."""
    item = paper("ChatGPT has changed the world. We test GPT4, LLaMA-2-7B, RoBERTa and XLM-RoBERTa with BERTScore.")

    assert values(item, "model") == ["GPT-4", "Llama", "RoBERTa", "XLM-R"]


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("We translate from German to English and from Bengali into Hindi.", ["de", "en", "bn", "hi"]),
        ("We parse Swahili text of Finnish hospitals.", ["sw"]),
        ("We study English-Yoruba translation.", ["en", "yo"]),
        ("We polish the text of non-English speakers in a Japanese hospital.", []),
        ("We use Chinese restaurant processes and the Hungarian algorithm on text.", []),
    ],
)
def test_languages_are_those_that_are_studied(sentence: str, codes: list[str]) -> None:
    """Peoples, places and named algorithms are no languages."""
    assert sorted(values(paper(sentence), "language")) == sorted(codes)


@pytest.mark.parametrize(
    ("name", "sentence", "expected"),
    [
        ("modality", "We propose a method for segmenting images.", ["image"]),
        ("modality", "Images are many. We sort lists.", []),
        ("access", "We propose a training-free, black-box attack.", ["training-free", "black-box"]),
        ("access", "We fine-tune two models.", ["fine-tuning"]),
        ("access", "Our method works without fine-tuning.", ["training-free"]),
        ("access", "Fine-tuning is costly. We sort lists.", []),
        ("people", "We conduct a user study with 20 participants.", ["yes"]),
        ("people", "We predict scores without human evaluation.", []),
        ("code", "We release our code.", ["yes"]),
        ("code", "The code is available at https://github.com/lab/sort.", ["yes"]),
        ("code", "Codes of conduct are studied.", []),
    ],
)
def test_what_a_paper_works_on_and_with(name: FacetName, sentence: str, expected: list[str]) -> None:
    """Only what the authors do themselves counts, not what is absent or the state of the field."""
    assert values(paper(sentence), name) == expected


@given(st.lists(WORDS, max_size=60), st.lists(WORDS, min_size=1, max_size=8))
def test_every_facet_is_shown_by_its_span(body: list[str], heading: list[str]) -> None:
    """Spans are whole, open values stand in them, no value comes twice, and counting again finds each."""
    item = paper(" ".join(body), " ".join(heading))

    facets = extract_facets(item)

    assert len({(facet.name, fold_name(facet.value)) for facet in facets}) == len(facets)
    for facet in facets:
        span = getattr(item, facet.evidence.field)[facet.evidence.start : facet.evidence.end]
        assert is_whole_sentence(facet.evidence, item)
        assert facet.name not in ("data", "model") or fold_name(facet.value) in fold_name(span)
        assert recount(item, facet.name, facet.value)


def test_a_code_link_is_its_own_span() -> None:
    """The address in the comment shows that there is code."""
    item = paper("We sort.", comment="8 pages, https://github.com/lab/sort")

    [facet] = [facet for facet in extract_facets(item) if facet.name == "code"]

    assert item.comment[facet.evidence.start : facet.evidence.end] == "https://github.com/lab/sort"


def test_other_languages_than_english_show_no_facets_by_english_rules() -> None:
    """Only a code link is found in them."""
    assert (
        extract_facets(paper("我们提出了一种新的方法，在 ImageNet 数据集上测试。实验结果表明该方法非常有效。", "排序"))
        == ()
    )


@given(st.lists(WORDS, min_size=1, max_size=30), st.data())
def test_a_phrase_of_the_title_is_found_where_it_stands(title: list[str], data: st.DataObject) -> None:
    """Any run of words of a title is found, in any case and in the whole title."""
    text = " ".join(word.rstrip(".?,:") for word in title)
    start = data.draw(st.integers(0, len(title) - 1))
    phrase = " ".join(word.rstrip(".?,:") for word in title[start : start + 3]).upper()

    evidence = dealing_with(paper("It ends.", text), phrase)

    assert evidence is not None
    assert (evidence.field, evidence.start, evidence.end) == ("title", 0, len(text))


def test_a_phrase_is_folded_and_whole() -> None:
    """Plural, hyphen and case do not count; parts of words and words apart do."""
    item = paper("We study fine-tuned reward models.")

    assert dealing_with(item, "Finetuned Reward Model")
    assert dealing_with(item, "ward model") is None
    assert dealing_with(item, "study reward") is None
    assert dealing_with(item, " ") is None


@pytest.mark.parametrize(
    ("abstract", "deals"),
    [
        ("Debate helps. We test judges.", False),
        ("Debate helps. Judges like debate.", True),
        ("Judges are slow. We propose debate.", True),
        ("We propose judges. Debate needs two. It costs much.", False),
    ],
)
def test_a_paper_deals_with_what_it_mentions_twice_or_of_its_own_work(abstract: str, deals: bool) -> None:  # noqa: FBT001
    """One sentence that mentions something in passing is not enough; the title or a sentence on the work itself is."""
    assert recount(paper(abstract, "Verdicts"), "phrase", "debates") is deals
    assert recount(paper(abstract, "Debate"), "phrase", "debates")


def test_years_are_recounted_from_a_year_on() -> None:
    """A paper counts for its year and those before; without a date for none."""
    item = paper("We sort.", published="2022-05-01")

    assert recount(item, "year", "2022")
    assert not recount(item, "year", "2023")
    assert not recount(item, "year", "soon")
    assert not recount(Paper(PaperId("x"), "T"), "year", "1900")


def test_facets_of_real_papers_hold(shared: Path) -> None:
    """Most papers of a real corpus have a kind; each value is within its whole span."""
    rows = [json.loads(line) for line in (shared / "corpora/alignment.jsonl").read_text(encoding="utf-8").splitlines()]
    papers = [paper(row["abstract"], row["title"]) for row in rows if row.get("abstract")]

    kinds = [values(item, "kind") for item in papers]

    assert sum(map(bool, kinds)) / len(kinds) >= 0.6
    for item in papers:
        assert all(is_whole_sentence(facet.evidence, item) for facet in extract_facets(item) if facet.name != "code")


def test_a_limit_is_what_a_paper_or_others_fail_at() -> None:
    """What the authors do is none; the sentence is the evidence, and counting again finds the same."""
    failing = paper("Current programs fail to sort long lists. In this paper, we propose a faster sorting program.")
    aiming = paper("Current programs sort long lists. In this paper, we propose a faster sorting program.")

    (found,) = (facet for facet in extract_facets(failing) if facet.name == "limit")
    assert failing.abstract[found.evidence.start : found.evidence.end] == "Current programs fail to sort long lists."
    assert recount(failing, "limit", "yes")
    assert not recount(aiming, "limit", "yes")
