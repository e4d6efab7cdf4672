"""What the charts of the longer view show: years of both states, and the named periods of the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.claims.context import ClaimContext
from detente.measures.yardstick import source_figures


@dataclass(frozen=True, slots=True)
class YearBar:
    """Deaths and events of one year in one country; `country` is its name. `provisional`: later releases may change it."""

    country: str
    year: int
    deaths: int
    events: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class ViewMark:
    """A named period of the case: the takeover, or fighting of the two states."""

    name: str
    kind: str
    first: date
    last: date


def list_year_bars(view: ClaimContext) -> tuple[YearBar, ...]:
    """Return the years of both states, target first, in order; empty without figures known on the day."""
    figures, case = source_figures(view.g), view.g.case
    if figures is None:
        return ()
    names = {case.countries["target"]: case.names.target, case.countries["host"]: case.names.host}
    return tuple(
        YearBar(name, y.year, y.deaths, y.events, y.provisional)
        for code, name in names.items()
        for y in figures.years
        if y.country == code
    )


def list_view_marks(view: ClaimContext) -> tuple[ViewMark, ...]:
    """Return the takeover and the named fighting known on the day, in order."""
    g = view.g
    return tuple(
        ViewMark(r.name, r.kind, r.first, min(r.last or g.as_of, g.as_of))
        for r in g.case.regimes
        if r.kind in ("takeover", "fighting") and r.first <= g.as_of
    )


def describe_longer_view(bars: Sequence[YearBar], source: str) -> str:
    """Describe the chart in words: the first, the last and the deadliest year of each state."""
    out = []
    for country in dict.fromkeys(b.country for b in bars):
        of = [b for b in bars if b.country == country]
        worst, last = max(of, key=lambda b: b.deaths), of[-1]
        out.append(
            f"{country}: {of[0].deaths:,} deaths in {of[0].year}, most in {worst.year} ({worst.deaths:,}), "
            f"{last.deaths:,} in {last.year}."
        )
    return f"Bars of deaths a year, {source}'s best estimate. " + " ".join(out)
