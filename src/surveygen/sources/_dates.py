"""Read dates in the forms that sources print them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_PARTIAL = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?/*\Z")


def iso(value: object) -> str | None:
    """Normalize a date to ISO 8601, as precise as given, times in UTC; None if it is no date.

    Reads years, ``2023-05``, ``2023/05/01``, ISO date-times with or without offset (UTC is meant if none is given)
    and the RFC 822 dates of e-mail.

    >>> iso("Mon, 2 Apr 2007 19:18:42 GMT")
    '2007-04-02T19:18:42Z'
    >>> iso("2023/5")
    '2023-05'
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    partial = _PARTIAL.match(text)
    if partial:
        return _checked(*(int(part) if part else None for part in partial.groups()))
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _utc(read(text))
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _checked(year: int | None, month: int | None, day: int | None) -> str | None:
    try:
        whole = date(year or 0, month or 1, day or 1).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7] if month else whole[:4]


def _utc(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
