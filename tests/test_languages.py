"""Language files: complete, well formed, and said right."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from importlib.resources import files

import pytest
from babel import Locale

from surveygen import languages
from surveygen.errors import ConfigError

ENGLISH = languages.load("en")


def _fields(wording: languages.Wording) -> set[str]:
    texts = [wording] if isinstance(wording, str) else list(wording.values())
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", languages.codes())
def test_a_language_fills_the_same_blanks_as_english(code: str) -> None:
    """Every wording is there, and none asks for a value that the program does not give."""
    language = languages.load(code)

    assert set(language.words) == set(ENGLISH.words)
    for key, wording in language.words.items():
        assert _fields(wording) <= _fields(ENGLISH.words[key]) | {"n"}, key


@pytest.mark.parametrize("code", languages.codes())
def test_a_language_file_has_every_wording_itself(code: str) -> None:
    """None is left to English."""
    own = tomllib.loads((files(languages) / f"{code}.toml").read_text(encoding="utf-8"))["words"]

    assert set(own) == set(ENGLISH.words)


@pytest.mark.parametrize("code", languages.codes())
def test_plural_forms_are_those_of_the_language(code: str) -> None:
    """A wording that a number decides has the forms that CLDR names for the language."""
    forms = set(Locale.parse(code).plural_form.tags) | {"other"}
    for wording in languages.load(code).words.values():
        if isinstance(wording, Mapping):
            assert "other" in wording
            assert set(wording) <= forms


@pytest.mark.parametrize("code", languages.codes())
def test_the_text_on_the_method_explains_the_mark_of_connecting_sentences(code: str) -> None:
    """A reader finds the words of the mark where a draft says how it was made."""
    language = languages.load(code)

    assert language.say("connecting_sentence") in language.say("method_text_model")


def test_numbers_choose_the_plural() -> None:
    """One paper, several papers, thousands with a separator."""
    assert ENGLISH.say("theme_papers", n=1) == "1 paper."
    assert ENGLISH.say("theme_papers", n=1234) == "1,234 papers."


def test_a_share_is_never_rounded_up_to_all() -> None:
    """100 % means all; anything less says less."""
    assert ENGLISH.percent(1.0) == "100%"
    assert ENGLISH.percent(0.9999) == "99.9%"
    assert ENGLISH.percent(0.29) == "29%"


@pytest.mark.parametrize(("code", "text"), [("en", "98.3%"), ("de", "98,3\u00a0%"), ("pt", "98,3%"), ("ja", "98.3%")])
def test_a_percentage_is_written_as_the_language_writes_it(code: str, text: str) -> None:
    """Some languages have a space before the sign; the digits are Latin ones everywhere."""
    assert languages.load(code).percent(0.9834) == text


@pytest.mark.parametrize("code", languages.codes())
def test_signs_of_punctuation_have_the_spaces_of_the_language(code: str) -> None:
    """Where sentences follow each other without a space, numbers have none either; French binds its double signs."""
    language = languages.load(code)
    texts = [text for it in language.words.values() for text in ([it] if isinstance(it, str) else it.values())]

    number, ideogram = r"\{(?:n|all|year)\}", r"[\u3000-\u9fff]"
    spaced = [text for text in texts if re.search(f"{ideogram} {number}|{number} {ideogram}", text)]
    loose = [text for text in texts if re.search(r"« | »| [:;?!](?: |$)", text)]

    assert language.sentence_gap or not spaced
    assert code != "fr" or not loose


def test_dates_are_as_precise_as_they_are_known() -> None:
    """A month stays a month."""
    assert ENGLISH.day("2023-05") == "2023-05"
    assert ENGLISH.day("2023-05-01T12:00:00Z") == "May 1, 2023"


def test_an_unknown_language_names_the_others() -> None:
    """The error lists the languages there are."""
    with pytest.raises(ConfigError, match="unknown language 'xx'") as caught:
        languages.load("xx")

    assert "en" in caught.value.hint
