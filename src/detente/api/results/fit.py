"""A fitted model and its responses, of a case or of counts that somebody brings."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.api.results.base import ResultHeader, build_frame, build_html_table, result_data
from detente.cases.channel_rule import CHANNELS
from detente.claims.verdict import ORDER as VERDICT_ORDER
from detente.core.errors import UnknownKey, nearest, quoted_choices
from detente.core.extras import require_extra
from detente.core.rng import make_rng
from detente.model.diagnostics import FitDiagnostics, diagnose_fit
from detente.model.errors import TooFewEvents
from detente.model.fit import FittedModel, fit_model
from detente.model.responses_table import ResponseRow, tabulate_responses
from detente.model.summaries import PosteriorInterval, Responses, crisis_half_life, criticality, total_responses

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

DEFAULT_DAYS, DEFAULT_LEVEL, DEFAULT_DRAWS = 30, 0.9, 500


class UnknownResponse(UnknownKey):
    """A response was asked for between kinds of event that the model does not hold."""

    def __init__(self, name: str, known: Sequence[str], *, of_case: bool = False) -> None:
        self.name, self.known = name, tuple(known)
        near = quoted_choices(nearest(name, list(known)))
        why = f". Nearest: {near}. Known: {', '.join(known)}."
        if of_case and name in CHANNELS:  # a kind of every case, of which this record has no event
            why = f": no event of this kind is on record on a covered day. Kinds that are: {', '.join(known)}."
        super().__init__(f"The model holds no {name!r}{why}")


@dataclass(frozen=True)
class ResponseMatrix(Mapping[tuple[str, str], ResponseRow]):
    """The direct responses of a fitted model, by (cause, effect); see `model.responses_table.ResponseRow` for the columns.

    Fields:
        days: within which responses count. level: of the intervals.

    Example:
        >>> import detente
        >>> world = detente.datasets.synthetic("one_sided_response", seed=3, events=1500)
        >>> r = detente.fit(world.y, channels=world.channels).responses(days=30)
        >>> r["a", "b"].probability > 0.95, r.to_pandas().shape
        (True, (4, 12))
    """

    header: ResultHeader | None
    days: int
    level: float
    channels: tuple[str, ...]
    rows: tuple[ResponseRow, ...]

    def __getitem__(self, pair: tuple[str, str]) -> ResponseRow:
        cause, effect = pair
        for name in pair:
            if name not in self.channels:
                raise UnknownResponse(name, self.channels, of_case=self.header is not None)
        c = self.channels
        return self.rows[c.index(cause) * len(c) + c.index(effect)]

    def __iter__(self) -> Any:
        return ((r.cause, r.effect) for r in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<{len(self.rows)} responses within {self.days} days>"

    def to_dict(self) -> dict[str, Any]:
        """The responses as plain values."""
        return result_data(
            "responses", self.header, days=self.days, level=self.level, channels=self.channels, rows=self.rows
        )  # fmt: skip

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame with a row for each cause and effect."""
        return build_frame(self.rows)

    def plot(self) -> "alt.TopLevelMixin":
        """Chart the responses as a matrix: causes in rows, effects in columns."""
        from detente.charts.result_charts import chart_matrix

        cells = [(r.cause, r.effect, r.mean, r.verdict == "supported") for r in self.rows]
        return chart_matrix(cells, self.channels)

    def _repr_html_(self) -> str:
        ordered = sorted(self.rows, key=lambda r: (-VERDICT_ORDER.index(r.verdict), -abs(r.probability - 0.5)))
        return build_html_table(ordered, f"Responses within {self.days} days of one event, best supported first.")


@dataclass(frozen=True)
class Fit:
    """A fitted daily Hawkes model.

    Fields:
        model: all draws and data, for further work. seed: of the draws. header: of the case, None for counts brought.
    """

    header: ResultHeader | None
    model: FittedModel
    seed: int

    def __repr__(self) -> str:
        s = self.model
        return f"<fit of {len(s.channels)} channels, {len(s.y)} days, {int(s.events.sum())} events, {s.draws} draws>"

    @property
    def channels(self) -> tuple[str, ...]:
        """Kinds of event in the model, in order."""
        return self.model.channels

    @property
    def estimated(self) -> bool:
        """Whether a kind has 30 events or more. If none has, responses, criticality and half-life are mostly prior: conclude nothing."""
        return not set(self.model.channels) <= set(self.model.too_few)

    @cached_property
    def diagnostics(self) -> FitDiagnostics:
        """Tests of the residuals."""
        return diagnose_fit(self.model, make_rng(self.seed))

    @cached_property
    def criticality(self) -> PosteriorInterval:
        """Events set off by one event, all rounds together: below 1 a crisis dies out."""
        return criticality(self.model, level=DEFAULT_LEVEL)

    @cached_property
    def half_life(self) -> PosteriorInterval:
        """Days until half of the after-effect of a burst of events is gone."""
        return crisis_half_life(self.model, level=DEFAULT_LEVEL)

    def responses(self, days: int = DEFAULT_DAYS, *, level: float = DEFAULT_LEVEL) -> ResponseMatrix:
        """Extra events of each kind within `days` days of one event of another, with lead check, false discovery rate, verdict."""
        if (days, level) not in self._tables:
            found = tabulate_responses(self.model, days=days, level=level, seed=self.seed)
            self._tables[days, level] = ResponseMatrix(self.header, days, level, self.model.channels, found.rows)
        return self._tables[days, level]

    @cached_property
    def _tables(self) -> dict[tuple[int, float], ResponseMatrix]:
        return {}

    def total_responses(self, days: int = DEFAULT_DAYS, *, level: float = DEFAULT_LEVEL) -> Responses:
        """Responses that include indirect ones: what one event sets off in all rounds together, within `days` days."""
        return total_responses(self.model, days, level=level)

    def to_dict(self) -> dict[str, Any]:
        """The responses within 30 days, criticality, half-life and tests of the residuals, as plain values."""
        s, d = self.model, self.diagnostics
        return result_data(
            "fit", self.header, channels=s.channels, events=s.events, seed=self.seed, draws=s.draws, half_lives=s.half_lives,
            too_few=s.too_few, estimated=self.estimated, doubtful=s.doubtful, criticality=self.criticality, half_life=self.half_life,
            change_points=[{"day": c.day, "ratio": c.ratio} for c in s.steps],
            residuals=[{"channel": c, "echo_p": e, "normal_p": p} for c, e, p in zip(d.channels, d.echo_p, d.normal_p, strict=True)],
            responses=self.responses().rows,
        )  # fmt: skip

    def to_arviz(self) -> Any:
        """The draws as an ArviZ container, one chain.

        Raises:
            MissingExtra: ArviZ is not installed.
        """
        require_extra("arviz")
        import arviz

        s = self.model
        posterior = {"W": s.W[None], "size": s.size[None]}
        dims = {"W": ["effect", "cause", "memory"], "size": ["effect"]}
        coords = {"effect": list(s.channels), "cause": list(s.channels), "memory": list(s.half_lives)}
        return arviz.from_dict({"posterior": posterior}, dims=dims, coords=coords)

    def _repr_html_(self) -> str:
        return self.responses()._repr_html_()


def fit_counts(
    counts: Any, coverage: ArrayLike | None = None, regimes: Mapping[str, NDArray[np.bool_]] | None = None,
    channels: Sequence[str] | None = None, *, seed: int = 0, draws: int = DEFAULT_DRAWS,
) -> Fit:  # fmt: skip
    """Fit the daily Hawkes model to counts.

    Args:
        counts: whole numbers, shape (day, channel): an array, a pandas DataFrame (a row a day, its columns name the channels)
            or a `CountTable` by day.
        coverage: reporting coverage, shape (day,); 0 on days that nobody observed; ones if not given.
        regimes: name to the days in it, shape (day,), True or False. channels: names of the columns.
        seed: of the draws. draws: of the posterior.

    Raises:
        BadCounts: NaN, negative or fractional counts; events on days of coverage 0; a channel without events; too few days.
        DidNotConverge: no mode was found.

    Example:
        >>> import numpy as np, detente
        >>> world = detente.datasets.synthetic("one_sided_response", seed=3, events=1500)
        >>> detente.fit(world.y, channels=["a", "b"]).responses()["b", "a"].probability < 0.95
        True
    """
    names: Sequence[str] = channels or ()
    values, effort = counts, coverage
    if hasattr(counts, "columns") and hasattr(counts, "to_numpy"):
        names = names or [str(c) for c in counts.columns]
        values = counts.to_numpy(dtype=float, na_value=np.nan)  # NA is refused as NaN is
    elif hasattr(counts, "y") and hasattr(counts, "channels"):
        names, values = names or counts.channels, counts.y
        effort = getattr(counts, "coverage", None) if coverage is None else coverage
        effort = None if effort is None else np.nan_to_num(np.asarray(effort, dtype=float))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewEvents)  # `enough` says so for each response
        model = fit_model(
            values, effort, dict(regimes) if regimes else None, rng=make_rng(seed), channels=tuple(names), draws=draws
        )
    return Fit(None, model, seed)
