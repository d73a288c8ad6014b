"""Compare the headings of a survey with those of a human outline."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from surveygen.domain.embedding import Vectors
from surveygen.domain.evaluation import HeadingScore
from surveygen.errors import ThemeError
from surveygen.themes.profile import load_profile

# What stands before the words of a heading: marks of Markdown and of lists, numbers such as "2.1" or "IV."
_MARK = re.compile(r"^\s*(?:[#*+–—-]+\s*|\(?(?:\d+(?:\.\d+)*|[A-Z]|[IVXLC]+)[.)]\s+|\d+(?:\.\d+)+\s+)*")


def read_outline(path: Path) -> tuple[str, ...]:
    """Read the headings of an outline, each once: a taxonomy TOML, or one heading a line.

    Marks of a heading or a list, and its number, are taken off.

    Raises:
        ThemeError: the file cannot be read, or names no heading. ConfigError: a TOML file is no taxonomy.
    """
    if path.suffix == ".toml":
        names = [theme.name for theme in load_profile(str(path.absolute()), path.parent).taxonomy]
    else:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ThemeError(f"{path}: cannot be read: {error}", "check the path") from error
        names = [_MARK.sub("", line).strip() for line in lines]
    headings = tuple(dict.fromkeys(name for name in names if name))
    if not headings:
        raise ThemeError(f"{path}: names no heading", "write one heading a line")
    return headings


def compare_headings(ours: Vectors, theirs: Vectors) -> HeadingScore:
    """Return soft precision, recall and F1 of headings, as STORM measures outlines (Shao et al., arXiv 2402.14207).

    A set of headings counts by its soft cardinality (Fränti and Mariescu-Istodor, Soft precision and recall, Pattern
    Recognition Letters 167, 2023): each heading counts one over the sum of its likenesses to all, so that two that say
    the same count as one. Likeness is the cosine, at least 0. What is common is |A| + |B| - |A and B together|.

    Args:
        ours: `(n, dim)` float32, rows of length 1 (or of zeros), of the survey's headings; n at least 1.
        theirs: the same of the outline's headings.
    """
    common = _cardinality(ours) + _cardinality(theirs) - _cardinality(np.vstack([ours, theirs]))
    precision, recall = (float(np.clip(common / _cardinality(side), 0, 1)) for side in (ours, theirs))
    both = precision + recall
    return HeadingScore(len(ours), len(theirs), precision, recall, 2 * precision * recall / both if both else 0.0)


def _cardinality(vectors: Vectors) -> float:
    likeness = np.maximum((vectors @ vectors.T).astype(np.float64), 0)
    np.fill_diagonal(likeness, 1)  # a heading without a vector is still like itself
    return float((1 / likeness.sum(axis=1)).sum())
