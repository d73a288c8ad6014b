"""One function for each command: add, fetch, refresh, build, verify and others."""

from surveygen.llm import LlmUsage
from surveygen.pipeline.add import add
from surveygen.pipeline.add_full_text import AddedText, add_full_text
from surveygen.pipeline.build import BuildResult, build, estimate, outdated_editions
from surveygen.pipeline.citations import (
    CitationReport,
    CitationUpdate,
    fetch_citations,
    plan_citations,
    update_citations,
)
from surveygen.pipeline.decide import (
    DecisionLog,
    DecisionResult,
    exclude,
    history,
    merge,
    move,
    pin,
    rename,
    split,
    undo,
)
from surveygen.pipeline.edit import confirm_sentence, drop_sentence, edit, editable_units, import_edits
from surveygen.pipeline.editable import EditableUnit, ImportedEdits
from surveygen.pipeline.evaluate import evaluate
from surveygen.pipeline.export import EXPORTS, TAXONOMY_EXPORTS, export, export_taxonomy
from surveygen.pipeline.full_text import (
    FullTextPlan,
    FullTextQuery,
    FullTextResult,
    fetch_full_text,
    plan_full_text,
    update_full_text,
)
from surveygen.pipeline.harvest import HarvestResult, clear_stop, fetch, harvest, plan, plan_harvest
from surveygen.pipeline.init import init
from surveygen.pipeline.refresh import RefreshResult, refresh
from surveygen.pipeline.run_context import NullProgress, Progress
from surveygen.pipeline.status import HealthCheck, Status, examine, status
from surveygen.pipeline.taxonomy import (
    ReinducedTaxonomy,
    Suggestions,
    TaxonomyView,
    accept,
    induce,
    proposals,
    reinduce,
    show,
)
from surveygen.pipeline.trust import check_trust, trust
from surveygen.pipeline.verify import VerifyReport, verify

__all__ = [
    "EXPORTS",
    "TAXONOMY_EXPORTS",
    "AddedText",
    "BuildResult",
    "CitationReport",
    "CitationUpdate",
    "DecisionLog",
    "DecisionResult",
    "EditableUnit",
    "FullTextPlan",
    "FullTextQuery",
    "FullTextResult",
    "HarvestResult",
    "HealthCheck",
    "ImportedEdits",
    "LlmUsage",
    "NullProgress",
    "Progress",
    "RefreshResult",
    "ReinducedTaxonomy",
    "Status",
    "Suggestions",
    "TaxonomyView",
    "VerifyReport",
    "accept",
    "add",
    "add_full_text",
    "build",
    "check_trust",
    "clear_stop",
    "confirm_sentence",
    "drop_sentence",
    "edit",
    "editable_units",
    "estimate",
    "evaluate",
    "examine",
    "exclude",
    "export",
    "export_taxonomy",
    "fetch",
    "fetch_citations",
    "fetch_full_text",
    "harvest",
    "history",
    "import_edits",
    "induce",
    "init",
    "merge",
    "move",
    "outdated_editions",
    "pin",
    "plan",
    "plan_citations",
    "plan_full_text",
    "plan_harvest",
    "proposals",
    "refresh",
    "reinduce",
    "rename",
    "show",
    "split",
    "status",
    "trust",
    "undo",
    "update_citations",
    "update_full_text",
    "verify",
]
