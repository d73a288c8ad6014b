"""Write the survey as LaTeX for LuaLaTeX, with its references as BibLaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from jinja2.sandbox import SandboxedEnvironment

from surveygen.domain.inline import Math
from surveygen.domain.survey import Entry, Survey
from surveygen.languages import Language, codes, load
from surveygen.render._bibtex import bibliography
from surveygen.render._fonts import fallback_fonts, script_of
from surveygen.render._templates import Safe, TemplateRoots, TexSafe, fill, text_environment
from surveygen.render._tex import tex, tex_key, tex_math, tex_string
from surveygen.render._view import Views
from surveygen.render._words import Words

_MAX_CELL = 500  # code points; about 20 lines of a 40 mm column, so that a row fits a page
_PALETTE = tuple(TexSafe(f"survey{letter}") for letter in "ABCDEF")  # defined in latex/preamble.tex.j2
_IN_ADDRESS = str.maketrans({sign: f"\\{sign}" for sign in "#%&_~"})  # hyperref reads these escapes in a link
_DELIMITERS = {
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "block_start_string": "<%",
    "block_end_string": "%>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}


def make(language: Language, templates: TemplateRoots) -> LatexRenderer:
    """Make the renderer of ``survey.tex`` and ``references.bib``."""
    return LatexRenderer(language, templates)


@dataclass(frozen=True)
class LatexRenderer:
    """Fills ``latex/body.tex.j2``, then ``latex/survey.tex.j2`` with the fonts that the body needs."""

    language: Language
    templates: TemplateRoots

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.tex`` and ``references.bib``.

        Raises:
            TemplateError: a template cannot be used.
        """
        script = _TexScript()
        views = Views(survey, self.language, Words(survey, self.language, script, max_cell=_MAX_CELL))
        document = {**views.document(), "palette": _PALETTE}
        body = fill(self._environment, "latex/body.tex.j2", document)
        fonts = [{"file": TexSafe(font), "script": TexSafe(script_of(font))} for font in fallback_fonts(body)]
        names = {"en"} if self.language.direction == "rtl" else set()  # those of authors run from left to right
        frame = {
            **document,
            "body": TexSafe(body),
            "fallback_fonts": fonts,
            "babel": TexSafe(self.language.latex),
            "others": [TexSafe(load(code).latex) for code in sorted(script.others | names)],
            "language": TexSafe(self.language.code),
            "pdf_date": TexSafe(f"D:{re.sub(r'[^0-9]', '', survey.generated_at)}Z"),  # ISO 32000-1, 7.9.4
            "rtl": self.language.direction == "rtl",
        }
        return {
            "survey.tex": fill(self._environment, "latex/survey.tex.j2", frame),
            "references.bib": bibliography(survey.entries),
        }

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        return text_environment(self.templates, **_DELIMITERS)


class _TexScript:
    """How TeX writes words, mathematics and citations; `others` are the languages met besides the survey's own."""

    gap = "~"

    def __init__(self) -> None:
        self.others: set[str] = set()

    def text(self, words: str) -> Safe:
        return tex(words)

    def string(self, words: str) -> Safe:
        return tex_string(words)

    def address(self, url: str) -> Safe:
        return TexSafe(url.translate(_IN_ADDRESS))

    def math(self, node: Math) -> Safe:
        return tex_math(node)

    def cite(self, entries: Sequence[Entry]) -> Safe:
        keys = ",".join(tex_key(entry.cite_key, entry.number) for entry in entries)
        return TexSafe(f"\\cite{{{keys}}}")

    def claimed(self, claim: str, written: Safe, by: Safe) -> Safe:  # noqa: ARG002  # TeX is not read back
        return TexSafe(f"{written} {{\\footnotesize\\itshape ({by})}}") if by else written

    def key(self, entry: Entry) -> Safe:
        return TexSafe(tex_key(entry.cite_key, entry.number))

    def foreign(self, words: Safe, language: str) -> Safe:
        if language not in codes():
            return words
        self.others.add(language)
        return TexSafe(f"\\foreignlanguage{{{load(language).latex}}}{{{words}}}")
