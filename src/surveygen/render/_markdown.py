"""Write untrusted words as Markdown: the one place that escapes for it.

What comes out reads the same in GitHub's dialect and in Pandoc's, and lets no HTML, link or mark-up through.
"""

from __future__ import annotations

import re

from surveygen.domain.inline import Math
from surveygen.render.templates import MarkdownSafe

_TABLE = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]#!|~^$@"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})
# Signs that make a list, a rule, a definition or a title block where a line begins.
_OPENING = re.compile(r"^([-+=:%]|\d+(?=[.)]))")


def markdown(words: str) -> MarkdownSafe:
    r"""Escape words so that Markdown shows them as they are.

    >>> markdown("a*b*c <script> R_2")
    'a\\*b\\*c &lt;script&gt; R\\_2'
    """
    return MarkdownSafe(_OPENING.sub(_opening, words.translate(_TABLE)))


def markdown_math(node: Math) -> MarkdownSafe:
    """Set mathematics between dollars, so that nothing in it ends a cell, begins a tag or stresses."""
    tex = node.tex
    for sign, spelled in (("\\|", "\\Vert "), ("|", "\\vert "), ("*", "\\ast "), ("<", "< ")):
        tex = tex.replace(sign, spelled)
    return MarkdownSafe(f"${tex.strip()}$")


def _opening(found: re.Match[str]) -> str:
    return f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}"
