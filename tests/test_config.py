"""Settings: what is accepted, and what an error says."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveygen.config import find_project, load_settings
from surveygen.errors import ConfigError


def _settings(folder: Path, text: str) -> Path:
    path = folder / "survey.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_title_is_enough(tmp_path: Path) -> None:
    """Everything but the title has a default; the slug comes from the title."""
    settings = load_settings(_settings(tmp_path, 'title = "Graph Læring 101"'))

    assert settings.slug == "graph-lring-101"
    assert settings.languages == ("en",)
    assert settings.sources.arxiv.min_interval_seconds == 3.0


@pytest.mark.parametrize(
    ("text", "path", "hint"),
    [
        ('titel = "x"', "titel", "did you mean 'title'?"),
        ('title = "x"\n[embed]\nmodle = "y"', "embed.modle", "did you mean 'model'?"),
        ('title = "x"\n[sources.arxiv]\nqurey = "y"', "sources.arxiv.qurey", "did you mean 'query'?"),
        ('title = "x"\nqqqq = 1', "qqqq", "valid keys: citations, embed, formats"),
    ],
)
def test_an_unknown_key_names_its_path_and_the_nearest(tmp_path: Path, text: str, path: str, hint: str) -> None:
    """A misspelt key is an error that says where it stands and what was meant."""
    with pytest.raises(ConfigError) as caught:
        load_settings(_settings(tmp_path, text))

    assert caught.value.path == path
    assert path in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("title = 1", "a string"),
        ('title = "x"\nlanguages = "en"', "a list of strings"),
        ('title = "x"\n[themes]\nseed = true', "a whole number"),
        ('title = "x"\n[themes]\nsubthemes = "some"', "one of 'given', 'induced', 'none'"),
        ('title = "x"\nembed = 3', "a table"),
        ('title = "x"\n[latex]\ndocument_class = "acm"', "one of 'article', 'acmart', 'IEEEtran'"),
        ('title = "x"\n[latex]\ncolumns = true', "one of 0, 1, 2"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, text: str, wanted: str) -> None:
    """The error says what kind of value belongs there."""
    with pytest.raises(ConfigError, match="is not") as caught:
        load_settings(_settings(tmp_path, text))

    assert wanted in caught.value.message


def test_a_class_of_two_columns_has_no_other(tmp_path: Path) -> None:
    """The forms of the ACM and the IEEE are two columns; an article is one, or two where that is asked for."""
    in_one = "[latex]\ncolumns = 1\ndocument_class = "
    article = load_settings(_settings(tmp_path, f'title = "x"\n{in_one}"article"'))
    default = load_settings(_settings(tmp_path, 'title = "x"\n[latex]\ndocument_class = "IEEEtran"'))

    assert not article.latex.two_columns
    assert default.latex.two_columns
    with pytest.raises(ConfigError, match="acmart is set in two") as caught:
        load_settings(_settings(tmp_path, f'title = "x"\n{in_one}"acmart"'))
    assert caught.value.path == "latex.columns"


def test_a_missing_title_is_an_error(tmp_path: Path) -> None:
    """A survey has a title."""
    with pytest.raises(ConfigError, match="'title' is missing"):
        load_settings(_settings(tmp_path, 'profile = "none"'))


def test_arxiv_is_asked_at_most_every_three_seconds(tmp_path: Path) -> None:
    """A lower interval is refused for arXiv's own host and accepted for a server on this machine."""
    hurry = 'title = "x"\n[sources.arxiv]\nmin_interval_seconds = 0.1\n'
    local = load_settings(_settings(tmp_path, hurry + 'api_url = "http://127.0.0.1:8000/api"'))

    assert local.sources.arxiv.min_interval_seconds == 0.1
    with pytest.raises(ConfigError, match="below arXiv's limit"):
        load_settings(_settings(tmp_path, hurry))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sources.arxiv.api_url", "http://[half"),
        ("sources.arxiv.oai_url", "oaipmh.arxiv.org/oai"),
        ("sources.arxiv.feed_url", "http://host:port/x"),
        ("sources.arxiv.since", "2025-02-31"),
        ("citations.openalex_url", "https://"),
    ],
)
def test_an_address_or_a_day_that_is_none_is_refused(tmp_path: Path, key: str, value: str) -> None:
    """Before anything is asked, with the key."""
    section, _, name = key.rpartition(".")
    path = tmp_path / "survey.toml"
    path.write_text(f'title = "x"\n[{section}]\n{name} = "{value}"\n')

    with pytest.raises(ConfigError, match=name) as caught:
        load_settings(path)

    assert caught.value.path == key


@pytest.mark.parametrize("data", [b"\xff\xfe", b"title = ", b"\x00"])
def test_a_damaged_file_is_an_error_in_one_line(tmp_path: Path, data: bytes) -> None:
    """Bytes that are no TOML end in one line, not a traceback."""
    path = tmp_path / "survey.toml"
    path.write_bytes(data)

    with pytest.raises(ConfigError, match="not valid TOML"):
        load_settings(path)


def test_the_project_is_the_nearest_folder_upwards(tmp_path: Path) -> None:
    """A command run below the survey's folder finds the survey, unless a folder was named."""
    _settings(tmp_path, 'title = "x"')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    assert find_project(below).root == tmp_path.resolve()
    with pytest.raises(ConfigError, match=r"no survey\.toml"):
        find_project(below, exact=True)
