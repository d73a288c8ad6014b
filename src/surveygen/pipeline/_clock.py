"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from surveygen.corpus import Store
from surveygen.environment import now_override
from surveygen.errors import ConfigError

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def now() -> str:
    """Return the time in UTC, ISO 8601 with seconds; SOURCE_DATE_EPOCH goes before the clock.

    Raises:
        ConfigError: SOURCE_DATE_EPOCH is not a number of seconds.
    """
    fixed = now_override()
    if fixed is None:
        return datetime.now(UTC).strftime(_FORMAT)
    try:
        return datetime.fromtimestamp(int(fixed), UTC).strftime(_FORMAT)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(f"SOURCE_DATE_EPOCH: {fixed!r} is not a number of seconds", "unset it or mend it") from error


def days_ago(days: int) -> str:
    """Return the time some days ago, at most a century, in the form of `now`."""
    moment = datetime.fromisoformat(now()) - timedelta(days=min(days, 36_525))
    return moment.strftime(_FORMAT)


def generated_at(store: Store) -> str:
    """Return the date of a draft: that of the last change of the corpus, so that a rebuild gives the same bytes."""
    return now() if now_override() is not None else store.changed_at()
