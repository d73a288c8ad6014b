"""Keep the papers: one SQLite file, and the laws by which records join."""

from surveygen.corpus._deliver import Delivery
from surveygen.corpus._dump import export_lines, import_lines, is_dump
from surveygen.corpus._journal import Outcome, RawPage, Run, Scope
from surveygen.corpus.answers import Answers
from surveygen.corpus.lock import locked
from surveygen.corpus.merge import Kind, merge
from surveygen.corpus.store import Counts, Store

__all__ = [
    "Answers",
    "Counts",
    "Delivery",
    "Kind",
    "Outcome",
    "RawPage",
    "Run",
    "Scope",
    "Store",
    "export_lines",
    "import_lines",
    "is_dump",
    "locked",
    "merge",
]
