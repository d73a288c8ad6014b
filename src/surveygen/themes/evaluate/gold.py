"""Read labels and outlines that people made, and match labels with a taxonomy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from surveygen.domain.paper import PaperId, derived_id, parse_arxiv_id
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import ThemeError
from surveygen.themes.profile import load_profile

Gold = Mapping[PaperId, Sequence[str]]
"""One path of labels for each paper, from the top theme down."""

# What stands before the words of a heading: marks of Markdown and of lists, numbers such as "2.1" or "IV."
_HEADING_MARK = re.compile(r"^\s*(?:[#*+–—-]+\s*|\(?(?:\d+(?:\.\d+)*|[A-Z]|[IVXLC]+)[.)]\s+|\d+(?:\.\d+)+\s+)*")


def read_gold(path: Path) -> dict[PaperId, tuple[str, ...]]:
    """Read a JSONL file of `arxiv_id` (or `id`, or `title`) and `labels`, one path from the top theme down.

    Lines without labels are skipped, and so are lines with `"core": false`: papers that a list names without putting
    them under a theme. A paper without an id gets the one that an import of the same line gives it.

    Raises:
        ThemeError: the file cannot be read, a line is not a JSON object, or no line has labels.
    """
    gold: dict[PaperId, tuple[str, ...]] = {}
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if line.strip():
            gold |= _labels(line, f"{path}, line {number}")
    if not gold:
        example = '{"id": "2107.05580", "labels": ["outer"]}'
        raise ThemeError(f"{path}: no line has an id and labels", f"write lines like {example}")
    return gold


def _labels(line: str, where: str) -> dict[PaperId, tuple[str, ...]]:
    """Return the id and the labels of a line; an empty dictionary for a line without them."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ThemeError(f"{where}: not JSON: {error}", "fix the line") from error
    if not isinstance(row, dict):
        raise ThemeError(f"{where}: not a JSON object", "fix the line")
    given_id, title, labels = row.get("arxiv_id") or row.get("id"), row.get("title"), row.get("labels")
    if not (given_id or title) or not isinstance(labels, list) or not labels or row.get("core") is False:
        return {}
    if given_id:
        parsed = parse_arxiv_id(str(given_id))
        paper = parsed[0] if parsed else PaperId(str(given_id))
    else:
        paper = derived_id(clean(str(title), MAX_TITLE), str(row.get("doi") or ""))
    return {paper: tuple(str(label) for label in labels)}


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path}: cannot be read: {error}", "check the path") from error


@dataclass(frozen=True, slots=True)
class MatchedLabels:
    """Paths of themes by paper, as deep as the labels could be matched; `unknown` are labels that match no theme."""

    paths: Mapping[PaperId, tuple[ThemeId, ...]]
    unknown: tuple[str, ...]


def match_labels(gold: Gold, taxonomy: Taxonomy) -> MatchedLabels:
    """Match each path of labels with the taxonomy, level by level.

    A label is the id or a name of a theme, in any letter case, or the beginning of exactly one of them.
    """
    paths: dict[PaperId, tuple[ThemeId, ...]] = {}
    unknown: set[str] = set()
    for paper in sorted(gold):
        path: list[ThemeId] = []
        for label in gold[paper]:
            theme = _find_theme(label, taxonomy.children(path[-1] if path else None))
            if theme is None:
                unknown.add(label)
                break
            path.append(theme)
        if path:
            paths[paper] = tuple(path)
    return MatchedLabels(paths, tuple(sorted(unknown)))


def _find_theme(label: str, themes: Sequence[Theme]) -> ThemeId | None:
    wanted = label.strip().casefold()
    names_of = {
        theme.id: {name.casefold() for name in (theme.id, theme.name, *dict(theme.names).values())} for theme in themes
    }
    exact = [theme for theme, names in names_of.items() if wanted in names]
    begins = [theme for theme, names in names_of.items() if any(name.startswith(wanted) for name in names)]
    if exact:
        return exact[0]
    return begins[0] if wanted and len(begins) == 1 else None


def gold_depth(gold: Gold, taxonomy: Taxonomy) -> int:
    """Return the deepest level at which some label matches a theme; 0 if none does."""
    return max((len(path) for path in match_labels(gold, taxonomy).paths.values()), default=0)


def read_outline(path: Path) -> tuple[str, ...]:
    """Read the headings of an outline without repeats: a taxonomy TOML, or one heading a line.

    Marks of headings and lists, and numbers, are removed.

    Raises:
        ThemeError: the file cannot be read, or has no headings. ConfigError: a TOML file is not a taxonomy.
    """
    if path.suffix == ".toml":
        names = [theme.name for theme in load_profile(str(path.absolute()), path.parent).taxonomy]
    else:
        names = [_HEADING_MARK.sub("", line).strip() for line in _read_text(path).splitlines()]
    headings = tuple(dict.fromkeys(name for name in names if name))
    if not headings:
        raise ThemeError(f"{path}: no headings", "write one heading a line")
    return headings
