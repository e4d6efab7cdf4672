"""The day of today, in one place, so that tests can set it."""

from datetime import UTC, date, datetime


def today() -> date:
    """Today in UTC."""
    return datetime.now(tz=UTC).date()
