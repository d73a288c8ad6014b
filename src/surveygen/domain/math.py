"""Allowlist of TeX mathematics.

Mathematics is allowed only if it is a tree of listed symbols: no definitions, files, environments or colors, so that
TeX can typeset it without an error and it is inert in a browser.
"""

from __future__ import annotations

import re

MAX_MATH = 400
_MAX_DEPTH = 20
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[!-~]", re.DOTALL)
_OLD_FONT = re.compile(r"\{\\(rm|bf|cal|it|sf|tt)\s+([^{}]*)\}")
_SAME = re.compile(r"\\(?:mbox|textrm|textnormal|textit|textbf)(?=\s*\{)")
_WORDS = re.compile(r"\s*\{[A-Za-z0-9 .,:()-]*\}")  # all that is allowed in \text{..}
_ROOT = re.compile(r"\s*\[[A-Za-z0-9]{1,3}\]")  # the degree of a root
_REFUSED = frozenset('$&#%"`@')

_SYMBOL_NAMES = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    le leq ge geq ne neq ll gg approx sim simeq cong equiv propto prec succ preceq succeq subset supset subseteq
    supseteq in notin ni mid parallel perp vdash models lesssim gtrsim asymp doteq
    pm mp times div cdot cdots ldots dots vdots ast star circ bullet cap cup setminus wedge vee land lor neg lnot oplus
    otimes odot dagger to gets rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow
    mapsto implies iff uparrow downarrow
    sum prod int oint bigcup bigcap bigoplus lim limsup liminf sup inf max min arg exp log ln lg sin cos tan cot sec csc
    sinh cosh tanh arcsin arccos arctan det dim ker deg gcd hom Pr
    infty partial nabla forall exists nexists emptyset varnothing ell hbar Re Im aleph prime top bot angle triangle
    square Box checkmark langle rangle lfloor rfloor lceil rceil lbrace rbrace lvert rvert lVert rVert vert Vert
    quad qquad
"""
_ONE_ARGUMENT = """
    sqrt hat bar tilde vec dot ddot overline underline widehat widetilde overbrace underbrace boldsymbol
    mathbb mathcal mathrm mathbf mathfrak mathit mathsf mathtt
"""
_TWO_ARGUMENTS = "frac dfrac tfrac binom overset underset stackrel"
_SIZE_NAMES = "big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr"
_FENCE_NAMES = "langle rangle lbrace rbrace lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert"

_SYMBOLS = frozenset(f"\\{name}" for name in _SYMBOL_NAMES.split()) | {f"\\{sign}" for sign in ",;:! {}|%&#_"}
_ARITY = {**dict.fromkeys(_ONE_ARGUMENT.split(), 1), **dict.fromkeys(_TWO_ARGUMENTS.split(), 2)}
_SIZES = frozenset(_SIZE_NAMES.split())
_FENCES = frozenset("()[]|./<>") | {r"\{", r"\}", r"\|"} | {f"\\{name}" for name in _FENCE_NAMES.split()}


def safe_math(tex: str) -> str | None:
    r"""Return mathematics in normalized form, or None if any part of it is not allowed.

    >>> safe_math(r"O(n^{\rm opt})")
    'O(n^{\\mathrm{opt}})'
    >>> safe_math(r"\input{x}") is None
    True
    """
    spelled = _SAME.sub(r"\\text", _OLD_FONT.sub(r"{\\math\1{\2}}", tex.strip()))
    if not spelled or len(spelled) > MAX_MATH or not spelled.isascii() or "^^" in spelled:
        return None
    try:
        _MathParser(spelled).read_all()
    except _NotSafeError:
        return None
    return spelled


class _NotSafeError(Exception):
    """The mathematics has a part that is not on the lists."""


class _MathParser:
    """Recursive-descent parser; each method consumes the construct that it is named after."""

    def __init__(self, tex: str) -> None:
        self._tex = tex
        self._at = 0
        self._depth = 0

    def read_all(self) -> None:
        """Parse all of the mathematics; raise `_NotSafeError` if a part is not allowed."""
        self._list()
        if self._peek():
            raise _NotSafeError

    def _peek(self) -> str:
        while self._tex[self._at : self._at + 1] in {" ", "~"}:
            self._at += 1
        token = _TOKEN.match(self._tex, self._at)
        return token[0] if token else ""

    def _next(self) -> str:
        mark = self._peek()
        self._at += len(mark)
        return mark

    def _list(self) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _NotSafeError
        while (mark := self._peek()) and mark not in {"}", "\\right"}:
            if mark not in {"^", "_"}:  # a script needs no base
                self._atom()
            self._scripts()
        self._depth -= 1

    def _scripts(self) -> None:
        seen: set[str] = set()
        while (mark := self._peek()) in {"^", "_", "'"}:
            kind = "^" if mark == "'" else mark
            if kind in seen:
                raise _NotSafeError
            seen.add(kind)
            if self._next() != "'":
                self._argument()
            else:
                while self._peek() == "'":
                    self._next()

    def _atom(self) -> None:
        mark = self._next()
        name = mark[1:]
        if mark == "{":
            self._group()
        elif mark == "\\left":
            self._delimiter()
            self._list()
            if self._next() != "\\right":
                raise _NotSafeError
            self._delimiter()
        elif mark == "\\text":
            self._take(_WORDS)
        elif name in _SIZES:
            self._delimiter()
        elif name in _ARITY:
            if name == "sqrt" and self._peek() == "[":
                self._take(_ROOT)
            for _ in range(_ARITY[name]):
                self._argument()
        else:
            _check_sign(mark)

    def _group(self) -> None:
        self._list()
        if self._next() != "}":
            raise _NotSafeError

    def _take(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._tex, self._at)
        if not match:
            raise _NotSafeError
        self._at = match.end()

    def _delimiter(self) -> None:
        if self._next() not in _FENCES:
            raise _NotSafeError

    def _argument(self) -> None:
        mark = self._next()
        if mark == "{":
            self._group()
        elif mark == "\\text":
            self._take(_WORDS)
        else:
            _check_sign(mark)


def _check_sign(mark: str) -> None:
    if mark not in _SYMBOLS and (len(mark) != 1 or mark in _REFUSED or mark in "\\{}^_'"):
        raise _NotSafeError
