"""Say the verbs in order: add, fetch, refresh, build, verify."""

from surveygen.chat import Spent
from surveygen.pipeline._decide import Decided
from surveygen.pipeline._page import Line
from surveygen.pipeline.add import add
from surveygen.pipeline.build import Built, build
from surveygen.pipeline.citations import CitationReport, Learnt, learn_citations, plan_citations, update_citations
from surveygen.pipeline.decide import History, exclude, history, merge, move, pin, rename, split, undo
from surveygen.pipeline.doctor import Finding, examine
from surveygen.pipeline.edit import TakenUp, drop, edit, keep, lines, take_up
from surveygen.pipeline.estimate import estimate
from surveygen.pipeline.evaluate import evaluate
from surveygen.pipeline.export import EXPORTS, export
from surveygen.pipeline.fetch import clear_stop, fetch, plan
from surveygen.pipeline.harvest import Harvested, harvest, plan_harvest
from surveygen.pipeline.init import init
from surveygen.pipeline.progress import Progress, Silence
from surveygen.pipeline.proposals import Offered, accept, proposals
from surveygen.pipeline.refresh import Refreshed, refresh
from surveygen.pipeline.retaxonomy import Redrawn, retaxonomy
from surveygen.pipeline.status import Status, status
from surveygen.pipeline.steer import Shown, induce, show
from surveygen.pipeline.taxonomies import TAXONOMY_EXPORTS, export_taxonomy
from surveygen.pipeline.verify import Report, verify

__all__ = [
    "EXPORTS",
    "TAXONOMY_EXPORTS",
    "Built",
    "CitationReport",
    "Decided",
    "Finding",
    "Harvested",
    "History",
    "Learnt",
    "Line",
    "Offered",
    "Progress",
    "Redrawn",
    "Refreshed",
    "Report",
    "Shown",
    "Silence",
    "Spent",
    "Status",
    "TakenUp",
    "accept",
    "add",
    "build",
    "clear_stop",
    "drop",
    "edit",
    "estimate",
    "evaluate",
    "examine",
    "exclude",
    "export",
    "export_taxonomy",
    "fetch",
    "harvest",
    "history",
    "induce",
    "init",
    "keep",
    "learn_citations",
    "lines",
    "merge",
    "move",
    "pin",
    "plan",
    "plan_citations",
    "plan_harvest",
    "proposals",
    "refresh",
    "rename",
    "retaxonomy",
    "show",
    "split",
    "status",
    "take_up",
    "undo",
    "update_citations",
    "verify",
]
