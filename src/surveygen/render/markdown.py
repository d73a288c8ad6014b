"""Escape text for Markdown, and read an edited Markdown edition back.

What is escaped reads the same in GitHub's dialect and in Pandoc's, and lets no HTML, link or mark-up through.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from surveygen.domain.inline import Math
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Survey
from surveygen.domain.text import clean, text_sha256
from surveygen.errors import ConfigError
from surveygen.render.templates import MarkdownSafe

_TABLE = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]#!|~^$@"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})
# Signs that make a list, a rule, a definition or a title block where a line begins.
_OPENING = re.compile(r"^([-+=:%]|\d+(?=[.)]))")
_CLAIM = re.compile(r"<!-- ([0-9a-f]{10}(?:-\d+)?|by) -->")
_INDEX_HEAD = "<!-- surveygen "
_INDEX = re.compile(r"<!-- surveygen (?P<language>[a-z-]+) (?P<frame>[0-9a-f]{8})\n(?P<rows>.*?)-->\s*\Z", re.DOTALL)
_FOREIGN = re.compile(r'<span lang="[\w-]+" dir="(?:ltr|rtl)">|</span>')  # around words of another language
_BREAK = re.compile(r"\n[ \t]*\n")
# Within one line: a run of blank lines is looked at once.
_BARE_ITEM = re.compile(r"^[^\S\n]*\d+[.)][^\S\n]*$", re.MULTILINE)
_BY = re.compile(r"\A\s*\([^()]*\)")
_LINKED = r"\[(?:\d+)\]\(#ref-\d+\)"
_WORDS = re.compile(
    rf"(?P<links>\\\[{_LINKED}(?:\s*,\s*{_LINKED})*(?:\s*,\s*\+\d+)?\\\]|{_LINKED})"
    r"|\\?\[@(?P<keys>[^\]\s][^\]]{0,2000}?)\\?\]"
    r"|\\?\[(?P<numbers>\d+(?:\s*,\s*\d+)*)\\?\]"
    r"|(?P<math>(?<!\\)\$(?:[^$\\\n]|\\.)+\$)"
    r"|\\(?P<sign>[!-/:-@\[-`{-~])"
    r"|(?P<entity>&(?:lt|gt|amp);)"
    r"|(?P<stress>[*`]+)"
    r"|(?P<place> ?\((?:(?:, )?<!-- at -->(?:\[[^\]\n]{0,300}\]\([^)\s]{0,2000}\)|[^\n<]{0,300}<!-- -->))+\))"
)


@dataclass(frozen=True, slots=True)
class EditedWords:
    """What differs in a Markdown edition from what was written.

    Attributes:
        language: of the edition.
        edits: (section, claim, the person's words with citations as ``[@paper-id]``, "" where they are gone), in
            reading order.
        beside: whether something else was changed as well, such as a heading or a table.
    """

    language: str
    edits: tuple[tuple[str, str, str], ...]
    beside: bool


def escape_markdown(words: str) -> MarkdownSafe:
    r"""Escape words so that Markdown shows them as they are.

    >>> escape_markdown("a*b*c <script> R_2")
    'a\\*b\\*c &lt;script&gt; R\\_2'
    """
    return MarkdownSafe(
        _OPENING.sub(lambda match: f"{match[1]}\\" if match[1].isdigit() else f"\\{match[1]}", words.translate(_TABLE))
    )


def markdown_math(node: Math) -> MarkdownSafe:
    """Set mathematics between dollars, so that nothing in it ends a cell, begins a tag or stresses."""
    tex = node.tex
    for sign, spelled in (("\\|", "\\Vert "), ("|", "\\vert "), ("*", "\\ast "), ("<", "< ")):
        tex = tex.replace(sign, spelled)
    return MarkdownSafe(f"${tex.strip()}$")


def mark_claim(claim: str, written: str, remarks: str) -> MarkdownSafe:
    """Write the name of a claim before its words, and the remarks on who wrote them behind."""
    behind = f" <!-- by -->({remarks.replace('(', '[').replace(')', ']')})" if remarks else ""
    return MarkdownSafe(f"<!-- {claim} -->{written}{behind}" if claim else written)


def mark_place(url: str, label: str) -> MarkdownSafe:
    """Write a place in a full text so that it is known as no part of the words of a claim."""
    return MarkdownSafe(f"<!-- at -->[{label}]({url})" if url else f"<!-- at -->{label}<!-- -->")


def add_index(text: str, survey: Survey) -> str:
    """Append what `read_markdown` needs to an edition, as a comment; nothing if no words have a name in it.

    A row for each section names its claims with digests of their words, a row for each reference has its number, paper
    and cite key.
    """
    words, frame = _regions(text)
    if not words:
        return text
    rows = []
    for section in survey.sections:
        claims = [f"{claim}={_digest(words[claim])}" for claim in section.claims() if claim in words]
        rows += [" ".join((_quoted(section.id), *claims))] if claims else []
    rows += [f"@{entry.number} {_quoted(entry.paper.id)} {_quoted(entry.cite_key)}" for entry in survey.entries]
    inside = "\n".join(rows)
    return f"{text.rstrip()}\n\n<!-- surveygen {survey.language} {_digest(frame)}\n{inside}\n-->\n"


def read_markdown(text: str) -> EditedWords:
    """Find the words of an edition that are not those that were written.

    Raises:
        ConfigError: the list at its end is gone, or a person's words cite what is no reference.
    """
    text = text.replace("\r\n", "\n")
    index = _INDEX.match(text, max(text.rfind(_INDEX_HEAD), 0))
    if index is None:
        raise ConfigError(
            "the edition has no list of its claims at its end",
            "edit the words only, and leave the comments unchanged",
        )
    rows = index["rows"].splitlines()
    references: dict[str, PaperId] = {}
    for row in rows:
        if row.startswith("@"):
            number, _, rest = row.removeprefix("@").partition(" ")
            paper, _, key = (unquote(part) for part in rest.partition(" "))
            references |= {name: PaperId(paper) for name in (number, paper, key) if name}
    now, frame = _regions(text[: index.start()].rstrip("\n"))
    edits: list[tuple[str, str, str]] = []
    for row in rows:
        section, *claims = row.split() if row.strip() and not row.startswith("@") else ("",)
        for claim, digest in (pair.split("=", 1) for pair in claims if "=" in pair):
            words = now.get(claim, "")
            if _digest(words) != digest:
                edits.append((unquote(section), claim, read_words(words, references)))
    return EditedWords(index["language"], tuple(edits), beside=_digest(frame) != index["frame"])


def read_words(text: str, references: Mapping[str, PaperId]) -> str:
    r"""Turn Markdown into words with citation markers.

    A citation may be a number of the references, linked or not, or ``[@id]`` with the id or cite key of a paper. Of a
    long row of citations only those written out stay.

    >>> read_words(r"It *works* \[[2](#ref-2)\], for 5 \% [@muller2021].", {"2": "2101.1", "muller2021": "2203.2"})
    'It works [@2101.1], for 5 % [@2203.2].'

    Args:
        text: a person's.
        references: papers by number, id and cite key.

    Raises:
        ConfigError: it cites what is no reference.
    """
    return clean(_WORDS.sub(lambda match: _read(match, references), _without_item(text)))


def _read(match: re.Match[str], references: Mapping[str, PaperId]) -> str:
    kind = match.lastgroup
    if kind == "links":
        return _cited(re.findall(r"\[(\d+)\]", match[0]), references)
    if kind == "keys":
        return _cited(re.split(r"\s*;\s*@?", match["keys"]), references)
    if kind == "numbers":  # citations where each is one of the references: an interval is none
        names = re.split(r"\s*,\s*", match["numbers"])
        return _cited(names, references) if all(name in references for name in names) else f"[{match['numbers']}]"
    if kind == "sign":
        return "\\$" if match["sign"] == "$" else match["sign"]
    if kind == "entity":
        return html.unescape(match[0])
    return match[0] if kind == "math" else ""


def _cited(names: Iterable[str], references: Mapping[str, PaperId]) -> str:
    names = list(names)
    missing = next((name for name in names if name not in references), None)
    if missing is not None:
        raise ConfigError(
            f"{missing!r} is cited but is not a reference of the survey",
            "cite by number as [12], or by id or cite key as [@2101.00001]",
        )
    return " ".join(f"[@{references[name]}]" for name in names)


def _quoted(text: str) -> str:
    """Write an id so that it neither ends the comment nor a row."""
    return quote(text, safe="/.:", errors="replace").replace("--", "-%2D")


def _regions(text: str) -> tuple[dict[str, str], str]:
    """Return the words of each claim, and the text without them."""
    words: dict[str, list[str]] = {}
    frame: list[str] = []
    last = ""
    parts = _CLAIM.split(_FOREIGN.sub("", text))
    frame.append(parts[0])
    for name, rest in zip(parts[1::2], parts[2::2], strict=True):
        end = _BREAK.search(rest)
        region, after = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
        frame.append(f" {after}")
        if name == "by":  # what a person adds behind the mark belongs to the sentence before it
            words.setdefault(last, [""]).append(_BY.sub("", region))
        else:
            last = name
            words[name] = [region]
    bare = {name: _bare_words(" ".join(regions)) for name, regions in words.items() if name}
    return bare, _BARE_ITEM.sub("", "".join(frame))


def _without_item(text: str) -> str:
    """Return words without the number of the next item in a last line of its own."""
    head, newline, line = text.rstrip().rpartition("\n")
    return head.rstrip() if newline and _BARE_ITEM.fullmatch(line) else text


def _bare_words(region: str) -> str:
    """Return words without the number of the next item and the stars of a definition."""
    text = _without_item(region).rstrip()
    bare = text.rstrip("*")
    if len(bare) < len(text) and bare.endswith("\\"):
        bare += "*"
    return bare.strip()


def _digest(text: str) -> str:
    return text_sha256(" ".join(text.split()))[:8]
