"""Words with mathematics in them: untrusted text in, a small typed tree out."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.domain.paper import PaperId


@dataclass(frozen=True, slots=True)
class Str:
    """Literal text: no mark-up in it means anything."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """TeX mathematics that has passed the allowlist, without its dollars."""

    tex: str
    display: bool = False


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation of one or more papers at this place."""

    papers: tuple[PaperId, ...]


Inline = Str | Math | Cite
