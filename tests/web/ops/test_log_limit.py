"""Tests of the log that does not flood."""

import logging

from detente.web.ops.log_limit import MAX_MESSAGES, PERIOD_S, RepeatFilter


def _record(text: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("asyncio", logging.ERROR, __file__, 1, text, args, None)


def test_repeated_messages_are_left_out_and_counted() -> None:
    """Five of a thousand like messages pass, others pass beside them, and the next minute names how many were left out."""
    now = 0.0
    f = RepeatFilter(lambda: now)
    passed = [f.filter(_record("socket.accept() out of system resource %s", i)) for i in range(1000)]
    assert passed == [True] * MAX_MESSAGES + [False] * (1000 - MAX_MESSAGES)
    assert f.filter(_record("another"))
    now = PERIOD_S + 1
    last = _record("socket.accept() out of system resource %s", 7)
    assert f.filter(last)
    assert str(1000 - MAX_MESSAGES) in last.getMessage()


def test_errors_of_different_lines_are_different_kinds() -> None:
    """An error is shown although another one has filled the log."""
    f = RepeatFilter(lambda: 0.0)

    def fail(kind: int) -> logging.LogRecord:
        try:
            if kind:
                raise ValueError("one")
            raise ValueError("two")
        except ValueError as e:
            return logging.LogRecord("uvicorn.error", 40, __file__, 1, "Exception", (), (type(e), e, e.__traceback__))

    assert [f.filter(fail(0)) for _ in range(7)].count(True) == MAX_MESSAGES
    assert f.filter(fail(1))
