"""Text output that several commands share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from surveygen.domain.changes import Changes
from surveygen.domain.paper import ImportChanges
from surveygen.pipeline import BuildResult, LlmUsage

_SHOWN = 5  # bad records shown; `surveygen status` has them all
_LISTED_FILES = 20  # of an edition; a large survey has a page for each theme


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 draft" and "2 drafts"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def change_lines(name: str, change: ImportChanges) -> Iterator[str]:
    """Summarize what an import or a fetch changed in the corpus."""
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
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"{name}: {summary or 'no records'}"
    for record in change.quarantined[:_SHOWN]:
        yield f"  line {record.line}: {record.reason}"
    if len(change.quarantined) > _SHOWN:
        yield f"  and {len(change.quarantined) - _SHOWN} more: surveygen status"


def report_lines(changes: Changes | None) -> Iterator[str]:
    """Summarize what a refresh changed since the last one."""
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
        "with a changed abstract": len(changes.reworded),
        "edited sentences with changed sources": len(changes.doubted),
    }
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"refresh {changes.run}: {summary or 'themes changed'}"
    yield f"  sections: {len(changes.changed)} changed, {len(changes.identical)} identical"


def built_lines(built: BuildResult, *, verbose: bool = False) -> Iterator[str]:
    """List the files of the drafts, new and unchanged; those of a large edition are counted unless `verbose`."""
    changed = set(built.changed)
    yield f"{built.papers} papers"
    yield from spent_lines(built.spent)
    for edition in built.translated:
        left = {"with a rejected translation": edition.failed, "postponed": edition.pending}
        summary = "".join(f", {count} {word}" for word, count in left.items() if count)
        yield f"{edition.language}: {edition.sentences} sentences translated{summary}"
    root = Path(os.path.commonpath([path.parent for path in built.files])) if built.files else Path()
    folders: dict[Path, list[Path]] = {}
    for path in built.files:  # those of an edition lie in its folder or below it
        folders.setdefault(root.joinpath(*path.relative_to(root).parts[:-1][:1]), []).append(path)
    for folder, paths in folders.items():
        if verbose or len(paths) <= _LISTED_FILES:
            yield from (f"{'wrote' if path in changed else 'same '} {_relative(path)}" for path in paths)
            continue
        new = sum(path in changed for path in paths)
        yield f"wrote {new} of {len(paths)} files in {_relative(folder)}"


def spent_lines(spent: LlmUsage | None) -> Iterator[str]:
    """Summarize the use of a language model, and what is left for the next run."""
    if spent is None:
        return
    yield (
        f"language model: {spent.calls} calls, {spent.cached} cached answers, {spent.input_tokens} + "
        f"{spent.output_tokens} tokens, {_cost(spent.cost_usd)}"
    )
    troubles = {"retries": spent.retries, "unusable answers": spent.unusable, "postponed": spent.postponed}
    summary = ", ".join(f"{count} {word}" for word, count in troubles.items() if count)
    if summary:
        yield f"  {summary}"
    if spent.postponed:
        why = {"budget": "llm.max_cost_usd is reached", "unavailable": "the server is unavailable"}
        yield (
            f"  {why.get(spent.stopped, 'some requests had no answer')}: extractive sentences are used instead; "
            "the next build continues"
        )


def estimate_lines(expected: LlmUsage | None) -> Iterator[str]:
    """Summarize the requests that a build would send."""
    if expected is None:
        yield "no language model is used: neither summarize.method nor translate.engine is llm"
        return
    yield (
        f"{expected.calls} requests, {expected.cached} cached answers; at most "
        f"{expected.input_tokens} + {expected.output_tokens} tokens, {_cost(expected.cost_usd)}"
    )


def _cost(usd: float | None) -> str:
    return f"{usd:.4f} US dollars" if usd is not None else "cost unknown (no prices under [llm])"


def _relative(path: Path) -> Path:
    """Return a path relative to the current folder if it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
