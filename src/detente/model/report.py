"""Report on one case: fit, responses, criticality, residual diagnostics and warnings."""

import warnings as python_warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detente.measures.counts import Counts
from detente.model import summaries
from detente.model.diagnostics import FitDiagnostics, diagnose_fit
from detente.model.errors import BadCounts
from detente.model.fit import FittedModel, fit_model
from detente.model.kernels import VISIBLE_DELAY_BASIS, VISIBLE_DELAY_DAYS
from detente.model.summaries import PosteriorInterval, Responses


class NamedPeriod(Protocol):
    """A named period of days, such as a regime of a case."""

    @property
    def name(self) -> str: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """Responses of a case, with the fit and diagnostics behind them.

    Fields:
        system: the fit. direct, total: responses within `direct.days` days. criticality, half_life: of the whole.
        check: residual diagnostics. silent: channels without events, left out. unwatched: number of events on days
            without systematic coverage, left out. warnings: sentences for the reader, most important first.
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
    level: float = 0.9, draws: int = 500, without_day: int = 0,
) -> Explanation:  # fmt: skip
    """Fit the model to a case's counts and summarise the responses.

    Args:
        counts: from `daily_counts`. regimes: named periods with other rules (`case.regimes`).
        days: period in which a response is counted. level: of the intervals. without_day: number of events that the
            counts leave out since their day is not known, for the warnings.

    Example:
        >>> from datetime import date, timedelta
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=1500)
        >>> e = explain(Counts(date(2020, 1, 1), w.channels, w.y, w.coverage, np.zeros(2, int)),
        ...             rng=np.random.default_rng(0))
        >>> bool(e.direct.positive[1, 0] > 0.95), e.silent
        (True, ())
    """
    observed = counts.coverage > 0
    active = counts.y[observed].sum(axis=0) > 0
    if not active.any():
        raise BadCounts(counts.channels, "there are no events on days with systematic coverage")
    silent = tuple(n for n, h in zip(counts.channels, active, strict=True) if not h)
    names = tuple(n for n, h in zip(counts.channels, active, strict=True) if h)
    unwatched = int(counts.y[~observed].sum())
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # `warnings` below says the same
        s = fit_model(counts.y[:, active], counts.by_channel[:, active], regime_indicators(counts, regimes), rng=rng, channels=names,
                draws=draws, leave_out_unwatched=True)  # fmt: skip
    diagnostics = diagnose_fit(s, rng)
    messages = describe_fit_problems(s, diagnostics, counts, without_day)
    return Explanation(
        s, summaries.direct_responses(s, days, level=level), summaries.total_responses(s, days, level=level),
        summaries.criticality(s, level=level), summaries.crisis_half_life(s, level=level), diagnostics, silent,
        unwatched, messages,
    )  # fmt: skip


def describe_fit_problems(
    s: FittedModel, diagnostics: FitDiagnostics, counts: Counts, without_day: int = 0
) -> tuple[str, ...]:
    """Describe what to know before reading a fit, most important first: few events, failed tests, change points, events left out."""
    messages = []
    if s.too_few:
        messages.append(f"Too little data for {', '.join(s.too_few)} (under 30 events each): treat as not estimated.")
    if s.doubtful:
        messages.append(f"The intervals of {', '.join(s.doubtful)} are approximate: the draws did not converge.")
    if diagnostics.bad:
        messages.append(f"Residual diagnostics fail for {', '.join(diagnostics.bad)}; see the picture of the fit.")
    for change in s.steps:
        first = counts.first + timedelta(days=change.day)
        messages.append(
            f"Change point on {first}: the overall event rate changes by a factor of {change.ratio:.1f}. "
            "No named regime covers it, so the model includes it as a level shift."
        )
    observed = counts.coverage > 0
    silent = [n for n in counts.channels if n not in s.channels]
    if silent:
        messages.append(f"No events on observed days, left out: {', '.join(silent)}.")
    if unwatched := int(counts.y[~observed].sum()):
        messages.append(f"{unwatched} events on days without systematic coverage were left out.")
    if without_day:
        messages.append(f"{without_day} events known only to the week or month were left out of the fit.")
    messages.append(f"A response later than about {VISIBLE_DELAY_DAYS} days is often not seen ({VISIBLE_DELAY_BASIS}).")
    return tuple(messages)


def regime_indicators(counts: Counts, regimes: Iterable[NamedPeriod]) -> dict[str, NDArray[np.bool_]]:
    """Mark the days of each regime; periods of one name are one regime."""
    days, out = np.array(counts.days), dict[str, NDArray[np.bool_]]()
    for r in regimes:
        in_regime = (days >= r.first) & (days <= (r.last or days[-1]))
        out[r.name] = out.get(r.name, np.zeros(len(days), dtype=bool)) | in_regime
    return out
