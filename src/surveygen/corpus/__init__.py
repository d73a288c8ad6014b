"""Keep the papers: one SQLite file, and the laws by which records join."""

from surveygen.corpus._dump import export_lines, import_lines, is_dump
from surveygen.corpus._importer import PageBatch
from surveygen.corpus._runs import HarvestRun, Outcome, RawPage, Scope
from surveygen.corpus.llm_cache import LlmCache
from surveygen.corpus.lock import locked
from surveygen.corpus.merge import Kind, merge
from surveygen.corpus.store import Counts, Store

__all__ = [
    "Counts",
    "HarvestRun",
    "Kind",
    "LlmCache",
    "Outcome",
    "PageBatch",
    "RawPage",
    "Scope",
    "Store",
    "export_lines",
    "import_lines",
    "is_dump",
    "locked",
    "merge",
]
