"""Damaged and hostile files: whatever they hold, a reader gives records or an error of the program."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from surveygen.config import load_settings
from surveygen.domain.paper import Paper
from surveygen.errors import ConfigError, SurveygenError, ThemeError
from surveygen.render import read_markdown
from surveygen.sources.files import read_file
from surveygen.themes import load_profile
from surveygen.themes.evaluate import read_gold, read_outline
from surveygen.toml_files import read_utf8
from surveygen.translate import read_glossary

_EDITION = """## Tides <!-- a1 -->

*<!-- 0123456789 -->The sea rises [1].*

<!-- surveygen en 01234567
@1 p1 alder2020
tides 0123456789=abcdef
-->
"""
# By file name: its reader and a good file.
READERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a.bib": (
        read_file,
        '@string{j="Tides"}\n@article{a, title={T {X} $x_1$}, author={A. B and C, D}, journal=j # "!"}\n',
    ),
    "a.ris": (read_file, "TY  - JOUR\nTI  - Tides\nAU  - Alder, Ann\nPY  - 2020/05//x\nER  - \n"),
    "a.jsonl": (
        read_file,
        '{"id": "a", "title": "T <i>x</i> &amp; y", "authors": ["A. B"], "published": "2020-01-02"}\n',
    ),
    "a.json": (read_file, '[{"id": "a", "title": "T", "authors": [{"name": "A. B"}], "year": 2020}]'),
    "csl.json": (read_file, '[{"id": "a", "type": "book", "title": "T", "issued": {"date-parts": [[2020, 5]]}}]'),
    "a.csv": (read_file, 'Key,Item Type,Author,Title,Date\nk,book,"Alder, A; Birch, B","T ""x""",2020\n'),
    "ids.txt": (read_file, "2301.00001v2  # read\nhttps://arxiv.org/pdf/hep-th/9901001.pdf\n"),
    "snapshot.json": (
        read_file,
        (
            '{"id":"0704.0001","title":"T","abstract":"A","authors_parsed":[["B","C",""]],"categories":"hep-ph",'
            '"versions":[{"version":"v1","created":"Mon, 2 Apr 2007 19:18:42 GMT"}],"update_date":"2008-11-26"}\n'
        ),
    ),
    "taxonomy.toml": (
        lambda path: load_profile(str(path), path.parent),
        'name = "t"\ntitle = "T"\n[[theme]]\nid = "a"\nname = "A"\nkeywords = ["x"]\nseeds = ["2301.00001"]\n',
    ),
    "survey.toml": (load_settings, 'title = "T"\nlanguages = ["en"]\n[themes]\nseed = 1\n[latex]\ncolumns = 2\n'),
    "de.toml": (lambda path: read_glossary(read_utf8(path), path.name), '"tide" = "Gezeit"\n"tide model" = ""\n'),
    "survey.md": (lambda path: read_markdown(read_utf8(path)), _EDITION),
    "gold.jsonl": (read_gold, '{"id": "2301.00001", "labels": ["a", "b"]}\n{"title": "T", "labels": ["a"]}\n'),
    "outline.txt": (read_outline, "# 1 Tides\n## 1.1 Ports\n- Moon\n"),
}
_SCRAPS = (
    *(
        "{",
        "}",
        '"',
        "\\",
        "@",
        "#",
        "=",
        "\n",
        "\0",
        "$",
        "[",
        "]",
        "9" * 5000,
        "1e999",
        "null",
        "[" * 3000,
        "{" * 500,
    ),
    *('{"a":' * 2000, "@article{", "<i>", "&#99999999999;", "\u202e", "0001-01-01", "ER  - \n", "[[theme]]\n", "<!-- "),
)


def mutated(text: str, seed: int) -> bytes:
    """Cut, double, overwrite and insert at random places."""
    draw = random.Random(seed)
    data = bytearray(text.encode())
    for _ in range(draw.choice((1, 2, 5))):
        start = draw.randrange(len(data) + 1)
        end = start + draw.choice((0, 1, 5, 40))
        scrap = draw.choice(_SCRAPS).encode()
        data[start:end] = draw.choice((b"", scrap, draw.randbytes(3), bytes(data[start:end]) * 3))
    return bytes(data)


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_raises_only_errors_of_the_program(name: str, tmp_path: Path) -> None:
    """Forty variants of a good file: no other exception leaves a reader."""
    read, text = READERS[name]
    path = tmp_path / name
    for seed in range(40):
        path.write_bytes(mutated(text, seed))
        with suppress(SurveygenError):
            read(path)


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000 + "]" * 5000], ids=["digits", "brackets"])
def test_values_that_no_parser_takes_are_errors_of_their_file(value: str, tmp_path: Path) -> None:
    """A number of 5,000 digits and 5,000 brackets, in TOML and in JSON."""
    settings, gold = tmp_path / "survey.toml", tmp_path / "gold.jsonl"
    settings.write_text(f"title = {value}\n", encoding="utf-8")
    gold.write_text(f'{{"id": "a", "labels": {value}}}\n', encoding="utf-8")

    with pytest.raises(ConfigError, match=r"survey\.toml"):
        load_settings(settings)
    with pytest.raises(ConfigError, match=r"de\.toml"):
        read_glossary(f"a = {value}\n", "de.toml")
    with pytest.raises(ThemeError, match="line 1"):
        read_gold(gold)


def test_an_edition_with_an_empty_line_in_its_list_is_read() -> None:
    """An editor may have added one."""
    assert read_markdown(_EDITION.replace("@1", "\n@1")).language == "en"


def test_entries_that_inherit_from_one_another_are_read_once(tmp_path: Path) -> None:
    """Two parents each, 60 levels deep: there are 2**60 ways to the last one."""
    entries = (f"@misc{{k{n}, title={{T {n}}}, xdata={{k{n + 1},k{n + 2}}}}}" for n in range(60))
    path = tmp_path / "a.bib"
    path.write_text("\n".join(entries), encoding="utf-8")

    assert sum(isinstance(record, Paper) for record in read_file(path)) == 60
