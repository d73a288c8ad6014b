"""Import of full texts from files: saved pages, PDFs and LaTeX sources."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from surveygen import plugins
from surveygen.config import Project
from surveygen.corpus import RawPage, Store
from surveygen.domain.document import Document, DocumentFormat
from surveygen.domain.full_text import FullTextRecord
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id, parse_arxiv_id
from surveygen.errors import CorpusError, SourceError
from surveygen.pipeline.run_context import Progress, now
from surveygen.sources.http import NetworkDeps

MAX_FILE_BYTES = 64 * 2**20  # the readers' own limits are lower
_FORMATS: dict[str, DocumentFormat] = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".tex": "latex",
}
_HINT = "name it like 2101.00001v2.html"


@dataclass(frozen=True, slots=True)
class AddedText:
    """What became of one file; `paper` is "" and `version` 0 where the file does not say which paper it is of."""

    file: Path
    outcome: Literal["added", "unchanged", "refused"]
    paper: str = ""
    version: int = 0
    reason: str = ""


def add_full_text(project: Project, files: Sequence[Path], progress: Progress) -> tuple[AddedText, ...]:
    """Read files of papers in the store, and all such files in folders, in the order given.

    A version keeps the text that it has; only a page takes the place of a LaTeX source, and both that of a PDF.

    Raises:
        SourceError: a file or folder does not exist. CorpusError: all files were refused.
    """
    paths = [path for name in files for path in _files(name)]
    added: list[AddedText] = []
    with Store.open(project.database) as store, progress.stage("full text", len(paths)) as advance:
        adder = _TextAdder(project, store)
        for path in paths:
            try:
                added.append(adder.add(path))
            except (SourceError, ValueError, RecursionError, MemoryError) as error:
                words = f"{error.message}; {error.hint}" if isinstance(error, SourceError) else str(error)
                added.append(AddedText(path, "refused", reason=words))
            advance(1)
    if all(item.outcome == "refused" for item in added):
        first = f": {added[0].reason}" if added else ""
        raise CorpusError(f"no full text in {', '.join(map(str, files))}{first}", "fix the files, or name others")
    return tuple(added)


class _TextAdder:
    """Finds the paper of a file, and reads it."""

    def __init__(self, project: Project, store: Store) -> None:
        self._store = store
        self._keep_pages = project.settings.full_text.keep_pages
        self._pages = plugins.load("sources.arxiv", "html")
        self._source = self._pages.make(project.settings.sources.arxiv, NetworkDeps())
        self._papers_by_key = {key: paper for paper, key in store.papers.cite_keys().items()}

    def add(self, path: Path) -> AddedText:
        """Store the text of one file.

        Raises:
            SourceError: it cannot be read, does not say of which paper it is, or is of none in the store.
        """
        body, kind = _read(path), _FORMATS[path.suffix.lower()]
        paper, version = self._identify(path, body if kind == "html" else b"")
        store, at = self._store, now()
        title = store.papers.text(paper.id, version, "title") or paper.title
        document = _parse(kind, body, paper.id, version, title)
        # A page that a person saved is that of arXiv's address, which links lead to.
        is_page = kind == "html" and is_arxiv_id(paper.id)
        url = self._source.url(paper.id, version) if is_page else path.name
        license_url = store.papers.license(paper.id, version)
        record = FullTextRecord(paper.id, version, "fetched", url, at, format=kind, license=license_url)
        page = RawPage("file", url, at, body) if self._keep_pages else None
        is_new = store.full_text.put_document(document, record, page=page)
        stored = store.full_text.record(paper.id, version)
        if is_new or stored is None:
            return AddedText(path, "added", paper.id, version)
        is_same = stored.sha256 == document.sha256
        reason = "" if is_same else f"its text is that of {stored.url}, added or fetched {stored.at[:10]}"
        return AddedText(path, "unchanged", paper.id, version, reason)

    def _identify(self, path: Path, page: bytes) -> tuple[Paper, int]:
        """Return the paper and version of a file: by what the page says itself, then by the name of the file."""
        names = [name for name in (self._pages.page_address(page), _name_of(path.stem)) if name]
        versions = {version for _, version in names if version}
        if len({paper for paper, _ in names}) > 1 or len(versions) > 1:
            words = [paper if version is None else f"{paper}v{version}" for paper, version in names]
            raise SourceError(f"the page is of {words[0]}, its file name of {words[1]}", "rename the file")
        name = names[0][0] if names else self._papers_by_key.get(path.stem)
        if name is None:
            raise SourceError("neither the page nor the file name says which paper it is of", _HINT)
        paper = self._store.papers.get(name)
        if paper is None:
            raise SourceError(f"{name} is not in the store", f"run first: surveygen fetch --ids {name}")
        # Of a paper that arXiv does not have, the store has one version.
        is_only = paper.latest == 1 or not is_arxiv_id(paper.id)
        version = versions.pop() if versions else paper.version if is_only else None
        if version is None:
            raise SourceError(f"it does not say which version of {paper.id} it is", _HINT)
        return paper, version


def _files(name: Path) -> Iterator[Path]:
    """Yield a file, or the files of a folder that have the ending of a full text, sorted."""
    if name.is_dir():
        yield from sorted(path for path in name.iterdir() if path.is_file() and path.suffix.lower() in _FORMATS)
    elif name.is_file():
        yield name
    else:
        raise SourceError(f"{name}: there is no such file or folder", "check the path")


def _read(path: Path) -> bytes:
    if path.suffix.lower() not in _FORMATS:
        raise SourceError(f"{path.suffix or 'a file without ending'} is no full text", f"use {', '.join(_FORMATS)}")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError(f"larger than {MAX_FILE_BYTES // 2**20} MiB", "leave it out")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{error.strerror}", "check the file and its permissions") from error


def _parse(kind: DocumentFormat, body: bytes, paper: PaperId, version: int, title: str) -> Document:
    from surveygen.documents import read_latex, read_page, read_pdf  # noqa: PLC0415  # quick commands need no parser

    if kind == "html":
        return read_page(body, paper=paper, version=version, title=title)
    if kind == "pdf":
        return read_pdf(body, paper=paper, version=version, title=title)
    document = read_latex(body.decode("utf-8", "replace"), paper=paper, version=version, title=title)
    return replace(document, sha256=hashlib.sha256(body).hexdigest())  # of the bytes, as that of a page


def _name_of(stem: str) -> tuple[PaperId, int | None] | None:
    """Return the id and version in the name of a file; the slash of an old id is a hyphen or an underscore there.

    >>> _name_of("hep-th_9901001v2"), _name_of("arXiv-2101.00001v1"), _name_of("notes")
    (('hep-th/9901001', 2), ('2101.00001', 1), None)
    """
    bare = re.sub(r"\Aarxiv[-_: ]", "", stem, flags=re.IGNORECASE)
    return parse_arxiv_id(bare) or parse_arxiv_id(re.sub(r"[-_](?=\d{7})", "/", bare, count=1))
