"""Read the themes that people gave, and match their words to a taxonomy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from surveygen.domain.identifiers import derived_id, parse_arxiv_id
from surveygen.domain.paper import PaperId
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import ThemeError

Gold = Mapping[PaperId, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Matched:
    """Paths of themes by paper, as deep as the words could be matched; `unknown` are the words that could not."""

    paths: Mapping[PaperId, tuple[ThemeId, ...]]
    unknown: tuple[str, ...]


def read_gold(path: Path) -> dict[PaperId, tuple[str, ...]]:
    """Read a JSONL file of `arxiv_id` (or `id`, or `title`) and `labels`, one path from the top theme down.

    Lines without labels are passed over, and so is what is marked `"core": false`: papers that stand in a list
    without belonging to a theme. A paper without an id gets the one that an import of the same line gives it.

    Raises:
        ThemeError: the file cannot be read, a line is no JSON object, or no line has labels.
    """
    gold: dict[PaperId, tuple[str, ...]] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    gold |= _entry(line, f"{path}, line {number}")
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path}: cannot be read: {error}", "check the path") from error
    if not gold:
        example = '{"id": "2107.05580", "labels": ["outer"]}'
        raise ThemeError(f"{path}: no line has an id and labels", f"write lines like {example}")
    return gold


def _entry(line: str, where: str) -> dict[PaperId, tuple[str, ...]]:
    row = _object(line, where)
    said, title, labels = row.get("arxiv_id") or row.get("id"), row.get("title"), row.get("labels")
    if not (said or title) or not isinstance(labels, list) or not labels or row.get("core") is False:
        return {}
    parsed = parse_arxiv_id(str(said)) if said else None
    derived = PaperId(str(said)) if said else derived_id(clean(str(title), MAX_TITLE), str(row.get("doi") or ""))
    return {parsed[0] if parsed else derived: tuple(str(label) for label in labels)}


def _object(line: str, where: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ThemeError(f"{where}: not JSON: {error}", "mend the line") from error
    if not isinstance(row, dict):
        raise ThemeError(f"{where}: not a JSON object", "mend the line")
    return row


def gold_depth(gold: Gold, taxonomy: Taxonomy) -> int:
    """Return the deepest level at which some label is a theme; 0 if none is."""
    return max((len(path) for path in match(gold, taxonomy).paths.values()), default=0)


def match(gold: Gold, taxonomy: Taxonomy) -> Matched:
    """Find each path of labels in the taxonomy, level by level.

    A label is the id or a name of a theme, whatever its case, or the beginning of just one of them.
    """
    paths: dict[PaperId, tuple[ThemeId, ...]] = {}
    unknown: set[str] = set()
    for paper in sorted(gold):
        steps: list[ThemeId] = []
        for label in gold[paper]:
            found = _find(label, taxonomy.children(steps[-1] if steps else None))
            if found is None:
                unknown.add(label)
                break
            steps.append(found)
        if steps:
            paths[paper] = tuple(steps)
    return Matched(paths, tuple(sorted(unknown)))


def _find(label: str, themes: Sequence[Theme]) -> ThemeId | None:
    wanted = label.strip().casefold()
    said = {
        theme.id: {name.casefold() for name in (theme.id, theme.name, *dict(theme.names).values())} for theme in themes
    }
    exact = [theme for theme, names in said.items() if wanted in names]
    begun = [theme for theme, names in said.items() if any(name.startswith(wanted) for name in names)]
    if exact:
        return exact[0]
    return begun[0] if wanted and len(begun) == 1 else None
