r"""Reading of LaTeX sources that the user has.

Text, sections, citations and `\bibitem` are read. Nothing is executed, macros are not expanded and files are not
included; what is not understood is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from surveygen.documents._limits import MAX_NOTES, MAX_REFERENCES, MAX_SECTIONS, MAX_TEXT, MAX_UNITS, NO_PAPER
from surveygen.documents._references import parse_reference
from surveygen.documents._text import names
from surveygen.domain.document import (
    CitationMark,
    Document,
    DocumentReference,
    DocumentSection,
    SectionKind,
    Unit,
    UnitKind,
)
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean, text_sha256
from surveygen.errors import SourceError
from surveygen.tex_text import decode_tex

MAX_SOURCE = 5_000_000  # characters; the sources of a thesis have 1,000,000
_MAX_ARGUMENT = 20_000  # characters of the argument of a command
_LEVELS = {"section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4}
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
# What is between the ends of an environment, up to the next one of its name: so the time grows with the source only.
_BODY = r"(?:[^\\]|\\(?!(?:begin|end)\{(?P=name)\}))*+"
_DROPPED = re.compile(
    r"\\begin\{(?P<name>comment|tabular[x*]?|tikzpicture|lstlisting|verbatim|minted|filecontents\*?|CCSXML)\}"
    rf"{_BODY}\\end\{{(?P=name)\}}",
)
_DISPLAY = re.compile(
    r"\\begin\{(?P<name>(?:equation|align|gather|multline|eqnarray|displaymath)\*?)\}"
    rf"(?P<tex>{_BODY})\\end\{{(?P=name)\}}"
    r"|(?<!\\)\\\[(?P<bracket>(?:[^\\]|\\(?![\[\]]))*+)\\\]|\$\$(?P<dollars>[^$]*+)\$\$"
    r"|(?<!\\)\\\((?P<paren>(?:[^\\]|\\(?![()]))*+)\\\)"
)
_EVENT = re.compile(
    r"\\(?P<head>section|subsection|subsubsection|paragraph)\*?\s*(?:\[[^\]]*\]\s*)?(?=\{)"
    r"|\\(?P<appendix>appendix)\b"
    r"|\\(?P<edge>begin|end)\s*\{(?P<name>[A-Za-z]{1,30}\*?)\}(?:\[[^\]]{0,200}\])?"
    r"|\\(?P<item>item)\b\s*(?:\[(?P<label>[^\]]{0,200})\])?"
    r"|\\(?P<caption>caption)\*?\s*(?:\[[^\]]*\]\s*)?(?=\{)"
    r"|\\(?P<par>par)\b|\n[ \t]*\n\s*(?P<blank>)"
)
_CITE = re.compile(r"~?\\[Cc]ite[A-Za-z]*\*?\s*((?:\[[^\]]{0,300}\]\s*){0,2})\{([^{}]{1,2000})\}")
_FOOTNOTE = re.compile(r"\\footnote\s*(?=\{)")
_SILENT = re.compile(
    r"\\(?:label|includegraphics|vspace|hspace|bibliography|bibliographystyle|input|include|centering|maketitle"
    r"|tableofcontents|newpage|clearpage|hline|toprule|midrule|bottomrule|noindent|smallskip|medskip|bigskip|newblock"
    r"|printbibliography)(?![A-Za-z])\*?(?:\[[^\]]{0,300}\])?(?:\{[^{}]{0,300}\})?"
)
_REFERRED = re.compile(r"\\(?:eq|auto|c|C|page)?ref\*?\{([^{}]{1,200})\}")
_LISTS = frozenset({"itemize", "enumerate", "description"})
_THEOREMS = names("""theorem lemma definition proposition corollary remark example proof claim assumption conjecture""")


def read_latex(text: str, *, paper: PaperId = NO_PAPER, version: int = 1, title: str = "") -> Document:
    r"""Read the LaTeX source of a paper.

    Args:
        text: the whole source in one file.
        paper: id of the paper.
        version: its version.
        title: its title; if empty, that of `\title`.

    Raises:
        SourceError: the source is too long, or has no text.
    """
    if len(text) > MAX_SOURCE:
        raise SourceError(f"the source has {len(text)} characters, more than {MAX_SOURCE}", "split the file")
    source = _COMMENT.sub(lambda found: found[1], text.replace("\r\n", "\n"))
    own_title = _plain(next(_arguments(r"\\title\s*(?:\[[^\]]*\]\s*)?(?=\{)", source), ""))
    _, begin, body = source.partition(r"\begin{document}")
    body = body.partition(r"\end{document}")[0] if begin else source
    body, references, keys = _bibliography(body)
    reader = _LatexReader(keys)
    reader.read(_DISPLAY.sub(_inline_formula, _DROPPED.sub(" ", body)))
    if not reader.units:
        raise SourceError("the source has no text", "give the main file, with its sections")
    return Document(
        paper=paper,
        version=version,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=title or own_title,
        format="latex",
        sections=tuple(reader.sections),
        units=tuple(reader.units),
        references=references,
        footnotes=tuple(reader.footnotes),
        bounds=tuple(sorted(reader.bounds)),
    )


class _LatexReader:
    """Collects the units of a body; `keys` are ids of references by the keys of citations."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys
        self._counts: Counter[str] = Counter()
        self._environments: list[str] = []
        self._path: list[DocumentSection] = [DocumentSection("00", "unsectioned", "")]
        self._in_appendix = False
        self._label = ""
        self.sections: list[DocumentSection] = []
        self.units: list[Unit] = []
        self.footnotes: list[Unit] = []
        self.bounds: set[str] = set()

    def read(self, body: str) -> None:
        """Read a body; commands and environments part it into units."""
        place = 0
        for event in _EVENT.finditer(body):
            if event.start() < place:
                continue  # in the argument of a command that was read
            self._text(body[place : event.start()])
            place = event.end()
            if event["head"]:
                argument, place = _argument(body, place)
                self._open_section(_LEVELS[event["head"]], argument)
            elif event["caption"]:
                argument, place = _argument(body, place)
                self._unit("caption", argument)
            elif event["item"]:
                self._label = _plain(event["label"] or "")
            elif event["appendix"]:
                self._in_appendix = True
            elif event["edge"]:
                self._edge(event["edge"], event["name"].rstrip("*"))
        self._text(body[place:])
        if any(unit.section == "00" for unit in (*self.units, *self.footnotes)):
            self.sections.append(DocumentSection("00", "unsectioned", ""))

    def _edge(self, edge: str, name: str) -> None:
        if name == "abstract" and edge == "begin":
            self._path = [DocumentSection("0", "abstract", "Abstract")]
            self.sections.append(self._path[0])
        elif name == "abstract":
            self._path = [DocumentSection("00", "unsectioned", "")]
        elif edge == "begin" and len(self._environments) < 100:
            self._environments.append(name)
            self._counts["lists"] += name in _LISTS
        elif name in self._environments:
            while self._environments.pop() != name:
                pass

    def _open_section(self, level: int, title: str) -> None:
        if len(self.sections) >= MAX_SECTIONS:
            self.bounds.add("sections")
            return
        around = [
            section for section in self._path if section.kind in {"section", "appendix"} and section.level < level
        ]
        parent = around[-1].id if around else ""
        scope = parent or ("appendix" if self._in_appendix else "section")
        self._counts[scope] += 1
        own = chr(64 + min(self._counts[scope], 26)) if scope == "appendix" else str(self._counts[scope])
        kind: SectionKind = "appendix" if self._in_appendix else "section"
        section = DocumentSection(f"{parent}.{own}" if parent else own, kind, _plain(title), level=level, parent=parent)
        self._path = [*around, section]
        self.sections.append(section)
        self._unit("heading", title)

    def _text(self, source: str) -> None:
        around = set(self._environments)
        kind: UnitKind = "item" if around & _LISTS else "theorem" if around & _THEOREMS else "paragraph"
        self._unit(kind, source)

    def _unit(self, kind: UnitKind, source: str) -> None:
        source, notes = _without_notes(source)
        text, marks = self._marked(source)
        section = self._path[-1].id
        if any(map(str.isalnum, text)):
            if len(self.units) >= MAX_UNITS:
                self.bounds.add("units")
                return
            label, self._label = (self._label, "") if kind == "item" else ("", self._label)
            list_id = f"l{self._counts['lists']}" if kind == "item" else ""
            name = self._unit_id(section, "", text)
            self.units.append(Unit(name, kind, section, text, marks, label, list_id=list_id))
        for note in notes[: MAX_NOTES - len(self.footnotes)]:
            text, marks = self._marked(note)
            if text:
                name = self._unit_id(section, "n", text)
                self.footnotes.append(Unit(name, "footnote", section, text, marks))

    def _marked(self, source: str) -> tuple[str, tuple[CitationMark, ...]]:
        """Return the text of a source with citations as numbers of the bibliography."""
        parts: list[str] = []
        marks: list[CitationMark] = []
        length = place = 0
        for found in _CITE.finditer(source):
            before = _plain(source[place : found.start()])
            place = found.end()
            keys = [key for raw in found[2].split(",") if (key := clean(raw, 200))]
            references = tuple(dict.fromkeys(self._keys[key] for key in keys if key in self._keys))
            missing = tuple(dict.fromkeys(key for key in keys if key not in self._keys))
            printed = f"[{', '.join([*(name[1:] for name in references), *missing])}]"
            gap = " " if before or parts else ""
            length += len(before) + len(gap) + (1 if parts and before and before[0] not in ".,;:)" else 0)
            if parts and before and before[0] not in ".,;:)":
                parts.append(" ")
            parts += [before, gap, printed]
            if references or missing:
                marks.append(CitationMark(length, length + len(printed), references, missing))
            length += len(printed)
        after = _plain(source[place:])
        gap = " " if parts and after and after[0] not in ".,;:)" else ""
        text = "".join([*parts, gap, after])
        if len(text) > MAX_TEXT:
            self.bounds.add("text")
        return text[:MAX_TEXT], tuple(mark for mark in marks if mark.end <= MAX_TEXT)

    def _unit_id(self, section: str, series: str, text: str) -> str:
        self._counts[f"{series}-{section}"] += 1
        return f"{section}-{series}{self._counts[f'{series}-{section}']}-{text_sha256(text)[:8]}"


def _bibliography(body: str) -> tuple[str, tuple[DocumentReference, ...], dict[str, str]]:
    r"""Cut the environment with `\bibitem` out of a body; return the rest, the entries and their ids by key."""
    found = re.search(
        r"\\begin\{thebibliography\}(?:\{[^{}]{0,200}\})?(.*?)(?:\\end\{thebibliography\}|\Z)", body, re.DOTALL
    )
    if found is None:
        return body, (), {}
    parts = re.split(r"\\bibitem\s*(?:\[(?:[^\[\]]|\[[^\]]{0,200}\]){0,500}\])?\s*\{([^{}]{1,200})\}", found[1])
    references: list[DocumentReference] = []
    keys: dict[str, str] = {}
    for key, entry in list(zip(parts[1::2], parts[2::2], strict=True))[:MAX_REFERENCES]:
        name = f"r{len(references) + 1}"
        links = tuple(re.findall(r"\\(?:url|href)\{([^{}]{1,500})\}", entry))
        references.append(parse_reference(name, _plain(entry), links))
        keys.setdefault(clean(key), name)
    return body[: found.start()] + body[found.end() :], tuple(references), keys


def _plain(source: str) -> str:
    """Return the text of a source without commands; formulas stay as they are."""
    source = _REFERRED.sub(r"\1", _SILENT.sub(" ", source))
    text = clean(decode_tex(source[:_MAX_ARGUMENT], keep_braces=False), MAX_TEXT)
    pieces = re.split(r"(\$[^$]*\$)", text)
    pieces[::2] = [re.sub(r"\\[A-Za-z@]+\*?(?:\[[^\]]{0,200}\])?|[{}]", " ", piece) for piece in pieces[::2]]
    return re.sub(r"\s+([.,;:)])", r"\1", " ".join("".join(pieces).split()))


def _inline_formula(found: re.Match[str]) -> str:
    tex = found["tex"] or found["bracket"] or found["dollars"] or found["paren"] or ""
    tex = re.sub(r"\\label\{[^{}]*\}|\\(?:nonumber|notag)\b|&|\n", " ", tex).replace("$", "")
    return f" ${' '.join(tex.split())}$ " if tex.strip() else " "


def _without_notes(source: str) -> tuple[str, list[str]]:
    """Return a source without its footnotes, and these."""
    notes: list[str] = []
    pieces: list[str] = []
    place = 0
    for found in _FOOTNOTE.finditer(source):
        if found.start() >= place:
            argument, end = _argument(source, found.end())
            pieces.append(source[place : found.start()])
            notes.append(argument)
            place = end
    return "".join([*pieces, source[place:]]), notes


def _arguments(command: str, source: str) -> Iterator[str]:
    for found in re.finditer(command, source):
        yield _argument(source, found.end())[0]


def _argument(source: str, place: int) -> tuple[str, int]:
    """Return what is between the brace at a place and the one that closes it, and the place behind."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(source, place, place + _MAX_ARGUMENT):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] in "{}":
            return source[place + 1 : found.start()], found.end()
    return source[place + 1 : place + _MAX_ARGUMENT], min(place + _MAX_ARGUMENT, len(source))
