"""Full texts: pages fetched from arXiv or added from files, read and stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Literal

from surveygen import plugins
from surveygen.config import ArxivSettings, Project
from surveygen.corpus import RawPage, Store, locked
from surveygen.domain.decision import excluded_papers
from surveygen.domain.figure import FigureRecord
from surveygen.domain.full_text import FullTextRecord
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id, parse_arxiv_id
from surveygen.domain.theme import ThemeId
from surveygen.errors import ConfigError, CorpusError, SourceError, ThemeError, did_you_mean
from surveygen.pipeline.assignments import ASSIGNMENTS
from surveygen.pipeline.figures import PlannedFigure, fetch_figure, is_open, plan_figures
from surveygen.pipeline.run_context import Progress, now
from surveygen.sources import arxiv
from surveygen.sources.http import BudgetError, NetworkDeps
from surveygen.sources.http.limiter import is_loopback
from surveygen.sources.http.retry import FEW_REQUESTS

_SOURCE = "html"  # of arXiv, and of the archived pages


@dataclass(frozen=True, slots=True)
class FullTextQuery:
    """The papers whose full text a person asks for: all of the store that are of arXiv, unless something is named.

    Attributes:
        ids: ids with or without version. theme: id of a theme, with those below it. cited: those that the draft cites.
        max_pages: at most so many pages are requested, those of the newest papers.
        figures: whether to fetch, for papers whose license permits to show it, the image of a figure.
    """

    ids: tuple[str, ...] = ()
    theme: str = ""
    cited: bool = False
    max_pages: int | None = None
    figures: bool = False


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page to request."""

    paper: PaperId
    version: int
    url: str


@dataclass(frozen=True, slots=True)
class FullTextPlan:
    """What a fetch of full texts will do.

    Attributes:
        pages: to request, in this order. seconds: how long that takes at least.
        unread: pages in the store that are read without a request, as a run ended before or their text is damaged.
        present: versions whose text is there. without_page: versions of which arXiv has no page.
        damaged: of the pages to read or to request, those whose stored text cannot be read.
        figures: whose image is requested after the pages. new_figures: at most so many more, of pages still to be read.
    """

    pages: tuple[PlannedPage, ...]
    seconds: float
    unread: tuple[FullTextRecord, ...] = ()
    present: int = 0
    without_page: int = 0
    damaged: tuple[str, ...] = ()
    figures: tuple[PlannedFigure, ...] = ()
    new_figures: int = 0

    def __bool__(self) -> bool:
        """Whether there is something to do."""
        return bool(self.pages or self.unread or self.figures)

    def summary(self) -> str:
        """Return the plan in one line, such as "500 pages, 2 h 05 min, resumes"."""
        count = len(self.pages)
        pages = "1 page" if count == 1 else f"{count} pages"
        words = [f"{pages}, {_duration(self.seconds)}, resumes" if count else "no page to fetch"]
        words += [f"figures: {len(self.figures)}"] * bool(self.figures)
        words += [f"figures of the new pages: at most {self.new_figures}"] * bool(self.new_figures)
        words += [f"to read without a request: {len(self.unread)}"] * bool(self.unread)
        words += [f"full texts that are there: {self.present}"] * bool(self.present)
        words += [f"without a page at arXiv: {self.without_page}"] * bool(self.without_page)
        words += [f"the stored text is damaged: {', '.join(self.damaged)}"] * bool(self.damaged)
        return "; ".join(words)


@dataclass(frozen=True, slots=True)
class FullTextResult:
    """What a fetch of full texts did; versions are named like 2101.00001v2.

    Attributes:
        outcome: "paused" if a budget was spent: the next run continues.
        read: versions whose text is now stored. without_page: those of which arXiv has no page.
        failed: those whose page or figure could not be used, with the reason.
        figures: versions of which the image of a figure is now stored.
    """

    outcome: Literal["complete", "paused"]
    read: tuple[str, ...] = ()
    without_page: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _TextWanted:
    """A version to have the text of; `date` is that of the paper."""

    paper: PaperId
    version: int
    date: str


def plan_full_text(project: Project, query: FullTextQuery) -> FullTextPlan:
    """Return what `fetch_full_text` would do; sends no request.

    Raises:
        ConfigError: an id is not of arXiv or not in the store, or there is no draft that cites anything.
        ThemeError: no paper is in the theme.
    """
    with Store.open(project.database) as store:
        source = _page_source(project.settings.sources.arxiv, NetworkDeps())
        return _plan(store, source, _versions_wanted(project, store, query), query)


def fetch_full_text(
    project: Project, query: FullTextQuery, progress: Progress, *, deps: NetworkDeps | None = None
) -> FullTextResult:
    """Fetch, read and store pages one by one; an interrupted run loses none and the next one continues.

    Refreshes and builds may run meanwhile.

    Args:
        project: the survey.
        query: the papers.
        progress: is told the plan first, then each page.
        deps: clock, timeouts and locks; a test sets its own.

    Raises:
        ConfigError, ThemeError: as for `plan_full_text`, or a contact is required for so many requests.
        SourceError: arXiv refused, or gave no usable answer. CorpusError: another run fetches full texts.
    """
    with _page_lock(project), Store.open(project.database) as store:
        source = _page_source(project.settings.sources.arxiv, deps or NetworkDeps())
        plan = _plan(store, source, _versions_wanted(project, store, query), query)
        progress.note(f"full text: {plan.summary()}")
        _require_contact(project.settings.sources.arxiv, plan)
        return _Run(project, store, progress).carry_out(plan, source)


def update_full_text(project: Project, progress: Progress, *, deps: NetworkDeps | None = None) -> FullTextResult | None:
    """Fetch the texts of new versions of papers that have a text; None if there are none.

    A failure gives a note, not an error: the texts of earlier versions are still there.
    """
    with Store.open(project.database) as store:
        source = _page_source(project.settings.sources.arxiv, deps or NetworkDeps())
        wanted = _new_versions(store)
        if not wanted:
            return None
        # With figures where one of an earlier version was fetched.
        plan = _plan(store, source, wanted, FullTextQuery(figures=bool(store.figures.records())))
        try:
            with _page_lock(project):
                progress.note(f"full text of new versions: {plan.summary()}")
                return _Run(project, store, progress).carry_out(plan, source)
        except (SourceError, ConfigError, CorpusError) as error:
            progress.note(f"full text: {error.message}; {error.hint}")
            return None


class _Run:
    """One run over pages to read and to request."""

    def __init__(self, project: Project, store: Store, progress: Progress) -> None:
        self._store = store
        self._progress = progress
        self._reader = TextReader(project, store)
        self._read: list[str] = []
        self._without_page: list[str] = []
        self._failed: list[tuple[str, str]] = []
        self._figures: list[str] = []

    def carry_out(self, plan: FullTextPlan, source: arxiv.PageSource) -> FullTextResult:
        """Read what is stored, then request page after page."""
        outcome: Literal["complete", "paused"] = "complete"
        steps = len(plan.unread) + len(plan.pages) + len(plan.figures)
        with self._progress.stage("full text", steps) as advance:
            for record in plan.unread:
                body = self._store.full_text.page(record.paper, record.version)
                self._note(self._reader.read(record, body or b""))
                advance(1)
            try:
                for page in plan.pages:
                    self._note(self._fetch(page, source))
                    if plan.new_figures:
                        for figure in plan_figures(self._store, source, [(page.paper, page.version)]):
                            self._note_figure(fetch_figure(self._store, source, figure))
                    advance(1)
                for figure in plan.figures:
                    self._note_figure(fetch_figure(self._store, source, figure))
                    advance(1)
            except BudgetError as error:
                self._progress.note(f"{error.message}; {error.hint}")
                outcome = "paused"
        read, without_page = tuple(self._read), tuple(self._without_page)
        return FullTextResult(outcome, read, without_page, tuple(self._failed), tuple(self._figures))

    def _fetch(self, page: PlannedPage, source: arxiv.PageSource) -> FullTextRecord:
        answer = source.fetch(page.paper, page.version)
        license_url = self._store.papers.license(page.paper, page.version)
        record = FullTextRecord(
            page.paper, page.version, answer.status, page.url, now(), license=license_url, reason=answer.reason
        )
        if answer.status != "fetched":
            self._store.full_text.put_record(record)
            return record
        # First the page, so that it is not requested again if the run ends here.
        record = self._store.full_text.put_page(record, RawPage(_SOURCE, page.url, record.at, answer.body))
        return self._reader.read(record, answer.body)

    def _note(self, record: FullTextRecord) -> None:
        if record.is_read:
            self._read.append(record.name)
        elif record.status == "none":
            self._without_page.append(record.name)
        else:
            self._failed.append((record.name, record.reason))

    def _note_figure(self, record: FigureRecord) -> None:
        if record.status == "fetched":
            self._figures.append(record.name)
        else:
            self._failed.append((record.name, f"figure: {record.reason}"))


class TextReader:
    """Reads pages into the store."""

    def __init__(self, project: Project, store: Store) -> None:
        self._keep_pages = project.settings.full_text.keep_pages
        self._store = store

    def read(self, record: FullTextRecord, body: bytes) -> FullTextRecord:
        """Store the units of a page that is in the store, or why it cannot be read; return the new record."""
        from surveygen.documents import read_page  # noqa: PLC0415  # quick commands need no parser

        try:
            title = self._store.papers.text(record.paper, record.version, "title")
            paper = self._store.papers.get(record.paper)
            title = title or (paper.title if paper else "")
            document = read_page(body, paper=record.paper, version=record.version, title=title)
            self._store.full_text.put_document(document, record, keep_page=self._keep_pages)
        except (SourceError, ValueError, RecursionError, MemoryError) as error:
            reason = error.message if isinstance(error, SourceError) else f"{type(error).__name__}: {error}"
            failed = replace(record, status="failed", reason=" ".join(reason.split())[:500])
            self._store.full_text.put_record(failed)
            return failed
        return replace(record, is_read=True)


def _page_lock(project: Project) -> AbstractContextManager[None]:
    """Return the lock of all that fetches pages, which may take hours; a build or a refresh does not wait for it."""
    return locked(project.database.with_name("full_text"), doing="fetching full texts for")


def _page_source(settings: ArxivSettings, deps: NetworkDeps) -> arxiv.PageSource:
    source: arxiv.PageSource = plugins.load("sources.arxiv", _SOURCE).make(settings, deps)
    return source


def _require_contact(settings: ArxivSettings, plan: FullTextPlan) -> None:
    requests = len(plan.pages) + len(plan.figures) + plan.new_figures
    if requests > FEW_REQUESTS and not settings.contact and not is_loopback(settings.html_url):
        raise ConfigError(
            f"{requests} requests to arXiv require a contact address",
            'set contact = "you@example.org" under [sources.arxiv]',
            path="sources.arxiv.contact",
        )


def _plan(store: Store, source: arxiv.PageSource, wanted: Sequence[_TextWanted], query: FullTextQuery) -> FullTextPlan:
    """Divide versions into those to request, to read and to leave alone; those that failed before come last."""
    records = {(record.paper, record.version): record for record in store.full_text.records()}
    fresh: list[PlannedPage] = []
    again: list[PlannedPage] = []
    unread: list[FullTextRecord] = []
    damaged: list[str] = []
    present: list[tuple[PaperId, int]] = []
    without_page = 0
    for item in wanted:
        record = records.get((item.paper, item.version))
        page = PlannedPage(item.paper, item.version, source.url(item.paper, item.version))
        if record is None:
            fresh.append(page)
        elif record.is_read and store.full_text.is_whole(item.paper, item.version):
            present.append((item.paper, item.version))
        elif record.status == "none" and record.url == page.url:
            without_page += 1
        else:
            damaged += [record.name] * record.is_read
            if record.sha256 and store.full_text.page(item.paper, item.version) is not None:
                unread.append(record)
            else:
                (again if record.status == "failed" else fresh).append(page)
    pages = tuple([*fresh, *again][: query.max_pages])
    figures: tuple[PlannedFigure, ...] = ()
    new_figures = 0
    if query.figures:
        read = [*present, *((record.paper, record.version) for record in unread)]
        figures = tuple(plan_figures(store, source, read))
        new_figures = sum(is_open(store, page.paper, page.version) for page in pages)
    seconds = (len(pages) + len(figures) + new_figures) * source.interval
    counts = (len(present), without_page, tuple(damaged))
    return FullTextPlan(pages, seconds, tuple(unread), *counts, figures, new_figures)


def _versions_wanted(project: Project, store: Store, query: FullTextQuery) -> list[_TextWanted]:
    """Return the versions that a person asks for, the newest papers first."""
    if query.ids:
        return [_named(store, text) for text in dict.fromkeys(query.ids)]
    chosen: set[PaperId] | None = None
    if query.theme:
        chosen = _theme_members(store, query.theme)
    if query.cited:
        cited = _cited_papers(project)
        chosen = cited if chosen is None else chosen & cited
    excluded = excluded_papers(store.decisions.all())
    papers = (paper for paper in store.papers.all(status=("active", "reinstated")) if paper.id not in excluded)
    return _newest_first(paper for paper in papers if is_arxiv_id(paper.id) and (chosen is None or paper.id in chosen))


def _newest_first(papers: Iterable[Paper]) -> list[_TextWanted]:
    found = [_TextWanted(paper.id, paper.version, paper.date or "") for paper in papers]
    return sorted(sorted(found, key=lambda item: item.paper), key=lambda item: item.date, reverse=True)


def _named(store: Store, text: str) -> _TextWanted:
    parsed = parse_arxiv_id(text)
    if parsed is None:
        raise ConfigError(f"--ids: {text!r} is not an arXiv id", "write it like 2107.05580 or hep-th/9901001v2")
    paper = store.papers.get(parsed[0])
    if paper is None:
        raise ConfigError(f"--ids: {parsed[0]} is not in the store", f"run first: surveygen fetch --ids {parsed[0]}")
    return _TextWanted(paper.id, parsed[1] or paper.version, paper.date or "")


def _theme_members(store: Store, theme: str) -> set[PaperId]:
    state = ASSIGNMENTS.load(store)
    assignments = [item.assignment for item in state.present] if state else []
    members = {item.paper for item in assignments if item.belongs(ThemeId(theme))}
    if not members:
        themes = sorted({name for item in assignments for name in item.path})
        hint = did_you_mean(theme, themes) if themes else "run first: surveygen build"
        raise ThemeError(f"no paper is in a theme {theme!r}", hint)
    return members


def _cited_papers(project: Project) -> set[PaperId]:
    """Return the papers that the sentences of the last draft cite, by its survey.json."""
    for language in project.settings.languages:
        path = project.output / project.settings.slug / language / "survey.json"
        try:
            return {PaperId(paper) for paper in _cites(json.loads(path.read_bytes())["sections"])}
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ConfigError(f"{path} cannot be read", "run first: surveygen build --format json") from error
    raise ConfigError("--cited: there is no draft yet", "run first: surveygen build --format json")


def _cites(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        cites = node.get("cites")
        yield from (name for name in cites if isinstance(name, str)) if isinstance(cites, list) else ()
        for value in node.values():
            yield from _cites(value)
    elif isinstance(node, list):
        for value in node:
            yield from _cites(value)


def _new_versions(store: Store) -> list[_TextWanted]:
    """Return the newest versions of papers with the text of an earlier one, if nothing is known of them."""
    records = store.full_text.records()
    recorded = {(record.paper, record.version) for record in records if record.is_read or record.status != "fetched"}
    latest: dict[PaperId, int] = {}
    for record in records:
        if record.is_read:
            latest[record.paper] = max(record.version, latest.get(record.paper, 0))
    papers = (paper for name in latest if (paper := store.papers.get(name)) is not None)
    return _newest_first(
        paper
        for paper in papers
        if paper.status != "withdrawn"
        and paper.version > latest[paper.id]
        and (paper.id, paper.version) not in recorded
    )


def _duration(seconds: float) -> str:
    """Return a time such as "2 h 05 min", "12 min" or "45 s".

    >>> _duration(7500), _duration(720), _duration(45)
    ('2 h 05 min', '12 min', '45 s')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
