"""What became different between two drafts."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.domain.paper import PaperId
from surveygen.domain.summary import StaleSource
from surveygen.domain.theme import ThemeId


@dataclass(frozen=True, slots=True)
class Revised:
    """A paper that has a new version."""

    paper: PaperId
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class MetadataChanged:
    """A paper whose record changed at the same version, and the fields that did, sorted."""

    paper: PaperId
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A paper that stands under another theme than before, and why: see `decision.MoveReason`."""

    paper: PaperId
    before: ThemeId
    after: ThemeId
    reason: str


@dataclass(frozen=True, slots=True)
class AbstractChanged:
    """A paper whose abstract says something else now: sentences it no longer has, and those that are new in it.

    Both are empty where the abstract changed and the earlier words are not known any more.
    """

    paper: PaperId
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaleEdit:
    """A person's sentence whose sources changed: the section where it stands, its claim, its words, and why."""

    section: str
    claim: str
    text: str
    doubts: tuple[StaleSource, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The change report of a refresh; a paper stands in the first list that fits.

    Attributes:
        run: the refresh that is reported. since_run: the one before it, 0 for none. at: ISO 8601 UTC.
        reworded: papers of any of the lists whose abstract changed materially.
        titles: (paper, title) of every paper named, so that a paper that left the draft can still be named.
        doubted: sentences of a person that should be looked at again.
        counts: (name, number) of the selection as the draft before had it; empty if that is not known.
        changed, identical: ids of the sections whose text is new and of those that are the same to the byte.
    """

    run: int
    since_run: int
    at: str
    added: tuple[PaperId, ...] = ()
    revised: tuple[Revised, ...] = ()
    withdrawn: tuple[PaperId, ...] = ()
    reinstated: tuple[PaperId, ...] = ()
    metadata: tuple[MetadataChanged, ...] = ()
    moved: tuple[Moved, ...] = ()
    reworded: tuple[AbstractChanged, ...] = ()
    born: tuple[ThemeId, ...] = ()
    retired: tuple[ThemeId, ...] = ()
    proposed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    identical: tuple[str, ...] = ()
    titles: tuple[tuple[PaperId, str], ...] = ()
    doubted: tuple[StaleEdit, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()

    def __bool__(self) -> bool:
        """Whether a paper or a theme changed; sections follow from these."""
        papers = self.added or self.revised or self.withdrawn or self.reinstated or self.metadata or self.moved
        return bool(papers or self.born or self.retired)
