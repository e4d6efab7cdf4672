"""The time of the server, which never goes back while the process runs.

A clock that is set back would lengthen sessions and reopen comments for editing. The monotonic clock gives the least time
that has passed since the process started; a clock that is set forward is followed. Across a restart, whatever was made in
"the future" counts as expired (`MAX_SKEW`).
"""

import time
from datetime import UTC, datetime, timedelta

MAX_SKEW = timedelta(minutes=2)  # by which the clocks of two servers on one database may differ

_STARTED = datetime.now(UTC)
_MONOTONIC = time.monotonic()


def utc_now() -> datetime:
    """Return the time in UTC, at least as late as the process has lived since its start."""
    return max(datetime.now(UTC), _STARTED + timedelta(seconds=time.monotonic() - _MONOTONIC))


def is_from_future(moment: datetime, now: datetime) -> bool:
    """Return whether something was made later than now, by more than the clocks of two servers may differ.

    Example:
        >>> noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
        >>> is_from_future(noon + timedelta(days=30), noon), is_from_future(noon, noon)
        (True, False)
    """
    return moment - now > MAX_SKEW
