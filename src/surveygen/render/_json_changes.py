"""Give the change report its form in JSON."""

from __future__ import annotations

from surveygen.domain.changes import Changes
from surveygen.render._json_blocks import Json, doubts_of


def changes_of(changes: Changes | None) -> Json | None:
    """Write what a refresh changed (design: ``changes.json``); None for a draft that was never refreshed."""
    if changes is None:
        return None
    return {
        "run": changes.run,
        "since_run": changes.since_run,
        "at": changes.at,
        "added": list(changes.added),
        "revised": [{"paper": item.paper, "from": item.before, "to": item.after} for item in changes.revised],
        "withdrawn": list(changes.withdrawn),
        "reinstated": list(changes.reinstated),
        "metadata": [{"paper": item.paper, "fields": list(item.fields)} for item in changes.metadata],
        "moved": [
            {"paper": item.paper, "from": item.before, "to": item.after, "reason": item.reason}
            for item in changes.moved
        ],
        "abstracts": [
            {"paper": item.paper, "removed": list(item.removed), "added": list(item.added)} for item in changes.reworded
        ],
        "doubted": [
            {"section": one.section, "claim": one.claim, "text": one.text, "sources": doubts_of(one.doubts)}
            for one in changes.doubted
        ],
        "themes": {
            "born": list(changes.born),
            "retired": list(changes.retired),
            "proposed": list(changes.proposed),
        },
        "sections": {"changed": list(changes.changed), "identical": list(changes.identical)},
    }
