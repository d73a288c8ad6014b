"""Settings of surveys with editions in several languages."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from surveygen.config import Project, find_project

PROGRAM = str(Path(__file__).parent / "toy_translator.py")


def command(manner: str, more: str = "") -> str:
    """Write the settings of the toy program."""
    words = json.dumps([sys.executable, PROGRAM, manner, "{target}"])
    return f'[translate]\nengine = "command"\ncommand = {words}\n{more}'


def configure(project: Project, translate: str, *editions: str) -> Project:
    """Give a survey other settings from [llm] on, and editions; its program is trusted, also in a copy."""
    path = project.root / "survey.toml"
    text = re.split(r"\n\[(?:llm|translate)\]", path.read_text(encoding="utf-8"))[0]
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("languages =", "formats =")))
    head = f'languages = {json.dumps(["en", *editions])}\nformats = ["json"]\n'
    path.write_text(f"{head}{text}\n{translate}", encoding="utf-8")
    return replace(find_project(project.root, exact=True), trusted=True)
