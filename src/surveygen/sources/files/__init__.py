"""Readers of files of papers, found by the beginning of a file.

Every public module of this package is a file source, and so is every entry point of the group
``surveygen.sources.files`` that names a module or an object with the same two functions. The smallest one::

    def accepts(file: InputFile) -> bool:
        return file.path.suffix == ".titles"

    def read(file: InputFile) -> Iterator[FileRecord]:
        for line in file.lines():
            yield line if isinstance(line, BadRecord) else Paper(id=PaperId(line.text), title=line.text)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from surveygen import plugins
from surveygen.domain.paper import BadRecord, Paper, PendingPaper
from surveygen.errors import SourceError
from surveygen.sources.files._input import FileLine, InputFile, open_input

__all__ = ["FileLine", "FileRecord", "FileSource", "InputFile", "find_source", "open_input", "read_file"]
FileRecord = Paper | PendingPaper | BadRecord
# Beginnings of files that people take for one of ours, by the name of their format.
_OTHER_FORMATS = (
    (r"\s*PMID\s*-", "PubMed's format (.nbib)"),
    (r"\s*(?:FN|PT) (?:Clarivate|Thomson|ISI|J\b)", "Web of Science's format"),
    (r"\s*%0 ", "EndNote's format (.enw)"),
    (r"\s*<\?xml|\s*<(?:xml|mods|records|PubmedArticleSet)\b", "XML"),
    (r"\s*<(?:!doctype html|html)\b", "an HTML page"),
    (r"%PDF-", "PDF"),
    (r"PK\x03\x04", "a ZIP archive or an office document"),
    (r"SQLite format 3", "a SQLite file"),
)


class FileSource(Protocol):
    """A file format; a module with these functions is one."""

    def accepts(self, file: InputFile) -> bool:
        """Whether the name and the head of a file are those of this format."""
        ...

    def read(self, file: InputFile) -> Iterator[FileRecord]:
        """Yield the records in the order of the file, as they are read where the format allows.

        Raises:
            SourceError: the file is damaged or too large for its format.
        """
        ...


def find_source(file: InputFile) -> FileSource:
    """Return the source that accepts a file.

    Raises:
        SourceError: there is none.
    """
    names = plugins.names("sources.files")
    for name in names:
        source: FileSource = plugins.load("sources.files", name)
        if source.accepts(file):
            return source
    other_format = next((name for pattern, name in _OTHER_FORMATS if re.match(pattern, file.head, re.IGNORECASE)), "")
    unsupported = f"{other_format} is not read" if other_format else "unsupported file format"
    problem = unsupported if file.head.strip() else "the file is empty"
    advice = "export it as BibTeX, RIS or CSL-JSON; " if other_format else ""
    raise SourceError(
        f"{file.path}: {problem}", f"{advice}formats: {', '.join(names)}; plain or gzip", url=str(file.path)
    )


def read_file(path: Path) -> list[FileRecord]:
    """Read a file of papers in any supported format.

    Raises:
        SourceError: the file cannot be read, or its format is not supported.
    """
    with open_input(path) as file:
        return list(find_source(file).read(file))
