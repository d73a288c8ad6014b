"""Rules about names and about the size of modules that no linter checks."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from test_architecture import SOURCE, modules

TESTS = Path(__file__).resolve().parent
# Names that say nothing about the value; `docs/glossary.md` lists the terms to use.
VAGUE = frozenset({"told", "said", "kept", "held", "one", "each", "known"})
# Keys of stored records and of `--json` output, which other programs rely on.
JSON_KEYS = {("Drift", "kept"), ("Lineage", "kept"), ("CitationUpdate", "known")}
SMALL_MODULE = 40  # lines of code
MAX_PRIVATE_IMPORTS = 20
# Commands, formats, sources and other plug-ins are small modules by design.
MAX_SMALL_SHARE = 0.25


def test_class_names_are_unique() -> None:
    """A class name stands for one thing in the whole package."""
    places = defaultdict(list)
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(module.path)

    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_names_say_what_a_value_is() -> None:
    """No variable, parameter, function or field has a name without a noun."""
    uses = [
        f"{module.path}:{line}: {name}"
        for module in modules()
        for name, line in _identifiers(module.tree)
        if name in VAGUE
    ]

    assert uses == []


def _identifiers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    keys = {
        id(field.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for field in node.body
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and (node.name, field.target.id) in JSON_KEYS
    }
    names = {name for _, name in JSON_KEYS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in keys:
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and node.attr not in names:
            yield node.attr, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno


def test_a_small_private_module_has_several_importers() -> None:
    """A step is read in one place: what only one module uses belongs into that module unless it is large."""
    importers = _importers()
    small = [
        f"{module.path}: {len(module.lines)} lines, used by {', '.join(importers[module.path]) or 'nobody'}"
        for module in modules()
        if Path(module.path).name.startswith("_")
        and not Path(module.path).name.startswith("__")
        and len(module.lines) <= SMALL_MODULE
        and len(importers[module.path]) <= 1
    ]

    assert small == []


def test_few_modules_are_small() -> None:
    """At most a quarter of the modules hold 40 lines of code or fewer."""
    small = [module.path for module in modules() if len(module.lines) <= SMALL_MODULE]

    assert len(small) <= MAX_SMALL_SHARE * len(modules()), small


@cache
def _importers() -> dict[str, list[str]]:
    paths = {module.path for module in modules()}
    importers: dict[str, set[str]] = {path: set() for path in paths}
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("surveygen"):
                base = "/".join(node.module.split(".")[1:])
                for target in (f"{base}.py", *(f"{base}/{alias.name}.py" for alias in node.names)):
                    if target in paths and target != module.path:
                        importers[target].add(module.path)
    return {path: sorted(users) for path, users in importers.items()}


def test_tests_use_public_names() -> None:
    """Tests state behaviour at public names, so that a module can be rewritten without touching them."""
    private: Counter[str] = Counter()
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "surveygen":
                names = (f"{node.module}.{alias.name}".split(".") for alias in node.names)
                private[str(path.relative_to(TESTS))] += sum(any(_is_private(part) for part in name) for name in names)

    assert private.total() <= MAX_PRIVATE_IMPORTS, +private


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_every_term_of_the_glossary_is_in_the_code() -> None:
    """The glossary names classes, functions and packages that exist."""
    glossary = (TESTS.parent / "docs" / "glossary.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
    cells = [line.rsplit("|", 2)[1] for line in glossary.splitlines() if line.startswith("|") and "`" in line]
    terms = [term.split(".")[-1] for cell in cells for term in cell.split("`")[1::2] if "/" not in term]

    assert len(terms) > 60
    assert [term for term in terms if term not in code] == []
