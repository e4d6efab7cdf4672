"""The story of one case's counts: who answers whom, how near to running away, and is it to be believed."""

import warnings as python_warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detente.measures.counts import Counts
from detente.model.diagnostics import FitDiagnostics, diagnose_fit
from detente.model.errors import BadCounts
from detente.model.fit import FittedModel, fit_model
from detente.model.summaries import (
    PosteriorInterval,
    Responses,
    crisis_half_life,
    criticality,
    direct_responses,
    total_responses,
)


class NamedPeriod(Protocol):
    """A named stretch of days; the regimes of a case are such."""

    @property
    def name(self) -> str: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reader is told, with what it rests on.

    Fields:
        system: the fit. direct, total: responses within `direct.days` days. criticality, half_life: of the
            whole.
        check: what the fit left over. silent: channels without events, left out. unwatched: events on days
            that nobody watched systematically, left out. warnings: sentences for the reader, in order of
            weight.
    """

    system: FittedModel
    direct: Responses
    total: Responses
    criticality: PosteriorInterval
    half_life: PosteriorInterval
    check: FitDiagnostics
    silent: tuple[str, ...]
    unwatched: int
    warnings: tuple[str, ...]


def explain(
    counts: Counts, regimes: Iterable[NamedPeriod] = (), *, rng: np.random.Generator, days: int = 30,
    level: float = 0.9, draws: int = 500,
) -> Explanation:  # fmt: skip
    """Fit the system to a case's counts and read off all answers.

    Args:
        counts: from `measures.counts`. regimes: named stretches in which the rules were others
            (`case.regimes`).
        days: within which a response is counted. level: of the intervals.

    Example:
        >>> from datetime import date, timedelta
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=1500)
        >>> e = explain(Counts(date(2020, 1, 1), w.channels, w.y, w.coverage, np.zeros(2, int)),
        ...             rng=np.random.default_rng(0))
        >>> bool(e.direct.positive[1, 0] > 0.95), e.silent
        (True, ())
    """
    watched = counts.coverage > 0
    heard = counts.y[watched].sum(axis=0) > 0
    if not heard.any():
        raise BadCounts(counts.channels, "no events on any day that was watched systematically")
    silent = tuple(n for n, h in zip(counts.channels, heard, strict=True) if not h)
    names = tuple(n for n, h in zip(counts.channels, heard, strict=True) if h)
    unwatched = int(counts.y[~watched].sum())
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # what it would say stands in `warnings` below
        s = fit_model(counts.y[:, heard], counts.coverage, regime_indicators(counts, regimes), rng=rng, channels=names,
                draws=draws, leave_out_unwatched=True)  # fmt: skip
    c = diagnose_fit(s, rng)
    said = []
    if s.too_few:
        said.append(f"Too little data for {', '.join(s.too_few)} (under 30 events each): read as unknown.")
    if s.doubtful:
        said.append(f"The intervals of {', '.join(s.doubtful)} are approximate: the draws behind them had not settled.")
    if c.bad:
        said.append(f"The model leaves something over for {', '.join(c.bad)}; see the picture of the fit.")
    for step in s.steps:
        first = counts.first + timedelta(days=step.day)
        said.append(
            f"From {first} on all channels together run at {step.ratio:.1f} times their level, which no named regime says; "
            "the step was taken out before answers were sought."
        )
    if silent:
        said.append(f"No events on watched days, left out: {', '.join(silent)}.")
    if unwatched:
        said.append(f"{unwatched} events fell on days that nobody watched systematically and were left out.")
    return Explanation(
        s, direct_responses(s, days, level=level), total_responses(s, days, level=level), criticality(s, level=level),
        crisis_half_life(s, level=level), c, silent, unwatched, tuple(said),
    )  # fmt: skip


def regime_indicators(counts: Counts, regimes: Iterable[NamedPeriod]) -> dict[str, NDArray[np.bool_]]:
    """On which of the counted days did each regime hold? Stretches of one name are one regime."""
    days, out = np.array(counts.days), dict[str, NDArray[np.bool_]]()
    for r in regimes:
        on = (days >= r.first) & (days <= (r.last or days[-1]))
        out[r.name] = out.get(r.name, np.zeros(len(days), dtype=bool)) | on
    return out
