"""Tests of whether two shares differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence

Table = tuple[tuple[int, int], tuple[int, int]]


def fisher_chance(table: Table) -> float:
    """Return the p-value of Fisher's exact test, two-sided."""
    from scipy.stats import fisher_exact  # noqa: PLC0415  # takes a second to import

    return float(fisher_exact(table).pvalue)


def false_discovery_rates(chances: Sequence[float]) -> list[float]:
    """Return p-values corrected by Benjamini and Hochberg (1995)."""
    if not chances:
        return []
    from scipy.stats import false_discovery_control  # noqa: PLC0415  # as above

    return [float(rate) for rate in false_discovery_control(chances)]
