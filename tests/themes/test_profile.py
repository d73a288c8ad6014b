"""Taxonomy profiles from TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveygen.domain.theme import Taxonomy
from surveygen.errors import ConfigError
from surveygen.languages import codes
from surveygen.themes import load_profile, shipped_profiles

GOOD = """
name = "mine"
title = "Mine"
[titles]
ja = "J"
de = "D"
[[theme]]
id = "a"
name = "A"
description = "About a."
keywords = ["x", "y"]
seeds = ["2107.05580"]
names = {ja = "JA", de = "DA"}
[[theme]]
id = "b"
name = "B"
parent = "a"
"""


def write(folder: Path, text: str) -> str:
    """Write a profile and return its name."""
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return "mine.toml"


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_profiles_are_complete(name: str, tmp_path: Path) -> None:
    """Every node has a description, 5 to 10 keywords, and names in the seven languages that the program promises."""
    profile = load_profile(name, tmp_path)

    assert profile.title
    assert {"ja", "zh", "es", "fr", "de", "ar"} <= set(dict(profile.titles))
    for theme in profile.taxonomy:
        assert len(theme.description.split(". ")) >= 2, theme.id
        assert 5 <= len(theme.keywords) <= 10, theme.id
        assert {"en", "ja", "zh", "es", "fr", "de", "ar"} <= set(dict(theme.names)), theme.id
        assert len(set(theme.seeds)) == len(theme.seeds), theme.id


def test_both_profiles_are_shipped() -> None:
    """The package carries the two subjects."""
    assert {"llm-alignment", "automated-alignment"} <= set(shipped_profiles())


def test_none_is_an_empty_taxonomy(tmp_path: Path) -> None:
    """With "none" the themes are still to be found."""
    assert load_profile("none", tmp_path).taxonomy == Taxonomy()


def test_reads_a_file_of_ones_own(tmp_path: Path) -> None:
    """A path is read from the survey's folder; all fields arrive, pairs by language are sorted."""
    profile = load_profile(write(tmp_path, GOOD), tmp_path)

    first, second = profile.taxonomy
    assert (profile.name, profile.title, profile.titles) == ("mine", "Mine", (("de", "D"), ("ja", "J")))
    assert (first.keywords, first.seeds, first.origin) == (("x", "y"), ("2107.05580",), "given")
    assert first.name_in("ja") == "JA"
    assert second.parent == "a"


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("keywords =", "keyword =", "unknown key 'theme[0].keyword'", "'keywords'"),
        ('title = "Mine"', 'titel = "Mine"', "unknown key 'titel'", "'title'"),
        ('id = "b"', 'id = "a"', "two themes have the id 'a'", "rename"),
        ('parent = "a"', 'parent = "aa"', "names the parent 'aa'", "did you mean 'a'"),
        ('parent = "a"', 'parent = "b"', "names the parent 'b'", "move the parent"),
        ('keywords = ["x", "y"]', 'keywords = "x"', "is not a list of strings", "fix"),
        ('keywords = ["x", "y"]', 'keywords = ["x", 1]', "is not a list of strings", "fix"),
        ('name = "A"', 'name = " "', "theme[0] has no name", "add: name"),
        ('id = "b"', "", "theme[1] has no id", "add: id"),
        ('name = "mine"', "name = ", "not valid TOML", "fix"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, message: str, hint: str) -> None:
    """A profile that cannot be used says where, and what to write instead."""
    with pytest.raises(ConfigError) as caught:
        load_profile(write(tmp_path, GOOD.replace(old, new, 1)), tmp_path)

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_taxonomy_names_what_it_replaces(tmp_path: Path) -> None:
    """Sorted pairs; a successor that is no theme of it is a mistake, with the nearest one."""
    replacing = GOOD.replace("[[theme]]", '[replaces]\nold = "b"\nolder = "a"\n[[theme]]', 1)

    assert load_profile(write(tmp_path, replacing), tmp_path).replaces == (("old", "b"), ("older", "a"))
    with pytest.raises(ConfigError, match="names 'bb', which is not a theme") as caught:
        load_profile(write(tmp_path, replacing.replace('old = "b"', 'old = "bb"')), tmp_path)
    assert "did you mean 'b'" in caught.value.hint


def test_themes_must_be_tables(tmp_path: Path) -> None:
    """A list of strings is no list of themes."""
    with pytest.raises(ConfigError, match="is not a table"):
        load_profile(write(tmp_path, 'theme = ["a"]'), tmp_path)


def test_unknown_profile_names_the_nearest(tmp_path: Path) -> None:
    """A slip in the name of a shipped profile is answered with that name; a missing file with its path."""
    with pytest.raises(ConfigError) as caught:
        load_profile("llm-alignmant", tmp_path)
    assert "'llm-alignment'" in caught.value.hint

    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load_profile("absent.toml", tmp_path)


def test_a_profile_may_bring_terms(tmp_path: Path) -> None:
    """Tables of terms by language arrive sorted; a term that is no string is named."""
    path = tmp_path / "terms.toml"
    path.write_text('[glossary.es]\n"reward model" = "modelo"\nAI = ""\n', encoding="utf-8")
    assert load_profile("terms.toml", tmp_path).glossaries == (("es", (("AI", ""), ("reward model", "modelo"))),)

    path.write_text("[glossary.es]\nAI = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"glossary\.es"):
        load_profile("terms.toml", tmp_path)


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_terms_are_in_languages_that_there_are(name: str, tmp_path: Path) -> None:
    """Each language of a shipped glossary has a language file, and every term has a translation."""
    glossaries = dict(load_profile(name, tmp_path).glossaries)

    assert set(glossaries) <= set(codes())
    assert all(translation for terms in glossaries.values() for _, translation in terms)
