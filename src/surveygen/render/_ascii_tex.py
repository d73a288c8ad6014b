r"""Write letters and signs beyond ASCII as TeX commands, for programs older than Unicode.

The tables are those by which `parse_inline` decodes TeX, so that what is written here is read back as it was.
"""

from __future__ import annotations

import re
import unicodedata

from surveygen.domain.inline import ACCENTS, LETTERS

_MATH_NAMES = """
    ≤ leq ≥ geq ≠ neq ≈ approx ∼ sim ≡ equiv × times ± pm → to ← gets ↔ leftrightarrow ⇒ Rightarrow ∞ infty
    ∈ in ∀ forall ∃ exists ∂ partial ∇ nabla ∑ sum ∏ prod
    α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho
    σ sigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega ϵ epsilon ϕ phi
    Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega
"""
_NAMES = _MATH_NAMES.split()
_SIGNS = {sign: f"{{$\\{name}$}}" for sign, name in zip(_NAMES[::2], _NAMES[1::2], strict=True)}
_SIGNS |= {sign: f"{{$\\mathbb{{{letter}}}$}}" for sign, letter in zip("ℂℕℚℝℤ", "CNQRZ", strict=True)}
_SIGNS |= {sign: f"{{$^{digit}$}}" for sign, digit in zip("¹²³", "123", strict=True)}
_SIGNS |= {letter: f"{{\\{name}}}" for name, letter in LETTERS.items()}
_SIGNS |= {"“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "‐": "-", "‑": "-"}
_COMMANDS = {mark: name for name, mark in ACCENTS.items()}
_BELOW = frozenset("cbdk")  # accents under the letter, which leave an i its dot
# A word of Greek is prose, one Greek letter is mathematics.
_BEYOND = re.compile(
    r"(?P<word>(?:[\u0370-\u03ff][\u0300-\u036f]*){2,})|(?P<base>.)(?P<marks>[\u0300-\u036f]+)|[^\x00-\x7f]"
)


def ascii_tex(text: str) -> str:
    r"""Replace what has a command in TeX or a sign in its mathematics; other scripts stay as they are.

    >>> ascii_tex("Erdős, Nguyễn: β-VAE – 漢字")
    'Erd{\\H{o}}s, Nguy{\\~{\\^{e}}}n: {$\\beta$}-VAE -- 漢字'
    """
    return unicodedata.normalize("NFC", _BEYOND.sub(_command, unicodedata.normalize("NFD", text)))


def _command(found: re.Match[str]) -> str:
    sign = unicodedata.normalize("NFC", found[0])
    if found["word"]:
        return sign
    return _SIGNS.get(sign) or _accented(found["base"] or "", found["marks"] or "") or sign


def _accented(base: str, marks: str) -> str:
    """Nest the accents on a letter, the first one innermost; empty if TeX has no name for all of them."""
    names = [_COMMANDS.get(mark, "") for mark in marks]
    if not (base.isascii() and base.isalpha() and all(names)):
        return ""
    letter = f"\\{base}" if base in "ij" and not _BELOW.issuperset(names) else base
    for name in names:
        letter = f"\\{name}{{{letter}}}"
    return f"{{{letter}}}"
