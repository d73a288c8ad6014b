"""Computed words at the head of sentences: when they stand there, what they say, and that they are true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import Evidence, Opening, Sentence
from surveygen.domain.survey import Paragraph, Section
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.languages import codes
from surveygen.survey import OpeningFacts, add_openings, opening_error

NAMES = ("Ada", "Bell", "Curie", "Dyson")


def paper(number: int, year: int, authors: int = 3) -> Paper:
    """Make a paper of a year."""
    names = tuple(Author(f"Zoe {NAMES[(number + n) % len(NAMES)]}") for n in range(authors))
    return Paper(PaperId(f"p{number}"), "T", authors=names, published=f"{year}-05-01")


OLD, NEW, LATER = paper(0, 2019), paper(1, 2020), paper(2, 2023, 1)
FACTS = OpeningFacts({item.id: item for item in (OLD, NEW, LATER)}, {(NEW.id, OLD.id)})


def sentence(text: str, source: Paper, language: str = "en") -> Sentence:
    """Make a sentence of a paper; "@" stands for its authors with the citation, "#" for the citation."""
    label = f"{NAMES[int(source.id[1])]} et al." if len(source.authors) > 1 else NAMES[int(source.id[1])]
    marked = text.replace("@", f"{label} [#]").replace("#", f"@{source.id}")
    return Sentence(marked, (source.id,), (Evidence(source.id, 1, "abstract", 0, 9),), language=language)


def opened(*sentences: Sentence, facts: OpeningFacts = FACTS) -> list[Sentence]:
    """Return the sentences of a paragraph with their openings."""
    [section] = add_openings([Section("s", "S", 1, (Paragraph(sentences),), ThemeId("t"))], facts)
    return list(section.sentences())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("@ probe judges.", OLD), ("@ find errors.", OLD), "They [@p0] find errors."),
        (("@ probes judges.", LATER), ("@ finds errors.", LATER), "The author [@p2] finds errors."),
        (("@ probe judges.", OLD), ("The results of @ show errors.", OLD), "Their results [@p0] show errors."),
        (("Judges err [#].", OLD), ("@ find errors.", OLD), "Ada et al. [@p0] find errors."),
        (("@ probe judges.", OLD), ("@ build judges.", NEW), "Building on this work, Bell et al. [@p1] build judges."),
        (("Judges err [#].", OLD), ("The judge errs [#].", NEW), "The judge errs [@p1]."),
        (("Judges err [#].", OLD), ("@ finds errors.", LATER), "Four years later, Curie [@p2] finds errors."),
        (("Judges err [#].", NEW), ("@ find errors.", OLD), "Ada et al. [@p0] find errors."),
        (("Judges err [#].", OLD), ("GPT-4 errs [#].", NEW), "GPT-4 errs [@p1]."),
    ],
)
def test_what_relates_two_sentences_opens_the_second(
    first: tuple[str, Paper], second: tuple[str, Paper], expected: str
) -> None:
    """Authors named before, a citation, or the years between; nothing where it would be false or ungrammatical."""
    made = opened(sentence(*first), sentence(*second))

    assert made[0] == sentence(*first)
    assert made[1].text == expected
    assert made[1].without_opening() == sentence(*second)


def test_other_languages_open_with_a_colon() -> None:
    """No word of the sentence changes where a comma would call for another order of words."""
    made = opened(sentence("Richter irren [#].", OLD, "de"), sentence("@ befragt Richter.", LATER, "de"))

    assert made[1].text == "4 Jahre später: Curie [@p2] befragt Richter."


@pytest.mark.parametrize("language", codes())
def test_an_opening_is_true_of_the_stored_draft_too(language: str) -> None:
    """A draft is stored with plain spaces, also where French has one that does not break."""
    before, item = opened(sentence("Judges err [#].", OLD, language), sentence("@ finds errors.", LATER, language))
    assert item.opening is not None
    opening = replace(item.opening, text=clean(item.opening.text))
    stored = replace(item, text=clean(item.text), opening=opening)

    assert opening_error(stored, before, FACTS) == ""
    assert stored.without_opening().text == item.without_opening().text
    assert opening_error(replace(stored, text=stored.text.replace(opening.text, f"{opening.text}s")), before, FACTS)


def test_sentences_of_other_kinds_have_no_opening() -> None:
    """Counts, sentences of persons and of models are left as they are, and nothing refers to them."""
    plain = [sentence("@ build judges.", item) for item in (OLD, NEW)]

    for method in ("aggregate", "human", "llm", "glue"):
        other = replace(plain[0], method=method)
        assert opened(other, plain[1]) == [other, plain[1]]
        assert opened(plain[1], other) == [plain[1], other]


SENTENCES = st.lists(
    st.builds(
        sentence,
        st.sampled_from(["@ build judges.", "The results of @ show errors.", "The judge errs [#].", "GPT-4 errs [#]."]),
        st.sampled_from([OLD, NEW, LATER]),
        st.sampled_from(sorted(codes())),
    ),
    max_size=12,
)


@given(SENTENCES)
def test_every_opening_is_true_and_can_be_taken_off(sentences: list[Sentence]) -> None:
    """Without its opening each sentence is the same again, and no opening fails the check."""
    made = opened(*sentences)

    assert [item.without_opening() for item in made] == sentences
    for before, item in zip([None, *made], made, strict=False):
        assert opening_error(item, before, FACTS) == ""


@pytest.mark.parametrize(
    "facts",
    [
        OpeningFacts(FACTS.papers, set()),
        OpeningFacts({**FACTS.papers, OLD.id: OLD.with_changes(published="2011-01-01")}, set()),
    ],
)
def test_false_openings_are_found(facts: OpeningFacts) -> None:
    """A citation or a date that is not in the data, another wording, and a missing neighbor are errors."""
    before, item = opened(sentence("@ probe judges.", OLD), sentence("@ build judges.", NEW))
    wrong = Opening("years_later", "5", "Five years later, Bell", "Bell")

    assert opening_error(item, before, facts)
    assert opening_error(item, None, FACTS)
    assert opening_error(replace(item, opening=wrong), before, FACTS)
    assert opening_error(replace(item, text=item.text.replace("this work", "that work")), before, FACTS)
