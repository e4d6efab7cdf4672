"""Progress on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any


@contextmanager
def progress(what: str, unit: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes the number done. The line is shown only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.completed:,.0f} " + unit),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


QUIET_SECONDS = 0.6
"""Work that is done sooner shows no progress."""


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that takes the step at work, the steps done and all steps; shown on a terminal once it takes a while."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    latest: list[tuple[str, int, int]] = [("starting", 0, 1)]
    bars: list[Any] = []
    lock = Lock()

    def draw() -> None:
        for bar in bars:
            step, done, total = latest[0]
            bar.update(bar.task_ids[0], description=step, completed=done, total=total)

    def start() -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with lock:
            bar = Progress(*columns, console=Console(stderr=True), transient=True)
            bar.add_task(latest[0][0], total=latest[0][2])
            bar.start()
            bars.append(bar)
            draw()

    def report(step: str, done: int, total: int) -> None:
        with lock:
            latest[0] = (step, done, total)
            draw()

    timer = Timer(QUIET_SECONDS, start)
    timer.daemon = True
    timer.start()
    try:
        yield report
    finally:
        timer.cancel()
        timer.join()
        for bar in bars:
            bar.stop()
