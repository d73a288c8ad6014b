"""Bounds of everything that comes into a store, from whatever source.

Readers of files and servers keep within them on their own; lines of a dump, which anybody can write, may not. Texts are
cleaned, as no reader could do anything else about them; an id, date or number out of bounds is refused with the name of
its field, as another value would be another statement.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from surveygen.corpus.merge import PaperHistory
from surveygen.domain.citation import CitationRecord
from surveygen.domain.decision import Decision
from surveygen.domain.paper import Author, Paper, PaperVersion, PendingPaper, is_arxiv_id
from surveygen.domain.text import MAX_TEXT, MAX_TITLE, clean
from surveygen.domain.theme import Theme

FIRST_YEAR = 1600  # journals began in 1665
FIRST_ARXIV_DAY = "1991-08-01"
MAX_VERSION = 9999  # numbers of arXiv have four digits
MAX_ID = 500
_MAX_SIZE_KB = 2**40
_MAX_LIST = 10_000  # authors, versions or references of a paper; the longest list of authors has 5,000
_MAX_EXTRA = 20_000  # characters of one value
_MAX_NUMBER = 10**9  # decisions
_LIMITS = {
    "title": MAX_TITLE,
    "abstract": MAX_TEXT,
    "comment": 2000,
    "journal_ref": 500,
    "doi": 300,
    "license": 300,
    "url": 1000,
    "primary_category": 100,
}
# Controls, surrogates, bidi overrides, characters without a width (but those that join letters), and tag characters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_CITE_KEY = re.compile(r"""[^\s{}"'(),=\\%#~\x00-\x1f]{1,200}\Z""")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}Z)?)?)?\Z", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.ASCII)


def checked_record(record: PaperHistory | PendingPaper) -> PaperHistory | PendingPaper:
    """Return a record with clean texts and without dates of authority after tomorrow.

    Raises:
        ValueError: an id, a date, a number or the length of a list is out of bounds; it names the field.
    """
    if isinstance(record, PendingPaper):
        check_id("id", record.id)
        _check_number("version", 1 if record.version is None else record.version, 1, MAX_VERSION)
        return record
    _check_length("texts", record.texts)
    return PaperHistory(_checked_paper(record.paper), tuple(map(_checked_paper, record.texts)))


def checked_theme(theme: Theme) -> Theme:
    """Return a theme with clean texts.

    Raises:
        ValueError: an id or the length of a list is out of bounds.
    """
    check_id("id", theme.id)
    for name in ("keywords", "seeds", "names"):
        _check_length(name, getattr(theme, name))
    for seed in theme.seeds:
        check_id("seeds", seed)
    return replace(
        theme,
        name=_text(theme.name, MAX_TITLE),
        description=_text(theme.description, MAX_TEXT),
        keywords=tuple(_text(word, MAX_TITLE) for word in theme.keywords),
        names=tuple((_text(code, 20), _text(name, MAX_TITLE)) for code, name in theme.names),
    )


def checked_decision(decision: Decision) -> Decision:
    """Return a decision as it is.

    Raises:
        ValueError: an id, a date, a number or a text is out of bounds.
    """
    _check_number("number", decision.number, 1, _MAX_NUMBER)
    check_moment("at", decision.at)
    check_id("subject", decision.subject)
    texts = {
        "author": (decision.author, 300),
        "target": (decision.target, MAX_TEXT),
        "proposal": (decision.proposal, 300),
    }
    if (edit := decision.edit) is not None:
        check_id("claim", edit.claim)
        texts |= {"original": (edit.original, MAX_TEXT), "after": (edit.after, MAX_ID)}
        _check_length("basis", edit.basis)
        for source in edit.basis:
            check_id("basis", source.paper)
            _check_number("basis", source.version, 1, MAX_VERSION)
    for name, (text, limit) in texts.items():
        if len(text) > limit or _CONTROLS.search(text):
            raise ValueError(f"{name}: longer than {limit} characters, or with control characters")
    _check_length("themes", decision.themes)
    for theme in decision.themes:
        checked_theme(theme)
    return decision


def checked_citations(record: CitationRecord) -> CitationRecord:
    """Return the answer of a graph with clean texts.

    Raises:
        ValueError: an id or the length of a list is out of bounds.
    """
    for name, text in (("paper", record.paper), ("provider", record.provider), *(("ids", name) for name in record.ids)):
        check_id(name, text)
    _check_length("references", record.references)
    for work in record.references:
        for name in work.ids:
            check_id("references", name)
    works = (
        replace(work, title=_text(work.title, MAX_TITLE), authors=_text(work.authors, MAX_TITLE))
        for work in record.references
    )
    return replace(record, references=tuple(works))


def check_id(field: str, text: str) -> None:
    """Refuse an id that cannot be shown, or that looks like another one.

    Raises:
        ValueError: it is empty, too long, or has invisible characters or outer blanks.
    """
    if not text or len(text) > MAX_ID or text != text.strip():
        raise ValueError(f"{field}: {text!a:.60} is empty, longer than {MAX_ID} characters, or has blanks around it")
    check_characters(field, text)


def check_characters(field: str, text: str) -> None:
    """Refuse invisible characters.

    Raises:
        ValueError: there are some.
    """
    found = next((char for char in text if unicodedata.category(char) in _INVISIBLE), None)
    if found is not None:
        raise ValueError(f"{field}: {text!a:.60} has the invisible character U+{ord(found):04X}")


def check_text(field: str, text: str) -> None:
    """Refuse text with controls, bidi overrides or characters without a width, where nothing may be changed.

    Raises:
        ValueError: there are some.
    """
    if not (text.isascii() and text.isprintable()) and (found := _UNSAFE.search(text)):
        raise ValueError(f"{field}: {text!a:.60} has the invisible character U+{ord(found[0]):04X}")


def check_cite_key(key: str) -> None:
    """Refuse a cite key that BibTeX cannot read.

    Raises:
        ValueError: it has other characters, or too many.
    """
    if not _CITE_KEY.match(key) or _UNSAFE.search(key):
        raise ValueError(f"cite_key: {key!a:.60} is not a key that BibTeX can read")


def check_moment(field: str, text: str) -> None:
    """Refuse what is not a time like 2026-01-31T12:00:00Z.

    Raises:
        ValueError: it is none.
    """
    try:
        valid = bool(_MOMENT.match(text) and datetime.fromisoformat(text))
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"{field}: {text!a:.60} is not a time like 2026-01-31T12:00:00Z")


def check_date(field: str, text: str | None, first: str = "0001", latest: str = "9999-12-31T23:59:59Z") -> None:
    """Refuse what is not a date of the calendar, as precise as it is, between two others.

    Raises:
        ValueError: it is none.
    """
    if text is None:
        return
    try:
        date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])
        valid = bool(_DATE.match(text)) and (len(text) <= 10 or bool(datetime.fromisoformat(text)))
    except ValueError:
        valid = False
    if not valid or not first[: len(text)] <= text <= latest:
        raise ValueError(f"{field}: {text!a:.60} is not a date from {first} to {latest[:10]}")


def _checked_paper(paper: Paper) -> Paper:
    check_id("id", paper.id)
    _check_number("version", paper.version, 1, MAX_VERSION)
    today = datetime.now(UTC).date()
    latest, tomorrow = f"{today.year + 1}-12-31T23:59:59Z", (today + timedelta(days=1)).isoformat()
    for name in ("published", "updated"):
        check_date(name, getattr(paper, name), f"{FIRST_YEAR}", latest)
    for name in ("authors", "versions", "categories", "extra", "field_provenance"):
        _check_length(name, getattr(paper, name))
    for version in paper.versions:
        _check_version(version, FIRST_ARXIV_DAY if is_arxiv_id(paper.id) else f"{FIRST_YEAR}", latest)
    for key, value in paper.extra:
        if len(key) > _LIMITS["license"] or len(value) > _MAX_EXTRA:
            raise ValueError(f"extra: {key!a:.60} is longer than {_MAX_EXTRA} characters")
    check_date("as_of", paper.datestamp)
    changes: dict[str, object] = {
        name: text
        for name, limit in _LIMITS.items()
        if (text := _text(getattr(paper, name), limit)) != getattr(paper, name)
    }
    if not changes.get("title", paper.title):
        raise ValueError("title: nothing but invisible characters")
    authors = tuple(map(_checked_author, paper.authors))
    categories = tuple(_text(term, _LIMITS["primary_category"]) for term in paper.categories)
    provenance = tuple(item for item in paper.field_provenance if item[2][:10] <= tomorrow)
    datestamp = paper.datestamp if (paper.datestamp or "") <= f"{tomorrow}T24" else None
    whole = {"authors": authors, "categories": categories, "field_provenance": provenance, "datestamp": datestamp}
    changes |= {name: value for name, value in whole.items() if value != getattr(paper, name)}
    return paper.with_changes(**changes) if changes else paper


def _checked_author(author: Author) -> Author:
    _check_length("affiliations", author.affiliations)
    name, own = _text(author.name, MAX_TITLE), tuple(_text(place, MAX_TITLE) for place in author.affiliations)
    return author if (name, own) == (author.name, author.affiliations) else Author(name, own)


def _check_version(version: PaperVersion, first: str, latest: str) -> None:
    _check_number("versions", version.n, 1, MAX_VERSION)
    _check_number("size_kb", version.size_kb, 0, _MAX_SIZE_KB)
    check_date("submitted_at", version.submitted_at, first, latest)
    if len(version.flags) > 10 or _UNSAFE.search(version.flags):
        raise ValueError(f"flags: {version.flags!a:.60} has more than ten characters, or invisible ones")


def _check_number(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise ValueError(f"{field}: {number:.6g} is not a number from {least} to {most}")


def _check_length(field: str, items: Iterable[object]) -> None:
    count = sum(1 for _ in items)
    if count > _MAX_LIST:
        raise ValueError(f"{field}: {count} items, more than {_MAX_LIST}")


def _text(text: str, limit: int) -> str:
    if len(text) <= limit and ((text.isascii() and text.isprintable()) or not _UNSAFE.search(text)):
        return text
    return _UNSAFE.sub("", clean(text, limit))
