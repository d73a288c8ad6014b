"""Lines that several commands print."""

from __future__ import annotations

from collections.abc import Iterator

from surveygen.domain.paper import Change

_SHOWN = 5  # bad records shown; `surveygen status` has them all


def change_lines(name: str, change: Change) -> Iterator[str]:
    """Say what an import or a fetch did to the corpus."""
    counts = {
        "added": len(change.added),
        "revised": len(change.revised),
        "corrected": len(change.corrected),
        "withdrawn": len(change.withdrawn),
        "reinstated": len(change.reinstated),
        "wanted": change.wanted,
        "unchanged": change.unchanged,
        "set aside": len(change.quarantined),
    }
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"{name}: {said or 'nothing in it'}"
    for record in change.quarantined[:_SHOWN]:
        yield f"  line {record.line}: {record.reason}"
    if len(change.quarantined) > _SHOWN:
        yield f"  and {len(change.quarantined) - _SHOWN} more: surveygen status"
