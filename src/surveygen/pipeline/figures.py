"""Figures for the pages of papers: chosen, fetched and stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from surveygen.corpus import Store
from surveygen.domain.figure import FigureRecord, may_show_figures
from surveygen.domain.license import reuse
from surveygen.domain.paper import Paper, PaperId
from surveygen.pipeline.run_context import now
from surveygen.sources import arxiv


@dataclass(frozen=True, slots=True)
class PlannedFigure:
    """The figure of one version whose image is to be requested."""

    paper: PaperId
    version: int
    url: str
    license: str
    figure: str
    label: str
    caption: str
    element: str


def is_open(store: Store, paper: PaperId, version: int) -> bool:
    """Whether the license of a version permits to show its figures."""
    return may_show_figures(reuse(store.papers.license(paper, version)))


def plan_figures(
    store: Store, source: arxiv.PageSource, versions: Iterable[tuple[PaperId, int]]
) -> Iterator[PlannedFigure]:
    """Yield the figures to fetch of versions whose text is stored; one that was requested before is left out."""
    from surveygen.documents import choose_figure  # noqa: PLC0415  # quick commands need no parser

    requested = {(record.paper, record.version) for record in store.figures.records()}
    for paper, version in versions:
        if (paper, version) in requested or not is_open(store, paper, version):
            continue
        document = store.full_text.get(paper, version)
        chosen = choose_figure(document) if document is not None and document.format == "html" else None
        url = source.image_url(paper, version, chosen.source) if chosen is not None else ""
        if chosen is not None and url:
            license_url = store.papers.license(paper, version)
            words = (chosen.figure, chosen.label, chosen.caption, chosen.element)
            yield PlannedFigure(paper, version, url, license_url, *words)


def fetch_figure(store: Store, source: arxiv.PageSource, planned: PlannedFigure) -> FigureRecord:
    """Fetch and store the image of a figure, or why it cannot be used.

    Raises:
        SourceError, BudgetError: as for `PageSource.fetch_image`.
    """
    answer = source.fetch_image(planned.url)
    record = FigureRecord(
        paper=planned.paper,
        version=planned.version,
        status="fetched" if answer.status == "fetched" else "refused",
        url=planned.url,
        at=now(),
        license=planned.license,
        figure=planned.figure,
        label=planned.label,
        caption=planned.caption,
        element=planned.element,
        reason=answer.reason or ("arXiv has no such image" if answer.status == "none" else ""),
    )
    return store.figures.put(record, answer.body)


def shown_figures(store: Store, papers: Iterable[Paper]) -> dict[PaperId, FigureRecord]:
    """Return the figures that a draft may show: of the version that it describes, by the license as it is now."""
    versions = {paper.id: paper.version for paper in papers}
    return {
        record.paper: record
        for record in store.figures.records()
        if record.version == versions.get(record.paper) and record.is_shown and is_open(store, *_key(record))
    }


def _key(record: FigureRecord) -> tuple[PaperId, int]:
    return record.paper, record.version


class StoredImages(Mapping[str, bytes]):
    """The images of a draft by SHA-256, read from the store when they are asked for."""

    def __init__(self, store: Store, figures: Iterable[FigureRecord]) -> None:
        self._store = store
        self._names = dict.fromkeys(sorted(record.sha256 for record in figures))

    def __getitem__(self, sha256: str) -> bytes:
        """Return an image.

        Raises:
            KeyError: it is not stored, or damaged.
        """
        image = self._store.figures.image(sha256) if sha256 in self._names else None
        if image is None:
            raise KeyError(sha256)
        return image

    def __iter__(self) -> Iterator[str]:
        """Yield the SHA-256 of each image, sorted."""
        return iter(self._names)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._names)
