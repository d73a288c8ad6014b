"""What escaped TeX prints, read without TeX."""

from __future__ import annotations

import re

_PRINTED = {
    "\\textbackslash{}": "\\",
    "\\textasciicircum{}": "^",
    "\\textasciitilde{}": "~",
    "\\textasciigrave{}": "`",
    "\\textless{}": "<",
    "\\textgreater{}": ">",
    "\\textbar{}": "|",
    "\\textquotedbl{}": '"',
    "{[}": "[",
    "{]}": "]",
    "\\-": "\u00ad",
    "\\brk{}": "",
    "{\\kern0pt}": "",
    "{}": "",
    **{f"\\{sign}": sign for sign in "{}$&%#_"},
}
_WRITTEN = re.compile("|".join(re.escape(written) for written in sorted(_PRINTED, key=len, reverse=True)))


def printed(written: str) -> str:
    """Return the words that escaped words print."""
    return _WRITTEN.sub(lambda found: _PRINTED[found[0]], written)


def bare(written: str) -> str:
    """Return what is left of escaped words without the commands that print a sign."""
    return _WRITTEN.sub("", written)
