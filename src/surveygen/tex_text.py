r"""Decoding of TeX commands in bibliographies to characters.

The names of characters are those of pylatexenc and of `surveygen.domain.inline`, which the writers use, so that what
they write is read back as it was.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

from pylatexenc.latex2text import get_default_latex_context_db

from surveygen.domain.inline import ACCENTS, LETTERS, Math, parse_inline

_MAX_LENGTH = 100_000  # characters of one value that are decoded; 10,000 of them are kept
_MAX_DEPTH = 20  # of arguments within arguments
_TOKEN = re.compile(
    r"\\(?P<name>[A-Za-z@]+)\*?(?P<gap>\s*)|\\(?P<sign>.)|\$\$?|[{}~]|-{1,3}|``|''|[^\\${}~`'-]+|.", re.DOTALL
)
# Characters that pylatexenc has no plain text for, among them those that our own writers name.
_OWN_NAMES = """
    textless < textgreater > textquotedbl " textbar | textasciicircum ^ textasciitilde ~ textasciigrave ` textdollar $
    textbackslash \\ S § P ¶ copyright © pounds £ dag † ddag ‡ textdagger † textdaggerdbl ‡ textparagraph ¶
    textsection § slash / textunderscore _ textpercent % lq ‘ rq ’ textcelsius ℃ euro € LaTeX LaTeX TeX TeX
    BibTeX BibTeX lbrace ( rbrace ) textsinglequote ' textquotesingle ' textnumero № mu μ
"""
# Commands whose argument is text as it stands.
_TRANSPARENT_NAMES = """
    emph textbf textit texttt textsc textsf textsl textrm textup textmd textnormal mbox hbox text underline uline fbox
    uppercase lowercase MakeUppercase MakeLowercase NoCaseChange textsubscript url path nolinkurl mathrm bibstring
    mkbibquote mkbibemph mkbibitalic mkbibbold mkbibacro
"""
# Commands that print nothing: fonts, sizes, places for a break.
_SILENT_NAMES = """
    em it bf sl sc rm tt sf bfseries itshape scshape slshape rmfamily ttfamily sffamily mdseries upshape normalfont
    tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge protect relax noindent unskip
    ignorespaces null allowbreak nobreak centering boldmath
"""
_SPACE_NAMES = "quad qquad enspace thinspace space newline linebreak par break hfill nobreakspace"
# Commands that are dropped with their first argument; the second one of `href` is text.
_DROPPED_NAMES = """
    noopsort nocite label index vspace hspace footnote thanks switchargs
    href textcolor texorpdfstring foreignlanguage fontsize color selectlanguage
"""
_PRINTED_AS = {
    **dict.fromkeys(_TRANSPARENT_NAMES.split(), ""),
    **dict.fromkeys(_SILENT_NAMES.split(), ""),
    **dict.fromkeys(_SPACE_NAMES.split(), " "),
}
_DROPPED = frozenset(_DROPPED_NAMES.split())
_SIGNS = {
    "$": "\ue000",
    "\\": " ",
    " ": " ",
    "\n": " ",
    "\t": " ",
    "/": "",
    "-": "",
    "@": "",
    "!": "",
    ",": " ",
    ";": " ",
}
_SIGNS |= {":": " ", ">": " ", **{sign: sign for sign in "&%#_"}, "{": "\ue001", "}": "\ue002", "(": "(", ")": ")"}
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " "}
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SIGN_OF_MATH = re.compile(
    r"\s*(?:\\(?P<name>[A-Za-z]+)|\^\{?(?P<power>[0-9])\}?|\\mathbb\s*\{?(?P<letter>[CNQRZ])\}?)\s*\Z"
)
_LETTERS_OF_SETS = dict(zip("CNQRZ", "ℂℕℚℝℤ", strict=True))
_MARKS = {**ACCENTS, "t": "\u0361"}
_PRIVATE = re.compile("[\ue000-\ue002]")


def decode_tex(text: str, *, keep_braces: bool = False) -> str:
    r"""Replace commands of TeX that stand for characters, then drop braces; mathematics between dollars stays.

    A command that is not known stays with its argument. Where an escaped dollar would be taken for mathematics by a
    later reader, it stays escaped.

    Args:
        text: the value of a field.
        keep_braces: whether braces that protect words stay, for names that are split afterwards; those around a
            command are dropped.

    >>> decode_tex(r"{\'E}tudes{\textemdash}5\,{\textdegree}C, \$5 and $\alpha_{1}$")
    'Études—5 °C, $5 and $\\alpha_{1}$'
    """
    text = text[:_MAX_LENGTH]
    if not re.search(r"[\\{}~$]|--|``|''", text):
        return text
    decoded = _Decoder(_PRIVATE.sub("", text), keep_braces=keep_braces).text()
    braces = "()" if keep_braces else "{}"
    decoded = unicodedata.normalize("NFC", decoded).replace("\ue001", braces[0]).replace("\ue002", braces[1])
    if "\ue000" not in decoded:
        return decoded
    bare = decoded.replace("\ue000", "$")
    return bare if _formulas(bare) == _formulas(decoded) else decoded.replace("\ue000", "\\$")


def _formulas(text: str) -> list[str]:
    return [node.tex for node in parse_inline(text) if isinstance(node, Math)]


@cache
def _characters() -> dict[str, str]:
    """Return the characters by the names of their commands."""
    characters = {
        macro.macroname: macro.simplify_repl
        for macro in get_default_latex_context_db().iter_macro_specs()
        if isinstance(macro.simplify_repl, str)
        and macro.simplify_repl.strip()
        and len(macro.simplify_repl) <= 2
        and len(macro.macroname) > 1
        and "%" not in macro.simplify_repl
    }
    own = _OWN_NAMES.split()
    return characters | LETTERS | dict(zip(own[::2], own[1::2], strict=True))


class _Decoder:
    """Decodes the tokens of one text; every token is visited once."""

    def __init__(self, text: str, *, keep_braces: bool) -> None:
        self._text = text
        self._keep_braces = keep_braces
        self._tokens = list(_TOKEN.finditer(text))
        self._words = [token[0] for token in self._tokens]
        self._closing: dict[int, int] = {}  # the place of the closing brace by that of the opening one
        open_braces: list[int] = []
        for place, word in enumerate(self._words):
            if word == "{":
                open_braces.append(place)
            elif word == "}" and open_braces:
                self._closing[open_braces.pop()] = place
        dollars = [place for place, word in enumerate(self._words) if word in {"$", "$$"}]
        self._next_dollar = dict(pairwise(dollars))

    def text(self) -> str:
        return self._range(0, len(self._tokens), 0)

    def _range(self, start: int, end: int, depth: int) -> str:
        """Decode the tokens from `start` to `end`."""
        written: list[str] = []
        hidden: set[int] = set()  # braces that are not written
        place = start
        while place < end:
            word = self._words[place]
            if word[0] == "\\" and len(word) > 1:
                piece, place = self._command(place, end, depth)
            elif word[0] == "$" and self._next_dollar.get(place, end) < end:
                piece, place = self._mathematics(place)
            else:
                piece = self._plain(place, word, hidden)
                place += 1
            written.append(piece)
        return "".join(written)

    def _plain(self, place: int, word: str, hidden: set[int]) -> str:
        if word == "{":
            begins_command = place + 1 < len(self._words) and self._words[place + 1][0] in "\\}"
            if place not in self._closing or not self._keep_braces or begins_command:
                hidden.add(self._closing.get(place, -1))
                return ""
        if word == "}" and (place in hidden or not self._keep_braces or place not in self._closing.values()):
            return ""
        return _LIGATURES.get(word, word)

    def _mathematics(self, place: int) -> tuple[str, int]:
        """Copy mathematics; one sign in braces of its own is how the writers spell a character."""
        end = self._next_dollar[place]
        inner = self._text[self._tokens[place].end() : self._tokens[end].start()]
        self._next_dollar.pop(end, None)
        is_braced = place > 0 and self._words[place - 1] == "{" and self._words[end + 1 : end + 2] == ["}"]
        if is_braced and (found := _SIGN_OF_MATH.match(inner)):
            if found["power"]:
                return found["power"].translate(_SUPERSCRIPTS), end + 1
            sign = _LETTERS_OF_SETS[found["letter"]] if found["letter"] else _characters().get(found["name"], "")
            if sign:
                return sign, end + 1
        return self._text[self._tokens[place].start() : self._tokens[end].end()], end + 1

    def _command(self, place: int, end: int, depth: int) -> tuple[str, int]:
        """Decode a command with its argument; return the text and the place behind it."""
        token = self._tokens[place]
        name = token["name"] or token["sign"] or ""
        after = place + 1
        if name in _MARKS and depth < _MAX_DEPTH:
            letter, after = self._argument(after, end, depth)
            return _accented(letter, _MARKS[name]), after
        if name in {"textsuperscript", "enquote"} and depth < _MAX_DEPTH:
            inner, after = self._argument(after, end, depth)
            is_number = re.fullmatch(r"[-+−]?[0-9]+", inner)
            return (
                f"“{inner}”" if name == "enquote" else inner.translate(_SUPERSCRIPTS) if is_number else inner
            ), after
        if token["name"] is None:
            written = _SIGNS.get(name, f"\\{name}")
        elif name in _PRINTED_AS:
            written = _PRINTED_AS[name]
        elif name in _DROPPED:
            written, after = "", self._behind_group(after, end)
        elif name in _characters():
            written = _characters()[name]
            after += 2 if self._words[after : after + 2] == ["{", "}"] else 0
        else:
            after = self._behind_group(after, end)
            written = self._text[token.start() : self._tokens[after - 1].end()]
        return written, after

    def _argument(self, place: int, end: int, depth: int) -> tuple[str, int]:
        """Decode the argument at a place: a group, a command or one character."""
        while place < end and not self._words[place].strip():
            place += 1
        if place >= end:
            return "", end
        word = self._words[place]
        if word == "{" and place in self._closing:
            close = self._closing[place]
            return self._range(place + 1, min(close, end), depth + 1), close + 1
        if word[0] == "\\" and len(word) > 1:
            return self._command(place, end, depth + 1)
        if word in {"{", "}"}:
            return "", place
        bare = word.lstrip()
        return bare[:1] + _REST + bare[1:], place + 1

    def _behind_group(self, place: int, end: int) -> int:
        is_group = place < end and self._words[place] == "{" and place in self._closing
        return min(self._closing[place] + 1, end) if is_group else place


_REST = "\ue003"  # parts the letter that an accent belongs to from the words behind it


def _accented(letter: str, mark: str) -> str:
    """Put an accent on the first letter of an argument."""
    first, _, rest = letter.partition(_REST)
    first = first.replace("ı", "i").replace("ȷ", "j") if mark not in "\u0327\u0331\u0323\u0328" else first
    base = first.lstrip()
    if not base or not (base[0].isalpha() or base[0].isdigit()):
        return first + rest
    size = 1
    while size < len(base) and unicodedata.combining(base[size]):
        size += 1
    return unicodedata.normalize("NFC", base[:size] + mark) + base[size:] + rest
