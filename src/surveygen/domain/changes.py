"""Changes between two drafts."""

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
    """A paper whose record changed at the same version, and the changed fields, sorted."""

    paper: PaperId
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A paper that has another theme than before, and why: see `decision.MoveReason`."""

    paper: PaperId
    before: ThemeId
    after: ThemeId
    reason: str


@dataclass(frozen=True, slots=True)
class AbstractChanged:
    """A paper whose abstract changed: the sentences removed and those added.

    Both are empty if the earlier abstract is no longer available.
    """

    paper: PaperId
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionChange:
    """The texts that a version of a paper changed; those of the version before it are stored.

    Attributes:
        version: its number. before: that of the version with which it is compared.
        fields: of "title", "abstract" and "comment" those that differ.
        removed, added: sentences of the abstract.
    """

    version: int
    before: int
    fields: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaleEdit:
    """A person's sentence whose sources changed: its section, claim and text, and the sources (`doubts`)."""

    section: str
    claim: str
    text: str
    doubts: tuple[StaleSource, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The change report of a refresh; a paper is in the first list that fits.

    Attributes:
        run: the refresh that is reported. since_run: the refresh before it, 0 for none. at: ISO 8601 UTC.
        reworded: papers of any of the lists whose abstract changed materially.
        titles: (paper, title) of every paper listed, also of papers that left the draft.
        doubted: sentences of a person that should be reviewed.
        counts: (name, number) of the selection in the draft before; empty if unknown.
        changed, identical: ids of the sections with a new text and of those that are identical to the byte.
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
