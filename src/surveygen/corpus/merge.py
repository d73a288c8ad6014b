"""Merge of several records of one paper.

A record makes one claim a field, stamped with its version and its date; an empty field claims nothing. The date is
`updated`, or the end of the day `datestamp` where an authority gives it: then the record is complete, and an empty
comment, DOI or journal reference claims that there is none. The claim with the greatest stamp wins, and claims of equal
stamp are decided by their text (the longer, then the later in code point order). So the result depends on the set of
records alone, never on their order: to correct a stored record of the same version, deliver it with a later date.

Five fields have rules of their own, independent of order as well:

- abstract: one of a live version before the stub of a withdrawn one, an author's abstract before an editor's note,
  and only then the stamp;
- published: the earliest, of compatible dates the most precise;
- doi: one of a publisher before the one that arXiv gives to every paper, and only then the stamp;
- versions: united by number, field by field;
- status: withdrawn if the latest version has arXiv's flag I or a source reports it as withdrawn, reinstated if only an
  earlier one has (or a source reports it), else active.

arXiv's own record (`Paper.authority`) outranks what files say of the same paper, whatever version they claim: their
claims get the version 0 in their stamps, and their own version and date follow in its date.

`Paper.field_provenance` has the stamps that differ from the result's own version and date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from surveygen.domain.identity import ARXIV_DOI
from surveygen.domain.paper import WITHDRAWN_FLAG, AbstractKind, Paper, PaperVersion, Status

ChangeKind = Literal["added", "revised", "withdrawn", "reinstated", "corrected", "unchanged"]
Stamp = tuple[int, str]

_FIELDS = (
    "title",
    "authors",
    "updated",
    "datestamp",
    "categories",
    "primary_category",
    "doi",
    "journal_ref",
    "comment",
    "license",
    "url",
)
# What an authority may take back; a license cannot be withdrawn.
_EMPTIED = ("doi", "journal_ref", "comment")
_DATED = ("datestamp", "updated")
_EXTRA = "extra:"
_PUBLISHED = ("published", 0, "")  # marks a date that only a file gives


def merge(stored: Paper | None, incoming: Paper) -> tuple[Paper, ChangeKind]:
    """Merge a record into the stored paper; return the result and the kind of change.

    Idempotent and independent of order: merging a set of records of one paper in any order gives equal papers.

    Args:
        stored: an earlier result of this function, None for a new paper.
        incoming: a record of the same paper from any source.

    Raises:
        ValueError: the two have different ids.
    """
    if stored is None:
        return _fold(incoming), "added"
    if stored.id != incoming.id:
        raise ValueError(f"{incoming.id!r} cannot be merged into {stored.id!r}")
    merged = _fold(stored, incoming)
    if merged == stored:
        return stored, "unchanged"
    return merged, change_kind((stored.version, stored.status), (merged.version, merged.status))


def change_kind(before: tuple[int, Status] | None, after: tuple[int, Status]) -> ChangeKind:
    """Return the kind of change between two (version, status) states of a paper.

    A change of status takes precedence over the new version: at arXiv each withdrawal is a version.
    """
    if before is None:
        return "added"
    if (before[1] == "withdrawn") != (after[1] == "withdrawn"):
        return "withdrawn" if after[1] == "withdrawn" else "reinstated"
    return "revised" if after[0] > before[0] else "corrected"


def text_at_version(paper: Paper) -> Paper:
    """Return the title, abstract and comment of a merged paper that are of its own version; the rest is empty."""
    stamps = {name: claim.stamp for name, claim in _claims(paper).items()}
    date = _own_stamp(paper)[1]
    own = {name for name, stamp in stamps.items() if abs(stamp[0]) == paper.version}
    provenance = (
        (name, paper.version, stamps[name][1])
        for name in ("abstract", "comment", "title")
        if name in own and stamps[name][1] != date
    )
    return Paper(
        id=paper.id,
        title=paper.title,
        abstract=paper.abstract if "abstract" in own else "",
        version=paper.version,
        updated=date or None,
        comment=paper.comment if "comment" in own else "",
        abstract_kind=paper.abstract_kind if "abstract" in own else "none",
        field_provenance=tuple(provenance),
    )


@dataclass(frozen=True, slots=True)
class PaperHistory:
    """A paper with the texts of its versions.

    Attributes:
        paper: the merged record.
        texts: title, abstract and comment by version, ascending, as papers with these fields alone; a version whose
            texts are those of `paper` is left out.
    """

    paper: Paper
    texts: tuple[Paper, ...] = ()


def merge_histories(stored: PaperHistory | None, incoming: PaperHistory) -> PaperHistory:
    """Merge paper with paper, and the texts of each version with those of the same version; laws as of `merge`."""
    if stored is not None and incoming == PaperHistory(stored.paper):
        return stored
    paper, _ = merge(stored.paper if stored else None, incoming.paper)
    if stored is None and not incoming.texts:
        return PaperHistory(paper)
    texts = _by_version(stored, authority=paper.authority) if stored else {}
    for n, text in _by_version(incoming, authority=paper.authority).items():
        texts[n], _ = merge(texts.get(n), text)
    own = text_at_version(paper)
    return PaperHistory(paper, tuple(texts[n] for n in sorted(texts) if texts[n] != own))


def _by_version(history: PaperHistory, *, authority: bool) -> dict[int, Paper]:
    own = text_at_version(history.paper)
    texts = {own.version: own} | {text.version: text for text in history.texts}
    return texts if history.paper.authority or not authority else {n: _demoted(texts[n]) for n in texts}


@dataclass(frozen=True, slots=True)
class _FieldClaim:
    """The value that a record claims for one field; `rank` decides between claims, `stamp` is stored with it."""

    rank: tuple[bool, bool, int, str]
    stamp: Stamp
    value: Any

    def beats(self, other: _FieldClaim) -> bool:
        """Return whether this claim wins over another claim for the same field."""
        if self.rank != other.rank:
            return self.rank > other.rank
        return bool(self.value != other.value) and _weight(self.value) > _weight(other.value)


def _weight(value: object) -> tuple[int, str]:
    words = value if isinstance(value, str) else repr(value)
    return len(words), words


def _fold(*papers: Paper) -> Paper:
    """Merge one or two records into normal form."""
    best: dict[str, _FieldClaim] = {}
    leading = tuple(paper for paper in papers if paper.authority) or papers
    papers = tuple(paper if paper in leading else _demoted(paper) for paper in papers)
    for paper in papers:
        for name, claim in _claims(paper).items():
            if name not in best or claim.beats(best[name]):
                best[name] = claim
    abstract, kind = best["abstract"].value if "abstract" in best else ("", "none")
    versions = _united(*leading)
    version = max(paper.version for paper in leading)
    own_dates = [paper.published for paper in leading if paper.published and _PUBLISHED not in paper.field_provenance]
    dates = own_dates or [paper.published for paper in papers if paper.published]
    provenance = _provenance(version, versions, best)
    if leading[0].authority and dates and not own_dates:
        provenance = tuple(sorted((*provenance, _PUBLISHED)))
    return papers[0].with_changes(
        **{name: best[name].value for name in _FIELDS if name in best},
        abstract=abstract,
        abstract_kind=kind,
        version=version,
        published=min(dates, key=_imprecise_last, default=None),
        versions=tuple(versions[n] for n in sorted(versions)),
        status=_status(version, versions, leading),
        authority=leading[0].authority,
        extra=tuple((name.removeprefix(_EXTRA), best[name].value) for name in sorted(best) if name.startswith(_EXTRA)),
        field_provenance=provenance,
    )


def _claims(paper: Paper) -> dict[str, _FieldClaim]:
    provenance: dict[str, Stamp] = {name: (version, date) for name, version, date in paper.field_provenance}
    own = _own_stamp(paper)
    values: dict[str, object] = {name: getattr(paper, name) for name in _FIELDS}
    values |= {_EXTRA + key: value for key, value in paper.extra}
    claims: dict[str, _FieldClaim] = {}
    for name, value in values.items():
        # An empty field is a claim if the record, or this field of it, comes from an authority.
        from_authority = name in provenance or (paper.datestamp is not None and "datestamp" not in provenance)
        if value or (name in _EMPTIED and from_authority):
            stamp = provenance.get(name, own)
            is_preprint_doi = name == "doi" and str(value).lower().startswith(ARXIV_DOI)
            claims[name] = _FieldClaim((True, not is_preprint_doi, *stamp), stamp, value)
    if paper.abstract:
        stamp = provenance.get("abstract") or _abstract_stamp(own, _listed(paper))
        kind: AbstractKind = "note" if paper.abstract_kind == "note" else "abstract"
        is_live = stamp[0] > 0 or (stamp[0] == 0 and not stamp[1].startswith("-"))
        rank = (is_live, kind == "abstract", abs(stamp[0]), stamp[1])
        claims["abstract"] = _FieldClaim(rank, stamp, (paper.abstract, kind))
    return claims


def _demoted(paper: Paper) -> Paper:
    """Return a record whose claims yield to those of arXiv's own, and keep their order among themselves.

    In the date of a stamp follow the former version and date; a stub begins with "-", which sorts before the digits.
    """
    provenance = [
        (name, *(claim.stamp if claim.stamp[0] == 0 else (0, f"{claim.stamp[0]:05} {claim.stamp[1]}")))
        for name, claim in _claims(paper).items()
    ]
    dated = [_PUBLISHED] if paper.published else []
    return paper.with_changes(field_provenance=tuple(sorted([*provenance, *dated])), status="active", versions=())


def _provenance(
    version: int, versions: dict[int, PaperVersion], best: dict[str, _FieldClaim]
) -> tuple[tuple[str, int, str], ...]:
    """List the stamps that differ from the merged paper's version and date, by field."""
    dates = [best[name].stamp for name in _DATED if name in best]
    own = max((stamp for stamp in dates if stamp[0] == version), default=(version, ""))
    usual = {"abstract": _abstract_stamp(own, versions)}
    odd = {name: claim.stamp for name, claim in best.items() if claim.stamp != usual.get(name, own)}
    return tuple((name, *odd[name]) for name in sorted(odd))


def _own_stamp(paper: Paper) -> Stamp:
    provenance = {name for name, _, _ in paper.field_provenance}
    if paper.datestamp and "datestamp" not in provenance:
        # The end of the day, so that an authority outranks the version that it describes.
        return paper.version, f"{paper.datestamp}T23:59:59Z" if len(paper.datestamp) == 10 else paper.datestamp
    return paper.version, "" if "updated" in provenance else paper.updated or ""


def _abstract_stamp(own: Stamp, versions: dict[int, PaperVersion]) -> Stamp:
    """Return the stamp of an abstract that came with its paper's own version: negative if that was withdrawn."""
    listed = versions.get(own[0])
    withdrawn = listed is not None and listed.withdrawn
    return (-own[0] if withdrawn else own[0]), own[1]


def _status(version: int, versions: dict[int, PaperVersion], papers: tuple[Paper, ...]) -> Status:
    gone = {n for n, listed in versions.items() if listed.withdrawn}
    if max(version, *versions, 0) in gone:
        return "withdrawn"
    return "reinstated" if gone or any(paper.status == "reinstated" for paper in papers) else "active"


def _united(*papers: Paper) -> dict[int, PaperVersion]:
    versions: dict[int, PaperVersion] = {}
    for paper in papers:
        for n, listed in _listed(paper).items():
            versions[n] = _merge_versions(versions[n], listed) if n in versions else listed
    return versions


def _listed(paper: Paper) -> dict[int, PaperVersion]:
    """List the versions of a record by number; a status "withdrawn" becomes the flag of its latest version."""
    listed: dict[int, PaperVersion] = {}
    for version in paper.versions:
        earlier = listed.get(version.n, PaperVersion(version.n))
        listed[version.n] = _merge_versions(earlier, version)
    if paper.status == "withdrawn":
        latest = max(paper.version, *listed, 0)
        withdrawn = PaperVersion(latest, flags=WITHDRAWN_FLAG)
        listed[latest] = _merge_versions(listed.get(latest, withdrawn), withdrawn)
    return listed


def _merge_versions(first: PaperVersion, other: PaperVersion) -> PaperVersion:
    if first == other:
        return first
    dates = [date for date in (first.submitted_at, other.submitted_at) if date]
    return PaperVersion(
        n=first.n,
        submitted_at=min(dates, key=_imprecise_last, default=None),
        size_kb=max(first.size_kb, other.size_kb),
        flags="".join(sorted({*first.flags, *other.flags})),
    )


def _imprecise_last(date: str) -> str:
    """Sort by time, and a date after those more precise ones that it covers: "~" follows every character of a date."""
    return date + "~"
