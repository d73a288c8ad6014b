"""Keep the papers: one SQLite file, and the laws by which records join."""

from surveygen.corpus._dump import export_lines, import_lines, is_dump
from surveygen.corpus.merge import Kind, merge
from surveygen.corpus.store import Counts, Store

__all__ = ["Counts", "Kind", "Store", "export_lines", "import_lines", "is_dump", "merge"]
