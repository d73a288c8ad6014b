"""Remember what the last refresh showed, and tell what is different now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from surveygen.corpus import Store
from surveygen.domain.changes import AbstractChanged, Changes, MetadataChanged, Moved, Revised, StaleEdit
from surveygen.domain.paper import Paper, PaperId, Status
from surveygen.domain.survey import PrismaFlow, Section, Survey
from surveygen.domain.text import text_sha256
from surveygen.domain.theme import ThemeId
from surveygen.pipeline._codec import decode, encode
from surveygen.summarize import text_diff

_KIND, _REPORTS, _SLOT = "edition", "changes", "last"
_KEPT = 20  # reports: a feed reader that looks once in three weeks misses nothing of a daily refresh
_FIELDS = ("title", "abstract", "authors", "categories", "doi", "journal_ref", "comment", "license", "abstract_kind")
_SHORT = 8  # hexadecimal digits: two values of one field of one paper differ in them but once in four billion
_FIRST_NAMES = (("attribution", "hand"), ("stale_sources", "doubts"))
_ASIDE = frozenset({"changes", "references", "quality", "method"})  # they follow from the others


@dataclass(frozen=True, slots=True)
class PaperSnapshot:
    """A paper as an edition showed it; `fields` are short digests in the order of `_FIELDS`; "" for no theme."""

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


def load(store: Store) -> SurveySnapshot | None:
    """Return the last edition, None before the first build."""
    known = store.cache.get(_KIND, _SLOT)
    return decode(SurveySnapshot, known) if known is not None else None


def save(store: Store, edition: SurveySnapshot, report: Changes | None = None) -> None:
    """Remember an edition, and the report that leads to it, in place of the one before."""
    reports = ((report,) if report is not None else ()) + last_reports(store)
    store.cache.put(_REPORTS, _SLOT, encode(reports[:_KEPT]), slot=_SLOT)
    store.cache.put(_KIND, _SLOT, encode(edition), slot=_SLOT)


def exists(store: Store) -> bool:
    """Whether an edition is remembered."""
    return store.cache.get(_KIND, _SLOT) is not None


def last_reports(store: Store) -> tuple[Changes, ...]:
    """Return the last reports, newest first; none before the first refresh that found something new."""
    known = store.cache.get(_REPORTS, _SLOT)
    return decode(tuple[Changes, ...], known) if known is not None else ()


def take_snapshot(store: Store, survey: Survey, run: int, excluded: Iterable[Paper] = ()) -> SurveySnapshot:
    """Return the edition that a survey shows, with the papers that a person excluded and the withdrawn ones."""
    placed = {entry.paper.id: entry.assignment.theme for entry in survey.entries if entry.assignment is not None}
    gone: tuple[Status, ...] = ("withdrawn",)
    known = (*(entry.paper for entry in survey.entries), *excluded, *store.papers.all(status=gone))
    papers = tuple(_shown(paper, placed) for paper in sorted(known, key=lambda paper: paper.id))
    sections = tuple((part.id, _section_digest(part)) for part in survey.sections if part.id not in _ASIDE)
    last = max((known.id for known in store.runs.all()), default=0)
    themes = tuple(theme.id for theme in survey.taxonomy)
    counts = tuple(_counts(survey))
    return SurveySnapshot(run, last, store.sha256(), papers, themes, sections, tuple(_doubted(survey)), counts)


def _counts(survey: Survey) -> Iterator[tuple[str, int]]:
    for section in survey.sections:
        for block in section.blocks:
            if isinstance(block, PrismaFlow):
                yield from ((count.name, count.total) for count in block.counts())


def _doubted(survey: Survey) -> Iterator[StaleEdit]:
    for section in survey.sections:
        for sentence in section.sentences():
            if sentence.attribution is not None and sentence.attribution.stale_sources:
                yield StaleEdit(section.id, sentence.claim, sentence.plain, sentence.attribution.stale_sources)


def _shown(paper: Paper, placed: Mapping[PaperId, ThemeId]) -> PaperSnapshot:
    return PaperSnapshot(
        paper=paper.id,
        title=paper.title,
        version=paper.version,
        withdrawn=paper.status == "withdrawn",
        text_hash=paper.text_hash,
        fields=tuple(_digest(encode(getattr(paper, name))) for name in _FIELDS),
        theme=placed.get(paper.id, ""),
    )


def _section_digest(section: Section) -> str:
    # Stored snapshots hash the field names as well, so that a renamed field goes by its first name here.
    text = encode(section)
    for name, first_name in _FIRST_NAMES:
        text = text.replace(f'"{name}":', f'"{first_name}":')
    return _digest(text)


def _digest(text: str) -> str:
    return text_sha256(text)[:_SHORT]


def diff_snapshots(before: SurveySnapshot, now: SurveySnapshot, store: Store) -> Changes:
    """Tell the difference; a paper stands in the first list that fits (design: ``changes.json``)."""
    known = {shown.paper: shown for shown in before.papers}
    current = {shown.paper: shown for shown in now.papers}
    pairs = [(known[paper], shown) for paper, shown in current.items() if paper in known]
    added = tuple(shown.paper for shown in now.papers if shown.paper not in known and not shown.withdrawn)
    withdrawn = tuple(new.paper for old, new in pairs if new.withdrawn and not old.withdrawn)
    reinstated = tuple(new.paper for old, new in pairs if old.withdrawn and not new.withdrawn)
    settled = {*added, *withdrawn, *reinstated}
    pairs = [(old, new) for old, new in pairs if new.paper not in settled and not new.withdrawn]
    revised = tuple(Revised(new.paper, old.version, new.version) for old, new in pairs if new.version > old.version)
    risen = {item.paper for item in revised}
    corrected = ((new.paper, _fields(old, new)) for old, new in pairs if new.paper not in risen)
    metadata = tuple(MetadataChanged(paper, fields) for paper, fields in corrected if fields)
    moved = tuple(_moved(pairs, store, now))
    named = settled | risen | {item.paper for item in metadata} | {item.paper for item in moved}
    old_sections = dict(before.sections)
    return Changes(
        run=now.run,
        since_run=before.run,
        at=store.changed_at(),
        added=added,
        revised=revised,
        withdrawn=withdrawn,
        reinstated=reinstated,
        metadata=metadata,
        moved=moved,
        reworded=tuple(_reworded(pairs, store, before.store_run)),
        born=_missing(now.themes, before.themes),
        retired=_missing(before.themes, now.themes),
        changed=tuple(name for name, digest in now.sections if old_sections.get(name) != digest),
        identical=tuple(name for name, digest in now.sections if old_sections.get(name) == digest),
        doubted=tuple(one for one in now.doubted if one not in before.doubted),
        titles=tuple((paper, current[paper].title) for paper in sorted(named)),
        counts=before.counts,
    )


def _fields(old: PaperSnapshot, new: PaperSnapshot) -> tuple[str, ...]:
    return tuple(name for name, a, b in zip(_FIELDS, old.fields, new.fields, strict=True) if a != b)


def _moved(pairs: Iterable[tuple[PaperSnapshot, PaperSnapshot]], store: Store, now: SurveySnapshot) -> Iterator[Moved]:
    """Tell who stands elsewhere, with the reason that the placement logged."""
    told = {(one.paper, one.after): one.reason for one in store.decisions.moves()}
    for old, new in pairs:
        if old.theme and new.theme and old.theme != new.theme:
            reason = told.get((new.paper, new.theme)) or _reason(old, new, now)
            yield Moved(new.paper, ThemeId(old.theme), ThemeId(new.theme), reason)


def _reason(old: PaperSnapshot, new: PaperSnapshot, now: SurveySnapshot) -> str:
    if old.theme not in now.themes:
        return "theme_gone"
    return "words" if old.text_hash != new.text_hash else "themes"


def _reworded(
    pairs: Iterable[tuple[PaperSnapshot, PaperSnapshot]], store: Store, since_run: int
) -> Iterator[AbstractChanged]:
    """Find the abstracts that say something else than the last edition read; its words are in the events since."""
    for old, new in pairs:
        fields = _fields(old, new)
        if "abstract" not in fields or "abstract_kind" in fields:  # a note that gives way to the abstract is no news
            continue
        paper = store.papers.get(new.paper)
        before = _abstract_before(store, old, new, since_run)
        if before is None or paper is None:
            yield AbstractChanged(new.paper)
            continue
        removed, added = text_diff(before, paper.abstract)
        if removed or added:
            yield AbstractChanged(new.paper, removed, added)


def _abstract_before(store: Store, old: PaperSnapshot, new: PaperSnapshot, since_run: int) -> str | None:
    """Return the abstract that an edition read: from the first event that replaced it, else by its version."""
    told = (event.before.get("abstract") for event in store.runs.events(since_run, paper=old.paper))
    first = next((words for words in told if isinstance(words, str)), None)
    if first is not None or new.version == old.version:
        return first
    return store.papers.text(old.paper, old.version, "abstract")


def _missing(themes: Iterable[ThemeId], others: Iterable[ThemeId]) -> tuple[ThemeId, ...]:
    there = set(others)
    return tuple(theme for theme in themes if theme not in there)
