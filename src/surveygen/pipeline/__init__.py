"""Say the verbs in order: add, fetch, build, verify."""

from surveygen.pipeline.add import add
from surveygen.pipeline.build import Built, build
from surveygen.pipeline.doctor import Finding, examine
from surveygen.pipeline.evaluate import evaluate
from surveygen.pipeline.export import EXPORTS, export
from surveygen.pipeline.fetch import fetch, plan
from surveygen.pipeline.init import init
from surveygen.pipeline.progress import Progress, Silence
from surveygen.pipeline.status import Status, status
from surveygen.pipeline.steer import Shown, induce, show
from surveygen.pipeline.verify import Report, verify

__all__ = [
    "EXPORTS",
    "Built",
    "Finding",
    "Progress",
    "Report",
    "Shown",
    "Silence",
    "Status",
    "add",
    "build",
    "evaluate",
    "examine",
    "export",
    "fetch",
    "induce",
    "init",
    "plan",
    "show",
    "status",
    "verify",
]
