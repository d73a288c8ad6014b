"""Results in tables of full texts, by method and data set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveygen.domain.document import Document, Table, TableCell
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.results import DataSetResults, ResultCell, ResultTable, file_name, head_text, heads_of
from surveygen.domain.text import fold_name
from surveygen.summarize._contexts import ReferencedPaper
from surveygen.summarize._data_names import data_names
from surveygen.summarize._english import phrases, word_list
from surveygen.summarize._full_text_words import names_on

_MAX_ROWS, _MAX_COLUMNS = 200, 40  # of a table that is looked at
_MAX_HEAD = 60  # characters of a name
_MAX_METHOD_WORDS = 4  # before the colon of a title
_MAX_CELLS = 500  # of a data set
_VALUE = re.compile(
    r"\$?[<>~≈≤≥]?\s*[-+−]?\d{1,9}(?:[.,]\d{1,9})*\s*(?:\\?%|‰)?(?:\s*(?:±|\\pm)\s*\d{1,9}(?:\.\d{1,9})?)?\$?\s*[*†‡]?"
)
_MEASURE = re.compile(rf"(?:{phrases('result_measures')})", re.IGNORECASE)
_MEASURE_ASIDE = re.compile(r"[↑↓%]|\$[^$]*\$|\([^()]*\)|\\(?:up|down)arrow")
_NAME = re.compile(r"[^\W_].*[A-Za-z]|[A-Z]")  # a name has a letter
_DATA_KIND = re.compile(rf" {phrases('data_kinds')}\b")


def find_result_tables(document: Document, cited: ReferencedPaper) -> Iterator[ResultTable]:
    """Yield the tables of a text that print values; one that may have been read wrongly is none.

    Args:
        document: the text.
        cited: returns the paper of the survey that an entry of the bibliography is.
    """
    units = {unit.id: unit.text for unit in document.units}
    prose = [unit.text for unit in document.units if unit.kind in ("paragraph", "item", "caption")]
    for table in document.tables:
        if table.unsure or not table.head_rows or not 0 < len(table.rows) <= _MAX_ROWS or table.width > _MAX_COLUMNS:
            continue
        cells = [(row, column, cell) for row, line in enumerate(table.rows) for column, cell in enumerate(line)]
        if not any(_VALUE.fullmatch(cell.text) for _, _, cell in cells):
            continue
        papers = []
        for row, column, cell in cells:
            references = [reference for mark in cell.marks for reference in mark.references]
            if len(references) == 1 and (paper := cited(references[0])) is not None:
                papers.append((row, column, paper))
        caption = units.get(table.caption, "")
        heads = {head_text(cell) for _, _, cell in cells if not _VALUE.fullmatch(cell.text)}
        yield ResultTable(table, caption, tuple(_data_sets(sorted(heads), caption, prose)), tuple(papers))


def collect_results(
    papers: Mapping[PaperId, Paper], tables: Mapping[PaperId, Sequence[ResultTable]]
) -> tuple[DataSetResults, ...]:
    """Return the results on each data set that tables of two papers or more have results on, by its name.

    Args:
        papers: of the survey, as of the versions of their texts.
        tables: by the paper in whose text they stand.
    """
    reader = _TableReader(papers, tables)
    groups: dict[str, list[ResultCell]] = defaultdict(list)
    for paper in sorted(tables):
        for table in tables[paper]:
            for cell in reader.cells(papers[paper], table):
                groups[fold_name(cell.data_set)].append(cell)
    results: list[DataSetResults] = []
    for key in sorted(groups):
        cells = sorted(
            groups[key], key=lambda it: (*it.subject, papers[it.paper].date or "", it.paper, it.table, it.row)
        )
        if len({cell.paper for cell in cells}) > 1 and len(cells) <= _MAX_CELLS:
            names = Counter(cell.data_set for cell in cells)
            name = min(names, key=lambda name: (-names[name], name))
            results.append(DataSetResults(name, file_name(name, {it.file for it in results}), tuple(cells)))
    return tuple(results)


def result_errors(
    cell: ResultCell, table: Table, caption: str, *, method_title: str, cites_method: bool
) -> Iterator[str]:
    """Yield why a cell of a draft is not what its table prints.

    Args:
        cell: of the draft.
        table: of the stored text.
        caption: the text of its caption.
        method_title: the title of the paper that the method is said to be of, "" for none.
        cites_method: whether the row or column names the method with a citation of that paper.
    """
    if table.unsure or not (0 <= cell.row < len(table.rows) and 0 <= cell.column < table.width):
        yield f"{cell.table} has no certain value in row {cell.row}, column {cell.column}"
        return
    printed = table.rows[cell.row][cell.column].text
    if printed != cell.value or not _VALUE.fullmatch(printed):
        yield f"{cell.table} prints {printed[:40]!r} in place of {cell.value[:40]!r}"
    left, above = heads_of(table, cell.row, cell.column)
    heads = {head_text(head) for head in (*left.values(), *above.values())}
    if cell.method not in heads:
        yield f"neither row nor column of the value names the method {cell.method[:40]!r}"
    for name in filter(None, (cell.data_set, cell.measure)):
        if name not in heads and not _stands_in(name, caption):
            yield f"neither row, column nor caption of the value names {name[:40]!r}"
    is_own = cell.method_paper == cell.paper and cell.method.casefold() in word_list("own_method")
    is_named = bool(method_title) and fold_name(_title_name(method_title)) == fold_name(cell.method)
    if cell.method_paper is not None and not (cites_method or is_own or is_named):
        yield f"{cell.method[:40]!r} is not shown to be a method of {cell.method_paper}"
    if (cell.label, cell.element) != (table.label, table.element):
        yield f"{cell.table} is {table.label!r} in place of {cell.label[:40]!r}"


class _TableReader:
    """Tells what the cells of tables are of, by what all texts and titles say of names."""

    def __init__(self, papers: Mapping[PaperId, Paper], tables: Mapping[PaperId, Sequence[ResultTable]]) -> None:
        self._data_sets = {fold_name(name) for found in tables.values() for table in found for name in table.data_names}
        makers: dict[str, list[PaperId]] = defaultdict(list)
        for paper in papers.values():
            if name := _title_name(paper.title):
                makers[fold_name(name)].append(paper.id)
        self._makers = {key: found[0] for key, found in makers.items() if len(found) == 1}

    def cells(self, paper: Paper, source: ResultTable) -> Iterator[ResultCell]:
        """Yield the values of a table of which method and data set are certain."""
        table = source.table
        cited = {(row, column): other for row, column, other in source.papers}
        in_caption = self._caption_names(source)
        for row in range(table.head_rows, len(table.rows)):
            for column, cell in enumerate(table.rows[row]):
                if cell.marks or cell.is_repeat or not _VALUE.fullmatch(cell.text):
                    continue
                names = self._names(paper, table, row, column, cited)
                data_set = names.data_set or in_caption.data_set
                if names.method and data_set and not names.ambiguous:
                    yield ResultCell(
                        paper.id, paper.version, table.id, row, column, cell.text, names.method, data_set,
                        names.measure or in_caption.measure, names.method_paper, table.label, table.element,
                    )  # fmt: skip

    def _names(
        self, paper: Paper, table: Table, row: int, column: int, cited: Mapping[tuple[int, int], PaperId]
    ) -> _Names:
        """Return what row and column of a value name."""
        left, above = heads_of(table, row, column)
        places = [*((row, at, cell) for at, cell in left.items()), *((at, column, cell) for at, cell in above.items())]
        data_sets, measures = dict[str, str](), dict[str, str]()
        methods: dict[str, tuple[str, PaperId | None]] = {}
        for at_row, at_column, cell in places:
            name = head_text(cell)
            if not name or len(name) > _MAX_HEAD or _VALUE.fullmatch(cell.text) or not _NAME.search(name):
                continue
            if fold_name(name) in self._data_sets:
                data_sets.setdefault(fold_name(name), name)
            elif _is_measure(name):
                measures.setdefault(fold_name(name), name)
            elif cell.marks or (at_row == row and _names_methods(table, at_column)) or self._maker(paper, name):
                maker = cited.get((at_row, at_column)) or self._maker(paper, name)
                methods.setdefault(fold_name(name), (name, maker))
        method, method_paper = next(iter(methods.values()), ("", None))
        ambiguous = max(len(data_sets), len(measures), len(methods)) > 1
        return _Names(
            method, method_paper, next(iter(data_sets.values()), ""), next(iter(measures.values()), ""), ambiguous
        )

    def _maker(self, paper: Paper, name: str) -> PaperId | None:
        """Return the paper that a method is of, by what stands before the colon of titles, or as "Ours"."""
        if name.casefold() in word_list("own_method"):
            return paper.id
        return self._makers.get(fold_name(name))

    def _caption_names(self, source: ResultTable) -> _Names:
        """Return the only data set and the only measure that a caption names, for values whose heads name none."""
        names = (*(it for it in source.data_names if _stands_in(it, source.caption)), *names_on(source.caption))
        named = {key: name for name in names if (key := fold_name(name)) in self._data_sets}
        measures = {fold_name(found[0]): found[0] for found in _MEASURE.finditer(source.caption)}
        return _Names(
            data_set=next(iter(named.values())) if len(named) == 1 else "",
            measure=next(iter(measures.values())) if len(measures) == 1 else "",
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """What a value is of; ambiguous if its row and column name two of a kind."""

    method: str = ""
    method_paper: PaperId | None = None
    data_set: str = ""
    measure: str = ""
    ambiguous: bool = False


def _data_sets(heads: Sequence[str], caption: str, prose: Sequence[str]) -> Iterator[str]:
    """Yield the names that a text calls data sets, or that its caption says the values are on."""
    in_caption = {fold_name(name): name for name in data_names(caption)}
    yield from in_caption.values()
    called = {name for text in prose for name in _called_data(text)}
    for name in dict.fromkeys((*heads, *names_on(caption))):
        if not _NAME.search(name) or len(name) > _MAX_HEAD or fold_name(name) in in_caption or _is_measure(name):
            continue
        if name.casefold() in word_list("table_heads") or name.casefold() in word_list("own_method"):
            continue
        is_named = name in heads and name[:1].isupper() and name in caption
        on = rf"\bon (?:the )?(?:[^.;:()]{{0,200}}[, ])?{re.escape(name)}(?!\w)"
        if name in called or (is_named and re.search(on, caption)):
            yield name


def _called_data(text: str) -> Iterator[str]:
    """Yield whatever may be a name right before "data set" and its like; the text is read once, however many heads."""
    for kind in _DATA_KIND.finditer(text):
        before = text[max(kind.start() - _MAX_HEAD, 0) : kind.start()]
        yield from (before[at:] for at in range(len(before)) if at == 0 or not re.match(r"\w", before[at - 1]))


def _is_measure(name: str) -> bool:
    bare = " ".join(_MEASURE_ASIDE.sub(" ", name).split())
    return bool(_MEASURE.fullmatch(bare))


def _names_methods(table: Table, column: int) -> bool:
    """Whether a column lists methods, by its head."""
    heads: Sequence[TableCell] = [table.rows[at][column] for at in range(table.head_rows)]
    return any(head_text(head).casefold() in word_list("method_heads") for head in heads)


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _title_name(title: str) -> str:
    """Return the name of what a paper made, by what stands before the colon of its title; "" without one."""
    name, colon, _ = title.partition(":")
    is_name = colon and len(name.split()) <= _MAX_METHOD_WORDS and re.search(r"[a-z][A-Z]|\d|[A-Z]{2}", name)
    return name.strip() if is_name else ""
