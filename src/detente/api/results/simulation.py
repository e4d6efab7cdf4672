"""A simulated policy change or counterfactual as a result."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.api.results.base import ResultHeader, build_frame, build_html_table, result_data
from detente.model.interventions import InterventionEffect

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """Change in events of one kind within some days.

    Fields:
        as_fitted: without the change: the median of the case's forecast; in a past, the mean as fitted. assumed: what the assumption changes by itself. estimated: what follows
            through all fitted responses, with its interval. whole: both together. checked: the whole change if only responses
            that pass the lead check are effects. single_low, single_high: spread of single futures. fewer: probability that
            the expected `whole` is below 0. agreed_sign: -1 or 1 if all columns agree, else 0.
    """

    channel: str
    days: int
    as_fitted: float
    assumed: float
    estimated: float
    estimated_low: float
    estimated_high: float
    whole: float
    whole_low: float
    whole_high: float
    checked: float
    checked_low: float
    checked_high: float
    single_low: float
    single_high: float
    fewer: float
    agreed_sign: int


@dataclass(frozen=True)
class SimulationResult:
    """Every future (or past) simulated twice with common random numbers, with and without a change.

    Fields:
        settings: the change, as typed. effect: all numbers. too_few: kinds with under 30 events, and
            deaths where all deadly kinds are among them. sentences: in words.
        basis: from which day the simulation starts and what it counts, in the forecast's words; of a past, its days.
    """

    header: ResultHeader
    settings: str
    effect: InterventionEffect
    too_few: tuple[str, ...]
    paths: int
    seed: int
    sentences: tuple[str, ...]
    basis: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[SimulationRow, ...]:
        """A row for each horizon and kind of event."""
        e = self.effect
        return tuple(
            SimulationRow(
                c, h, float(e.without[i, k]), float(e.direct[i, k]), float(e.estimated.mean[i, k]), float(e.estimated.low[i, k]),
                float(e.estimated.high[i, k]), float(e.whole.mean[i, k]), float(e.whole.low[i, k]), float(e.whole.high[i, k]),
                float(e.checked.mean[i, k]), float(e.checked.low[i, k]), float(e.checked.high[i, k]),
                float(e.whole.single_low[i, k]), float(e.whole.single_high[i, k]), float(e.whole.fewer[i, k]), e.agreed_sign(i, k),
            )
            for i, h in enumerate(e.horizons) for k, c in enumerate(e.channels)
        )  # fmt: skip

    @property
    def text(self) -> str:
        """The effect in sentences."""
        return " ".join(self.sentences)

    def __repr__(self) -> str:
        return f"<simulation of {self.settings} on {self.header.case}>"

    def to_dict(self) -> dict[str, Any]:
        """The effect as plain values."""
        return result_data(
            "simulation", self.header, change=self.settings, level=self.effect.level, paired_paths=self.paths, seed=self.seed,
            too_few=self.too_few, effects=self.rows, sentences=self.sentences, basis=self.basis,
        )  # fmt: skip

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame with a row for each horizon and kind of event."""
        return build_frame(self.rows)

    def _repr_html_(self) -> str:
        return build_html_table(self.rows, f"{self.settings}: {self.header.case}. {self.text}")
