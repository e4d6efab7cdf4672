"""A forecast as a result."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.api.forecast import ForecastSummary
from detente.api.results.base import ResultHeader, build_frame, build_html_table, result_data
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.text.probability_words import probability_word

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


class NotForecast(DetenteError):
    """A probability was asked for that the forecast does not hold."""

    exit_code = 6


@dataclass(frozen=True)
class ForecastResult:
    """A forecast from the header's day of knowledge: what this record would show if present patterns continue."""

    header: ResultHeader
    summary: ForecastSummary

    @property
    def text(self) -> str:
        """The forecast in sentences."""
        return "\n".join(s.text for s in self.summary.sentences)

    @property
    def outlook(self) -> str:
        """Three plain sentences on the next 90 days."""
        return " ".join(s.text for s in self.summary.outlook)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of event that are forecast."""
        return self.summary.channels

    def probability(self, kind: str, *, within: int) -> float:
        """Probability of at least one recorded event of a kind within some days.

        Raises:
            NotForecast: the kind is not forecast, or the horizon lies beyond the longest.
        """
        f = self.summary
        if kind not in f.channels:
            near = quoted_choices(nearest(kind, f.channels))
            raise NotForecast(f"No forecast of {kind!r}. Nearest: {near}. Known: {', '.join(f.channels)}.")
        if not 1 <= within <= len(f.by_day):
            raise NotForecast(f"within={within} is outside 1 to {len(f.by_day)} days. Forecast more days.")
        return float(f.by_day[within - 1, f.channels.index(kind)])

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {"kind": c, "days": d, "probability": p, "word": probability_word(p)}
            for c in self.kinds for d in self.summary.horizons for p in (self.probability(c, within=d),)
        ]  # fmt: skip

    def __repr__(self) -> str:
        f = self.summary
        return f"<forecast of {self.header.case} from {f.as_of}: {', '.join(map(str, f.horizons))} days, {f.paths:,} paths>"

    def to_dict(self) -> dict[str, Any]:
        """The forecast as plain values: sentences, numbers, probabilities, counts, drivers, and deaths per event."""
        f = self.summary
        numbers = [m for s in f.sentences for m in s.measured]
        return result_data(
            "forecast", self.header, coverage=f.coverage, days=f.horizons, paths=f.paths, seed=f.seed,
            unwatched_days_before=f.unwatched, unknown_since=f.unknown_since, open_crossings=f.open_crossings, too_few=f.too_few,
            silent=f.silent, counted=f.counted, weights=f.weights,
            outlook=[s.text for s in f.outlook], sentences=[s.text for s in f.sentences],
            statements=[{"kind": s.key, "days": s.days, "reader": s.reader.text, "evidence": s.evidence.text if s.evidence else None}
                        for s in f.statements],
            numbers=[{"key": m.key, "value": m.value, "low": m.low, "high": m.high, "level": m.level, "unit": m.unit,
                      "how": m.how, "recipe": m.recipe} for m in numbers],
            any=self._rows(), amounts=f.amounts,
            drivers=[{"days": d, "event": x.event.id, "channel": x.channel, "more": x.more, "low": x.low, "high": x.high}
                     for d, xs in f.drivers.items() for x in xs],
            driver_text={d: [s.text for s in xs] for d, xs in f.driver_text.items()},
            marks={m.channel: m for m in f.marks},
        )  # fmt: skip

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame of probabilities with a row for each kind and horizon."""
        return build_frame(self._rows())

    def plot(self) -> "alt.TopLevelMixin":
        """Chart the probability of each kind within each horizon."""
        from detente.charts.result_charts import chart_probabilities

        return chart_probabilities(self._rows())

    def _repr_html_(self) -> str:
        title = f"At least one recorded event: {self.header.case}, forecast from {self.summary.as_of}."
        return build_html_table(self._rows(), title)
