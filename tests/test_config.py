"""Settings: what is accepted, and what an error says."""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveygen import pipeline
from surveygen.config import (
    ArxivSettings,
    SettingDoc,
    Settings,
    ThemeSettings,
    document_settings,
    find_project,
    load_settings,
    toml_value,
)
from surveygen.errors import ConfigError
from surveygen.toml_files import read_toml

DOCUMENTED = tuple(document_settings())


def key(setting: SettingDoc) -> str:
    """Return the dotted name of a key."""
    return f"{setting.table}.{setting.name}".lstrip(".")


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
        ('title = "x"\nqqqq = 1', "qqqq", "choose from citations, embed, formats"),
    ],
)
def test_an_unknown_key_names_its_path_and_the_nearest(tmp_path: Path, text: str, path: str, hint: str) -> None:
    """A misspelt key is an error that says where it stands and what was meant."""
    with pytest.raises(ConfigError) as caught:
        load_settings(_settings(tmp_path, text))

    assert caught.value.path == path
    assert path in caught.value.message
    assert hint in caught.value.message + caught.value.hint  # "titel" is a second mistake: there is no title


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("title = 1", "a string"),
        ('title = "x"\nlanguages = "en"', "a list of strings"),
        ('title = "x"\n[themes]\nseed = true', "a whole number"),
        ('title = "x"\n[themes]\nmax_moved = 1.5', "a number >= 0 and <= 1"),
        ('title = "x"\n[llm]\ntimeout_seconds = 0', "a number > 0"),
        ('title = "x"\n[sources.arxiv]\nsets = ["cs", 1]', "a list of strings"),
        ('title = "x"\n[themes]\nsubthemes = "some"', "one of 'given', 'induced', 'none'"),
        ('title = "x"\nembed = 3', "a table"),
        ('title = "x"\n[latex]\ndocument_class = "acm"', "one of 'IEEEtran', 'acmart', 'article'"),
        ('title = "x"\n[latex]\ncolumns = true', "one of 0, 1, 2"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, text: str, wanted: str) -> None:
    """The error says what kind of value belongs there."""
    with pytest.raises(ConfigError, match="is not") as caught:
        load_settings(_settings(tmp_path, text))

    assert wanted in caught.value.message


NUMBERS = [item for item in DOCUMENTED if type(item.default) in (int, float) and item.table != "latex"]
BELOW_ZERO = {"llm.seed", "translate.least_agreement"}  # -1 has a meaning


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for settings that each example writes anew."""
    return tmp_path_factory.mktemp("numbers")


@pytest.mark.parametrize("setting", NUMBERS, ids=key)
@settings(max_examples=20)  # for each key
@given(st.data())
def test_no_number_is_out_of_bounds(folder: Path, setting: SettingDoc, data: Any) -> None:
    """Infinite, undefined, negative and absurdly large numbers are refused for every key, with the key and why."""
    no_numbers = st.sampled_from(["nan", "-nan", "inf", "-inf", "1e300", "-1e300", f"1{'0' * 400}"])
    negative = st.integers(max_value=-2) | st.integers(max_value=-1).filter(lambda _: key(setting) not in BELOW_ZERO)
    text = data.draw(no_numbers | (negative | st.integers(min_value=2**63)).map(str))
    path = _settings(folder, f'title = "x"\n[{setting.table}]\n{setting.name} = {text}')

    with pytest.raises(ConfigError) as caught:
        load_settings(path)

    assert caught.value.path == key(setting)
    assert re.search(r"is not (a|a whole|a finite) number", caught.value.message)


@pytest.mark.parametrize("setting", NUMBERS, ids=key)
def test_every_number_has_an_upper_limit(setting: SettingDoc, tmp_path: Path) -> None:
    """The default is below it, and the largest number of 64 bits is not, except for a seed."""
    path = _settings(tmp_path, f'title = "x"\n[{setting.table}]\n{setting.name} = {2**63 - 1}')

    if key(setting) == "llm.seed":
        assert load_settings(path).llm.seed == 2**63 - 1
        return
    with pytest.raises(ConfigError, match="<"):
        load_settings(path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("languages = []", "languages"),
        ("formats = []", "formats"),
        ('languages = ["en", ""]', "languages"),
        ('[sources.arxiv]\nsets = [""]', "sources.arxiv.sets"),
        ('[translate]\ncommand = [""]', "translate.command"),
        ("[llm.options]\nscale = [1.0, nan]", "llm.options.scale[1]"),
        ("[llm.options]\ntemperature = 1", "llm.options.temperature"),
        ('[llm.options]\napi_key = "secret"', "llm.options.api_key"),
    ],
)
def test_an_empty_list_or_an_option_of_our_own_is_refused(tmp_path: Path, text: str, path: str) -> None:
    """The error names the key; a key of a provider is not repeated."""
    with pytest.raises(ConfigError) as caught:
        load_settings(_settings(tmp_path, f'title = "x"\n{text}'))

    assert caught.value.path == path
    assert path.partition("[")[0] in caught.value.message
    assert "secret" not in caught.value.message


def test_the_pause_is_checked_in_python_too() -> None:
    """Settings made without a file cannot remove it with a number that is not one."""
    with pytest.raises(ConfigError, match="below arXiv's limit"):
        ArxivSettings(min_interval_seconds=math.nan)


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


def test_pages_are_asked_for_every_fifteen_seconds(tmp_path: Path) -> None:
    """The pause of the pages depends on their own host: a local query API does not shorten it."""
    hurry = 'title = "x"\n[sources.arxiv]\npage_interval_seconds = 3.0\napi_url = "http://127.0.0.1:8000/api"\n'
    local = load_settings(_settings(tmp_path, hurry + 'html_url = "http://127.0.0.1:8000/html"'))

    assert local.sources.arxiv.page_interval_seconds == 3.0
    with pytest.raises(ConfigError, match="below arXiv's limit") as caught:
        load_settings(_settings(tmp_path, hurry))
    assert caught.value.path == "sources.arxiv.page_interval_seconds"


def test_pages_are_stored_unless_refused(tmp_path: Path) -> None:
    """By default a page stays in the store once it is read."""
    assert load_settings(_settings(tmp_path, 'title = "x"')).full_text.keep_pages
    assert not load_settings(_settings(tmp_path, 'title = "x"\n[full_text]\nkeep_pages = false')).full_text.keep_pages


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


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """Unknown keys, values of another type and missing ones: a person fixes the file in one go."""
    path = tmp_path / "survey.toml"
    path.write_text(
        'slugg = "x"\n[embed]\nbatch_size = "many"\ndtype = "float8"\nmodle = "m"\n'
        "[llm]\ntimeout_seconds = nan\n[themes]\nmax_moved = 7\n"
    )

    with pytest.raises(ConfigError) as caught:
        load_settings(path)

    assert "mistakes:" in caught.value.message
    for words in ("slugg", "embed.batch_size", "embed.dtype", "modle", "timeout_seconds", "max_moved", "'title' is"):
        assert words in caught.value.message


def test_init_writes_every_key(tmp_path: Path) -> None:
    """Each key of the settings is in the file and no other; a new survey has the defaults, and induced sub-themes."""
    (path,) = pipeline.init(tmp_path / "s", title="Graph Learning")
    data = tomllib.loads(path.read_text(encoding="utf-8"))

    assert set(leaves(data)) == {key(setting) for setting in DOCUMENTED}
    themes = ThemeSettings(subthemes="induced")
    assert load_settings(path) == Settings(title="Graph Learning", slug="graph-learning", themes=themes)


def test_init_documents_every_key(tmp_path: Path) -> None:
    """The line above a key is a comment, and no documentation of a key or a table is empty."""
    (path,) = pipeline.init(tmp_path / "s")
    lines = path.read_text(encoding="utf-8").splitlines()
    bare = [line for above, line in itertools.pairwise(lines) if " = " in line and not above.startswith("# ")]

    assert bare == []
    assert [key(setting) for setting in DOCUMENTED if not (setting.text and setting.table_text)] == []


def test_the_reference_lists_every_key_with_its_default(root: Path) -> None:
    """The table of docs/reference.md is the one that the settings classes give."""
    rows = ["| key | default | meaning |", "|---|---|---|"]
    rows += [f"| `{key(item)}` | `{toml_value(item.default)}` | {item.text} |" for item in DOCUMENTED]

    assert "\n".join(rows) in (root / "docs" / "reference.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A table in a list of tables."""

    name: str
    books: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """A file of another kind than survey.toml."""

    shelves: tuple[Shelf, ...] = ()
    names: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ('[[shelves]]\nname = "a"\n[[shelves]]\nnam = "b"', "shelves[1].nam", "unknown key"),
        ("[[shelves]]\nname = 1", "shelves[0].name", "= 1 is not a string"),
        ('[[shelves]]\nname = "a"\nbooks = ["x", 2]', "shelves[0].books", "is not a list of strings"),
        ("[[shelves]]", "shelves[0].name", "is missing"),
        ("shelves = 3", "shelves", "is not a list of tables"),
        ('names = "a"', "names", "is not a table of strings"),
        ("[names]\nde = 1", "names", "is not a table of strings"),
    ],
)
def test_a_file_of_another_kind_is_read_by_the_same_rules(tmp_path: Path, text: str, path: str, message: str) -> None:
    """Lists of tables have numbers in their paths, and a table may have free keys."""
    file = tmp_path / "library.toml"
    file.write_text('[names]\nde = "Regale"')
    assert read_toml(Library, file) == Library(names={"de": "Regale"})
    file.write_text(text)

    with pytest.raises(ConfigError, match=message) as caught:
        read_toml(Library, file)

    assert caught.value.path == path


def leaves(data: dict[str, object], table: str = "") -> list[str]:
    """List the dotted names of the keys of a TOML file."""
    names: list[str] = []
    for name, value in data.items():
        names += leaves(value, f"{table}{name}.") if isinstance(value, dict) and value else [f"{table}{name}"]
    return names


def test_settings_of_a_windows_editor_are_read(tmp_path: Path) -> None:
    """With a byte order mark and Windows line ends; another encoding is named with its line."""
    path = tmp_path / "survey.toml"
    path.write_bytes(b'\xef\xbb\xbftitle = "T"\r\n[embed]\r\nencoder = "lsa"\r\n')
    assert load_settings(path).title == "T"

    path.write_bytes(b'slug = "t"\ntitle = "Gr\xf6\xdfe"\n')
    with pytest.raises(ConfigError, match="line 2 is not UTF-8"):
        load_settings(path)
