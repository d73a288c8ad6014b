"""Plug-ins are found by file name."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from surveygen import plugins
from surveygen.errors import ConfigError

ROOMS = get_args(plugins.Room)
EVERY = [(room, name) for room in ROOMS for name in plugins.names(room)]


@pytest.mark.parametrize(("room", "name"), EVERY)
def test_every_plug_in_can_be_made(room: plugins.Room, name: str) -> None:
    """A public module of a plug-in room has the function that makes it."""
    assert callable(plugins.load(room, name).make)


def test_the_rooms_hold_what_the_design_names() -> None:
    """The sources, encoders, summarizers and formats of the first draft are all there."""
    assert {"jsonl", "snapshot", "bibtex", "ris", "ids", "arxiv_query"} <= set(plugins.names("sources"))
    assert {"sentence", "lsa"} <= set(plugins.names("embed"))
    assert {"extractive", "llm"} <= set(plugins.names("summarize"))
    assert {"none", "command", "llm", "ctranslate2", "argos"} <= set(plugins.names("translate"))
    assert {"html", "latex", "markdown", "json", "slides"} <= set(plugins.names("render"))


def test_an_unknown_name_lists_those_there_are() -> None:
    """The error names the nearest plug-in and all others."""
    with pytest.raises(ConfigError) as caught:
        plugins.load("render", "htlm")

    assert "did you mean 'html'?" in caught.value.hint
    assert "markdown" in caught.value.hint


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["status"], ["--version"]])
def test_no_command_imports_torch_before_it_embeds(words: list[str]) -> None:
    """Help and look-ups start fast: neither torch nor scikit-learn nor langchain is loaded for them."""
    code = (
        "import sys; from surveygen.cli import main; sys.argv = ['surveygen', *sys.argv[1:]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'sklearn', 'sentence_transformers', 'langchain'} & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "[]"
