"""Lines that several commands print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from surveygen.domain.changes import Changes
from surveygen.domain.paper import ImportChanges
from surveygen.pipeline import BuildResult, LlmUsage

_SHOWN = 5  # bad records shown; `surveygen status` has them all


def change_lines(name: str, change: ImportChanges) -> Iterator[str]:
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


def report_lines(changes: Changes | None) -> Iterator[str]:
    """Say what a refresh changed since the last one."""
    if changes is None:
        yield "nothing new"
        return
    counts = {
        "new": len(changes.added),
        "revised": len(changes.revised),
        "withdrawn": len(changes.withdrawn),
        "reinstated": len(changes.reinstated),
        "corrected": len(changes.metadata),
        "moved": len(changes.moved),
        "with another abstract": len(changes.reworded),
        "sentences by a person to look at again": len(changes.doubted),
    }
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"refresh {changes.run}: {said or 'themes changed'}"
    yield f"  sections: {len(changes.changed)} changed, {len(changes.identical)} identical"


def built_lines(built: BuildResult) -> Iterator[str]:
    """Say which files of the drafts are new."""
    changed = set(built.changed)
    yield f"{built.papers} papers"
    yield from spent_lines(built.spent)
    for edition in built.translated:
        left = {"left as their translation did not hold": edition.failed, "put off": edition.pending}
        said = "".join(f", {count} {word}" for word, count in left.items() if count)
        yield f"{edition.language}: {edition.sentences} sentences translated{said}"
    yield from (f"{'wrote' if path in changed else 'same '} {_near(path)}" for path in built.files)


def spent_lines(spent: LlmUsage | None) -> Iterator[str]:
    """Say what a language model was asked, and what is left for the next run."""
    if spent is None:
        return
    yield (
        f"language model: {spent.calls} calls, {spent.cached} answers known already, {spent.input_tokens} + "
        f"{spent.output_tokens} tokens, {_cost(spent.cost_usd)}"
    )
    troubles = {"asked again after an error": spent.retries, "of no use": spent.unusable, "put off": spent.postponed}
    said = ", ".join(f"{count} {word}" for word, count in troubles.items() if count)
    if said:
        yield f"  {said}"
    if spent.postponed:
        why = {"budget": "llm.max_cost_usd is reached", "unavailable": "the server is gone"}
        yield (
            f"  {why.get(spent.stopped, 'some questions had no answer')}: the papers' own words stand in; "
            "the next build goes on"
        )


def estimate_lines(expected: LlmUsage | None) -> Iterator[str]:
    """Say what a build would ask."""
    if expected is None:
        yield "no language model is asked: neither summarize.method nor translate.engine is llm"
        return
    yield (
        f"{expected.calls} questions to ask, {expected.cached} answers known already; at most "
        f"{expected.input_tokens} + {expected.output_tokens} tokens, {_cost(expected.cost_usd)}"
    )


def _cost(usd: float | None) -> str:
    return f"{usd:.4f} US dollars" if usd is not None else "cost unknown (no prices under [llm])"


def _near(path: Path) -> Path:
    """Show a path relative to where the person stands, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
