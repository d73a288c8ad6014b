"""Write references as a .bib file that both BibTeX and BibLaTeX read.

Values are Unicode with TeX's special characters escaped; a title stands in double braces, so that its capitals stay.
The fields of preprints are those of https://info.arxiv.org/help/hypertex/bibstyles/index.html; a paper that was
published since keeps them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from surveygen.domain.inline import ACCENTS, LETTERS, Math, Str, parse_inline
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id
from surveygen.domain.person_names import split_name
from surveygen.domain.survey import BibliographyEntry
from surveygen.render.latex.text import tex_key, tex_string
from surveygen.render.references import (
    checked,
    date_of,
    doi_of,
    has_editors_only,
    kind_of,
    link_of,
    stated,
    stated_names,
    venue_field,
    version_of,
)

_MAX_AUTHORS = 100  # a further author is "others"
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]{2,20})?\Z")
_DETAILS = ("volume", "number", "pages", "publisher", "school", "institution", "edition", "address", "isbn", "issn")
_NO_NOTES: Mapping[PaperId, str] = MappingProxyType({})
_AND = re.compile(r"\band\b", re.IGNORECASE)

_BIBLATEX_NAMES = {
    "year": "date",
    "journal": "journaltitle",
    "archivePrefix": "eprinttype",
    "primaryClass": "eprintclass",
}
# The tables by which `parse_inline` decodes TeX, so that what is written here is read back as it was.
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
_SIGNS |= {"“": "``", "”": "''", "–": "--", "—": "---", "‐": "-", "‑": "-"}
_COMMANDS = {mark: name for name, mark in ACCENTS.items()}
_BELOW = frozenset("cbdk")  # accents under the letter, which leave an i its dot
# A word of Greek is prose, one Greek letter is mathematics.
_BEYOND = re.compile(
    r"(?P<word>(?:[\u0370-\u03ff][\u0300-\u036f]*){2,})|(?P<base>.)(?P<marks>[\u0300-\u036f]+)|[^\x00-\x7f]"
)
# Between two dashes or quotation marks, which TeX would join to one of another length.
_JOINED = re.compile(
    "(?<=[-–—‐‑])(?=[–—‐‑])|(?<=[–—‐‑])(?=-)|(?<=['”])(?=”)|(?<=”)(?=')|(?<=“)(?=“)"  # these signs
)


def bibliography(entries: Iterable[BibliographyEntry], notes: Mapping[PaperId, str] = _NO_NOTES) -> str:
    """Return the text of ``references.bib``, one entry a paper in the order given.

    Notes are plain words that replace what an entry says of itself.
    """
    written: list[str] = []
    for entry in entries:
        note = notes.get(entry.paper.id, "")
        fields = bib_fields(entry.paper) | ({"note": _escaped(note)} if note else {})
        written.append(bib_entry(kind_of(entry.paper), tex_key(entry.cite_key, entry.number), fields))
    return "\n".join(written)


def bibtex(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield BibTeX in ASCII; only scripts that TeX has no commands for stay as they are."""
    for key, paper in checked(pairs):
        fields = bib_fields(paper)
        entry = bib_entry(kind_of(paper), key, {**fields, "version": version_of(paper)})
        yield ascii_tex(entry.replace("\\textquotedbl{}", '"')) + "\n"  # that sign is not in TeX's oldest fonts


def biblatex(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield BibLaTeX in UTF-8, by the data model of its manual, section 2."""
    for key, paper in checked(pairs):
        fields = {_BIBLATEX_NAMES.get(name, name): value for name, value in bib_fields(paper).items()}
        preprint = {"date": date_of(paper), "version": version_of(paper)}
        if "eprinttype" in fields:
            preprint["eprinttype"] = "arxiv"
        kind = kind_of(paper)
        found_online = kind == "misc" and fields["url"]
        yield bib_entry("online" if found_online else kind, key, {**fields, **preprint}) + "\n"


def bib_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Write one entry; its key and values are TeX already, and empty fields are left out."""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}\n"


def bib_fields(paper: Paper) -> dict[str, str]:
    """Return what BibTeX says about a paper, name to escaped value, in the order to write; "" is unknown."""
    by_editors = has_editors_only(paper)
    people = _names([author.name for author in paper.authors])
    fields = {
        "title": f"{{{_words(paper.title)}}}",
        "author": "" if by_editors else people,
        "editor": people if by_editors else _names(stated_names(paper, "editor")),
        "year": str(paper.year) if paper.year is not None else "",
        venue_field(kind_of(paper)): _words(paper.journal_ref.strip()),
        **{name: _words(stated(paper, name)).replace("–", "--") for name in _DETAILS},
    }
    if is_arxiv_id(paper.id):
        fields["eprint"] = paper.id
        fields["archivePrefix"] = "arXiv"
        fields["primaryClass"] = paper.primary_category if _CATEGORY.match(paper.primary_category) else ""
    fields |= {"doi": doi_of(paper), "url": link_of(paper)}
    return fields | ({"note": "Withdrawn"} if paper.status == "withdrawn" else {})


def _names(people: Sequence[str]) -> str:
    names = [name for person in people[:_MAX_AUTHORS] if (name := _name(person))]
    return " and ".join([*names, "others"] if len(people) > _MAX_AUTHORS else names)


def _name(name: str) -> str:
    """Write a name as ``Family, Given``; a name that the format could split elsewhere stands in braces."""
    family, given = split_name("".join(node.text for node in parse_inline(name) if isinstance(node, Str)))
    if not given or _AND.search(name) or "," in family + given:
        whole = _escaped(f"{given} {family}".strip())
        return f"{{{whole}}}" if whole else ""
    return f"{_escaped(family)}, {_escaped(given)}"


def _words(text: str) -> str:
    """Escape words and set mathematics inline; its printed braces are named, for BibTeX counts escaped ones too."""
    written: list[str] = []
    for node in parse_inline(text):
        if isinstance(node, Math):
            tex = node.tex.replace("\\{", "\\lbrace ").replace("\\}", "\\rbrace ")
            written.append(f"${tex}$")
        elif isinstance(node, Str):
            written.append(_escaped(node.text))
    return "".join(written)


def _escaped(words: str) -> str:
    r"""Escape for TeX; braces become parentheses, for BibTeX counts escaped ones too, and brackets stay bare."""
    safe = tex_string(words.replace("{", "(").replace("}", ")"))
    return safe.replace("{[}", "[").replace("{]}", "]")


def ascii_tex(text: str) -> str:
    r"""Replace what has a command in TeX or a sign in its mathematics; other scripts stay as they are.

    >>> ascii_tex("Erdős, Nguyễn: β-VAE – 漢字")
    'Erd{\\H{o}}s, Nguy{\\~{\\^{e}}}n: {$\\beta$}-VAE -- 漢字'
    """
    parted = _JOINED.sub("{}", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", _BEYOND.sub(_command, parted))


def _command(found: re.Match[str]) -> str:
    """Return the command for a sign, or nest the accents on a letter, the first one innermost."""
    sign = unicodedata.normalize("NFC", found[0])
    if found["word"]:
        return sign
    if sign in _SIGNS:
        return _SIGNS[sign]
    base, names = found["base"] or "", [_COMMANDS.get(mark, "") for mark in found["marks"] or ""]
    if not (base.isascii() and base.isalpha() and all(names)):
        return sign
    letter = f"\\{base}" if base in "ij" and not _BELOW.issuperset(names) else base
    for name in names:
        letter = f"\\{name}{{{letter}}}"
    return f"{{{letter}}}"
