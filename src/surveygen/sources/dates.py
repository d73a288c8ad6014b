"""Dates of records, from exact ones to those that people write."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_YEAR = 1600  # journals began in 1665; an earlier year is how a program writes "no date"
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?/*\Z")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z")
_SECONDS = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?\Z")  # since 1970: of 1973 to 2286
# The first part of a range "2020-05/2021" or "2020--2021"; the second may be open. "2020/05" is a month.
_RANGE = re.compile(
    r"([0-9]{4}(?:-[0-9]{2}){0,2})(?:T[0-9:.]+Z?)?\s*(?:/|--|–|\s-\s|-(?=[0-9]{4}))\s*"
    r"(?:[0-9]{4}\b.*|\.\.|open|)\Z"
)
# RIS: year/month/day/other information, each of which may be missing or in words.
_SLASHES = re.compile(r"([0-9]{4})/([^/]*)(?:/([^/]*))?(?:/.*)?\Z", re.DOTALL)
_ZEROS = re.compile(r"(?<=^[0-9]{4})(?:[-/]00){1,2}\Z")  # how databases write an unknown month or day
_NO_TIME = re.compile(r"(?<=^[0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00(?:\.0+)?(?:\+00:00|Z)?\Z")
_LONE_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th)?(?![0-9])")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    "december",
)


def iso_date(value: object) -> str | None:
    """Normalize a date to ISO 8601, as precise as given, times in UTC; None if it is not a valid date.

    Reads years, ``2023-05``, ``2023/05/01``, ISO date-times with or without offset (UTC is assumed without one) and the
    RFC 822 dates of e-mail.

    >>> iso_date("Mon, 2 Apr 2007 19:18:42 GMT")
    '2007-04-02T19:18:42Z'
    >>> iso_date("2023/5")
    '2023-05'
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if partial := _PARTIAL_DATE.match(text):
        return _whole(*partial.groups())
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def paper_date(value: object) -> str | None:
    """Return the date of a paper from 1600 to next year as precisely as it can be read, else None.

    Reads what `iso_date` reads, seconds since 1970, the start of a range, months by their English names, and a year
    that stands alone among other signs.

    >>> [paper_date(text) for text in ("5 May 2023", "c. 2015", "2020-05-03/2021-01-01", "in press", "0001-01-01")]
    ['2023-05-05', '2015', '2020-05-03', None, None]
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()[:200]
    found = _exact(text)
    years = set(_LONE_YEAR.findall(text))
    if not found and len(years) == 1 and not re.fullmatch(r"[0-9][0-9T:.Z/+-]*", text):
        year, month = years.pop(), _month_of(text)
        days = _DAY.findall(_LONE_YEAR.sub(" ", text)) if month else []
        found = _whole(year, month, days[0] if len(days) == 1 else None) or _whole(year, month, None)
    return found if found and FIRST_YEAR <= int(found[:4]) <= next_year() else None


def is_exact_date(value: object) -> bool:
    """Whether `paper_date` loses nothing of a value."""
    return value in (None, "") or (iso_date(value) is not None and iso_date(value) == paper_date(value))


def next_year() -> int:
    """Return the year after this one by the clock of the computer; a paper may carry it, but no later one."""
    return datetime.now(UTC).year + 1


def _exact(text: str) -> str | None:
    text = _NO_TIME.sub("", _ZEROS.sub("", text))
    if compact := _COMPACT.match(text):
        return _whole(*compact.groups())
    if _SECONDS.match(text):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(float(text)))).date().isoformat()
    if span := _RANGE.match(text):
        return iso_date(span[1])
    if found := iso_date(text):
        return found
    if parts := _SLASHES.match(text):
        month, day = (re.match(r"\s*([0-9]{1,2})\s*\Z", part or "") for part in parts.groups()[1:])
        return _whole(parts[1], month[1] if month else _month_of(parts[2]), day[1] if month and day else None)
    return None


def _month_of(text: str) -> str | None:
    """Return the number of the first English name of a month in a text."""
    for word in _WORD.findall(text.lower()):
        number = _MONTHS.get(word[:3])
        if number and (len(word) == 3 or word == "sept" or _MONTH_NAMES[number - 1].startswith(word)):
            return str(number)
    return None


def _whole(year: str | None, month: str | None, day: str | None) -> str | None:
    try:
        exact = date(int(year or 0), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
    return exact if day else exact[:7] if month else exact[:4]
