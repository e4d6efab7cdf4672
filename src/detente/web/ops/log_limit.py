"""A log that does not flood: of each message at most five a minute, then their number."""

import logging
import time
from collections.abc import Callable

LOGGERS = ("asyncio", "uvicorn.error", "detente.web")
MAX_MESSAGES = 5  # of one kind
PERIOD_S = 60.0
MAX_KINDS = 500


class RepeatFilter(logging.Filter):
    """Let the first messages of a kind through in each minute. The first of the next minute names how many were left out.

    A kind is the text before its values are filled in and, of an exception, its type and line.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self._kinds: dict[tuple[object, ...], list[float]] = {}  # start of the minute, messages in it

    def filter(self, record: logging.LogRecord) -> bool:
        now, kind = self.clock(), _kind_of(record)
        if kind not in self._kinds and len(self._kinds) >= MAX_KINDS:
            self._kinds.clear()
        start, n = self._kinds.get(kind, [now, 0])
        if now - start >= PERIOD_S:
            if (left_out := int(n) - MAX_MESSAGES) > 0:
                record.msg, record.args = f"{record.getMessage()} ({left_out:,} more like it were left out)", ()
            start, n = now, 0
        self._kinds[kind] = [start, n + 1]
        return n < MAX_MESSAGES


def _kind_of(record: logging.LogRecord) -> tuple[object, ...]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.name, str(record.msg)[:200]
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return record.name, type(error), (at.tb_frame.f_code.co_filename, at.tb_lineno) if at else None


def limit_logs() -> None:
    """Add the filter to the loggers of the server, once in a process."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(f, RepeatFilter) for f in logger.filters):
            logger.addFilter(RepeatFilter())
