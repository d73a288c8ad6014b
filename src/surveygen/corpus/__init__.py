"""Store of papers, merge of records, dump, response cache and lock."""

from surveygen.corpus._dump import export_lines, import_lines, is_dump
from surveygen.corpus._importer import PageBatch
from surveygen.corpus._runs import HarvestRun, Outcome, RawPage, Scope
from surveygen.corpus.database import copy_database
from surveygen.corpus.llm_cache import LlmCache
from surveygen.corpus.merge import ChangeKind, merge
from surveygen.corpus.store import Counts, Store, locked

__all__ = [
    "ChangeKind",
    "Counts",
    "HarvestRun",
    "LlmCache",
    "Outcome",
    "PageBatch",
    "RawPage",
    "Scope",
    "Store",
    "copy_database",
    "export_lines",
    "import_lines",
    "is_dump",
    "locked",
    "merge",
]
