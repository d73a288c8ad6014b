"""Snapshots of what a refresh showed, and the difference of two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from surveygen.corpus import Store
from surveygen.domain.changes import AbstractChanged, Changes, MetadataChanged, Moved, Revised, StaleEdit
from surveygen.domain.paper import Paper, PaperId, Status
from surveygen.domain.survey import PrismaFlow, Section, Survey
from surveygen.domain.text import text_sha256
from surveygen.domain.theme import ThemeId
from surveygen.pipeline.state import Slot, encode
from surveygen.summarize import text_diff

_MAX_REPORTS = 20  # a feed reader that looks once in three weeks misses nothing of a daily refresh
_FIELDS = ("title", "abstract", "authors", "categories", "doi", "journal_ref", "comment", "license", "abstract_kind")
_DIGITS = 8  # hexadecimal: two values of one field of one paper share them once in four billion
# Snapshots in stores hash the field names as well: a field that was renamed later goes by its first name.
_FIRST_NAMES = (("attribution", "hand"), ("stale_sources", "doubts"))
_DERIVED = frozenset(
    {"changes", "references", "quality", "method", "similarity"}
)  # sections that follow from the others


@dataclass(frozen=True, slots=True)
class PaperSnapshot:
    """A paper as a refresh showed it; `fields` are short digests in the order of `_FIELDS`; `theme` is "" for none."""

    paper: PaperId
    title: str
    version: int
    withdrawn: bool
    text_hash: str
    fields: tuple[str, ...]
    theme: str


@dataclass(frozen=True, slots=True)
class SurveySnapshot:
    """What a refresh showed.

    Attributes:
        run: the number of the refresh, 0 for a first build. store_run: the last run of the store before it.
        corpus: SHA-256 of the store that it was made of.
        sections: (id, digest) of each section that has text of its own.
        doubted: a person's sentences whose sources had changed.
        counts: (name, number) of the selection.
    """

    run: int
    store_run: int
    corpus: str
    papers: tuple[PaperSnapshot, ...]
    themes: tuple[ThemeId, ...]
    sections: tuple[tuple[str, str], ...]
    doubted: tuple[StaleEdit, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()


_Pair = tuple[PaperSnapshot, PaperSnapshot]
_SNAPSHOT = Slot("edition", SurveySnapshot)
_REPORTS = Slot("changes", tuple[Changes, ...])


def load(store: Store) -> SurveySnapshot | None:
    """Return the last snapshot, None before the first build."""
    return _SNAPSHOT.load(store)


def save(store: Store, current: SurveySnapshot, report: Changes | None = None) -> None:
    """Replace the last snapshot, and put the report that leads to the new one before the earlier reports."""
    reports = ((report,) if report is not None else ()) + last_reports(store)
    _REPORTS.save(store, reports[:_MAX_REPORTS])
    _SNAPSHOT.save(store, current)


def is_outdated(store: Store, previous: SurveySnapshot | None, *, refresh: bool) -> bool:
    """Whether a snapshot has to be taken: the first one by any build, a later one by a refresh of a changed store."""
    return previous is None or (refresh and previous.corpus != store.sha256())


def last_reports(store: Store) -> tuple[Changes, ...]:
    """Return the last change reports, newest first; none before the first refresh that found something new."""
    return _REPORTS.load(store) or ()


def take_snapshot(store: Store, survey: Survey, run: int, excluded: Iterable[Paper] = ()) -> SurveySnapshot:
    """Return what a survey shows, with the papers that a person excluded and the withdrawn ones."""
    themes = {entry.paper.id: entry.assignment.theme for entry in survey.entries if entry.assignment is not None}
    withdrawn: tuple[Status, ...] = ("withdrawn",)
    papers = (*(entry.paper for entry in survey.entries), *excluded, *store.papers.all(status=withdrawn))
    return SurveySnapshot(
        run=run,
        store_run=max((item.id for item in store.runs.all()), default=0),
        corpus=store.sha256(),
        papers=tuple(
            PaperSnapshot(
                paper=paper.id,
                title=paper.title,
                version=paper.version,
                withdrawn=paper.status == "withdrawn",
                text_hash=paper.text_hash,
                fields=tuple(_short_digest(encode(getattr(paper, name))) for name in _FIELDS),
                theme=themes.get(paper.id, ""),
            )
            for paper in sorted(papers, key=lambda paper: paper.id)
        ),
        themes=tuple(theme.id for theme in survey.taxonomy),
        sections=tuple(
            (section.id, _section_digest(section)) for section in survey.sections if section.id not in _DERIVED
        ),
        doubted=tuple(
            StaleEdit(section.id, sentence.claim, sentence.plain, sentence.attribution.stale_sources)
            for section in survey.sections
            for sentence in section.sentences()
            if sentence.attribution is not None and sentence.attribution.stale_sources
        ),
        counts=tuple(
            (count.name, count.total)
            for section in survey.sections
            for block in section.blocks
            if isinstance(block, PrismaFlow)
            for count in block.counts()
        ),
    )


def _short_digest(text: str) -> str:
    return text_sha256(text)[:_DIGITS]


def _section_digest(section: Section) -> str:
    text = encode(section)
    for name, first_name in _FIRST_NAMES:
        text = text.replace(f'"{name}":', f'"{first_name}":')
    return _short_digest(text)


def diff_snapshots(before: SurveySnapshot, now: SurveySnapshot, store: Store) -> Changes:
    """Return the difference as a change report; a paper stands in the first list that fits.

    Args:
        before: the last snapshot.
        now: the new one.
        store: tells why papers moved, and the earlier words of abstracts.
    """
    pairs, listed = _compare_papers(before, now)
    titles = {item.paper: item.title for item in now.papers}
    moved = tuple(_moved(pairs, store, now))
    named = {item.paper for item in (*listed["revised"], *listed["metadata"], *moved)}
    named |= {*listed["added"], *listed["withdrawn"], *listed["reinstated"]}
    old_sections, old_themes, themes = dict(before.sections), set(before.themes), set(now.themes)
    return Changes(
        run=now.run,
        since_run=before.run,
        at=store.changed_at(),
        **listed,
        moved=moved,
        reworded=tuple(_changed_abstracts(pairs, store, before.store_run)),
        born=tuple(theme for theme in now.themes if theme not in old_themes),
        retired=tuple(theme for theme in before.themes if theme not in themes),
        changed=tuple(name for name, digest in now.sections if old_sections.get(name) != digest),
        identical=tuple(name for name, digest in now.sections if old_sections.get(name) == digest),
        doubted=tuple(edit for edit in now.doubted if edit not in before.doubted),
        titles=tuple((paper, titles[paper]) for paper in sorted(named)),
        counts=before.counts,
    )


def _compare_papers(before: SurveySnapshot, now: SurveySnapshot) -> tuple[list[_Pair], dict[str, Any]]:
    """Return the papers that both snapshots show in the draft, and the lists of a report that papers stand in."""
    earlier = {item.paper: item for item in before.papers}
    both = [(earlier[new.paper], new) for new in now.papers if new.paper in earlier]
    added = tuple(new.paper for new in now.papers if new.paper not in earlier and not new.withdrawn)
    withdrawn = tuple(new.paper for old, new in both if new.withdrawn and not old.withdrawn)
    reinstated = tuple(new.paper for old, new in both if old.withdrawn and not new.withdrawn)
    pairs = [(old, new) for old, new in both if not (old.withdrawn or new.withdrawn)]
    revised = tuple(Revised(new.paper, old.version, new.version) for old, new in pairs if new.version > old.version)
    fields = ((new.paper, _changed_fields(old, new)) for old, new in pairs if new.version <= old.version)
    metadata = tuple(MetadataChanged(paper, names) for paper, names in fields if names)
    return pairs, {
        "added": added,
        "revised": revised,
        "withdrawn": withdrawn,
        "reinstated": reinstated,
        "metadata": metadata,
    }


def _changed_fields(old: PaperSnapshot, new: PaperSnapshot) -> tuple[str, ...]:
    return tuple(name for name, a, b in zip(_FIELDS, old.fields, new.fields, strict=True) if a != b)


def _moved(pairs: Iterable[_Pair], store: Store, now: SurveySnapshot) -> Iterator[Moved]:
    """Yield the papers under another theme, with the reason that the run logged."""
    logged = {(move.paper, move.after): move.reason for move in store.decisions.moves()}
    for old, new in pairs:
        if old.theme and new.theme and old.theme != new.theme:
            reason: str | None = logged.get((new.paper, ThemeId(new.theme)))
            if reason is None and old.theme not in now.themes:
                reason = "theme_gone"
            elif reason is None:
                reason = "words" if old.text_hash != new.text_hash else "themes"
            yield Moved(new.paper, ThemeId(old.theme), ThemeId(new.theme), reason)


def _changed_abstracts(pairs: Iterable[_Pair], store: Store, since_run: int) -> Iterator[AbstractChanged]:
    """Yield the papers whose abstract has other words than in the last snapshot; its words are in the events since."""
    for old, new in pairs:
        fields = _changed_fields(old, new)
        if "abstract" not in fields or "abstract_kind" in fields:  # an abstract in place of a note is not a change
            continue
        paper = store.papers.get(new.paper)
        replaced = (event.before.get("abstract") for event in store.runs.events(since_run, paper=old.paper))
        before = next((words for words in replaced if isinstance(words, str)), None)
        if before is None and new.version != old.version:
            before = store.papers.text(old.paper, old.version, "abstract")
        if before is None or paper is None:
            yield AbstractChanged(new.paper)
            continue
        removed, added = text_diff(before, paper.abstract)
        if removed or added:
            yield AbstractChanged(new.paper, removed, added)
