"""Violence in the target state before and after the takeover, by another source's monthly events.

The source counts every conflict in the country, so a rise is not the armed group's alone. A rise that began before the
takeover is no effect of it, and months of violence resemble their neighbours: how many other months, taken as a break, show as
large a rise is told with the ratio. So the part is reported and decides nothing. See `measures/count_change.py`.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.verdict import ENOUGH_EVENTS
from detente.measures.count_change import BLOCK, CountRatio, measure_count_change
from detente.measures.errors import NotObserved
from detente.measures.quantity import Quantity
from detente.measures.yardstick import source_figures
from detente.text.numbers import count_text, ratio_text, share_text
from detente.text.sentence import ConventionPiece, Sentence, SentencePiece, make_sentence

KEY = "violence_rose"
MAX_MONTHS = 60
KIND = "count change"


@dataclass(frozen=True, slots=True)
class MonthlySeries:
    """A source's events in the target by month, without a gap; `at` is the index of the month of the takeover.

    `months` is the length of the windows, `provisional_from` the first month whose figure may still change, None without.
    """

    source: str
    first: date
    counts: NDArray[np.float64]
    at: int
    months: int
    country: str
    takeover: date
    provisional_from: date | None = None

    def month(self, index: int) -> date:
        """Return the first day of a month by its index."""
        n = self.first.year * 12 + self.first.month - 1 + index
        return date(n // 12, n % 12 + 1, 1)


def find_monthly_series(view: ClaimContext) -> MonthlySeries | None:
    """Return the series around the takeover; None without figures, without a takeover, or with too few months since."""
    figures, case = source_figures(view.g), view.g.case
    takeover = next((r.first for r in case.regimes if r.kind == "takeover"), None)
    if figures is None or takeover is None:
        return None
    country = case.countries["target"]
    of = figures.monthly(country)
    if not of:
        return None
    counts = np.array([m.events for m in of], dtype=float)
    series = MonthlySeries(figures.source, of[0].month, counts, 0, 0, country, takeover)
    if [m.month for m in of] != [series.month(i) for i in range(len(of))]:
        return None  # a gap is unknown, and no zero
    at = (takeover.year - of[0].month.year) * 12 + takeover.month - of[0].month.month
    months = min(at, len(of) - 1 - at, MAX_MONTHS)
    if months < 2 * BLOCK:
        return None
    provisional = min((m.month for m in of if m.provisional), default=None)
    return MonthlySeries(figures.source, of[0].month, counts, at, months, country, takeover, provisional)


def estimate_violence_change(view: ClaimContext, *, shift: int = 0) -> Estimate | None:
    """Estimate the ratio of events after the takeover to those before, against 1; None where it cannot be asked.

    Args:
        shift: months by which the break is moved; the windows are as long as the shorter side then allows.
    """
    series = find_monthly_series(view)
    if series is None:
        return None
    target = view.g.case.names.target
    part = f"violence in {target}, in every conflict there, rose after the takeover"
    blank = Estimate(KEY, part, None, None, "above", 1.0, necessary=False, enough=False)
    at = series.at + shift
    months = min(at, len(series.counts) - 1 - at, series.months)
    try:
        c = measure_count_change(series.counts, at, months)
    except NotObserved as error:
        return Estimate(KEY, part, None, None, "above", 1.0, necessary=False, enough=False, why_not=str(error))
    m = _build_ratio(series, at, c)
    chance = Quantity(
        f"{KEY}_chance", c.probability, "share",
        "probability that it lies above 1: Student's t, errors for dependent months and overdispersion",
        {"kind": "probability", "rule": KIND, "claimed": "above", "than": 1.0, "of": m.recipe}, (),
    )  # fmt: skip
    enough = c.before + c.after >= ENOUGH_EVENTS
    return Estimate(
        blank.key,
        part,
        m,
        chance,
        "above",
        1.0,
        necessary=False,
        enough=enough,
        why_not="" if enough else "too few events",
    )


def _build_ratio(series: MonthlySeries, at: int, c: CountRatio) -> Quantity:
    first, last = series.month(at - c.months), series.month(at + c.months)
    how = (
        f"{series.source}'s events of every conflict, {c.months} months on either side of {series.month(at):%B %Y}, "
        f"{first:%B %Y} to {last:%B %Y}: {c.before:,} before and {c.after:,} after; long-run variance of the months, "
        f"Student's t with {c.freedom} degrees of freedom"
    )
    recipe = {
        "kind": KIND, "source": series.source, "country": series.country, "break": f"{series.month(at):%Y-%m}", "months": c.months,
    }  # fmt: skip
    return Quantity(KEY, c.ratio, "times as often", how, recipe, (), c.low, c.high, c.level)


def describe_violence_change(view: ClaimContext) -> tuple[Sentence, ...]:
    """Describe the change, what it counts, and how usual such a change is; empty where it cannot be asked."""
    series, e = find_monthly_series(view), estimate_violence_change(view)
    if series is None or e is None or e.measured is None:
        return ()
    target, group = view.g.case.names.target, view.g.case.names.group
    windows = ConventionPiece(
        f"{e.measured.recipe['months']} months", "windows of equal length on either side, as long as the figures allow"
    )
    late: tuple[SentencePiece, ...] = ()
    if series.provisional_from is not None and series.provisional_from <= series.month(series.at + series.months):
        month = ConventionPiece(f"{series.provisional_from:%B %Y}", "the first month whose figure may still change")
        late = ("; figures from ", month, " on are provisional")
    out = [
        make_sentence(
            f"{series.source} counts deadly events in {target} ", ratio_text(e.measured), " in the ", windows, " after ",
            ConventionPiece(f"{series.takeover:%B %Y}", "the month of the takeover, left out itself"),
            f" as in those before; that is every conflict in {target}, not only the one with {group}", *late, ".",
        )
    ]  # fmt: skip
    earlier = _count_years(series)
    if earlier is not None:
        out.append(
            make_sentence(
                "The count had begun to rise before: ", count_text(earlier[1]), " events in ",
                ConventionPiece(str(series.takeover.year - 1), "the year before the takeover"), ", ", count_text(earlier[0]),
                " in the year before that.",
            )
        )  # fmt: skip
    placebo = _measure_placebo(series, float(e.measured.value or 0.0))
    if placebo is not None:
        out.append(make_sentence(share_text(placebo), " of earlier months, taken as the break, show as large a rise."))
    return tuple(out)


def _count_years(series: MonthlySeries) -> tuple[Quantity, Quantity] | None:
    """Events in the two calendar years before that of the takeover, where the later one has more; else None."""
    found = []
    for year in (series.takeover.year - 2, series.takeover.year - 1):
        i = (year - series.first.year) * 12 - series.first.month + 1
        if i < 0:
            return None
        n = int(series.counts[i : i + 12].sum())
        recipe = {"kind": "source events", "source": series.source, "country": series.country, "year": year}
        found.append(Quantity(f"source_events_{year}", n, "events", f"{series.source}'s events of {year}", recipe, ()))
    before, after = found
    return (before, after) if (after.value or 0) > (before.value or 0) else None


def _measure_placebo(series: MonthlySeries, ratio: float) -> Quantity | None:
    """Share of earlier months that show as large a rise when taken as the break; both windows lie before the takeover."""
    tried = []
    for at in range(series.months, series.at - series.months):
        try:
            tried.append(measure_count_change(series.counts, at, series.months).ratio)
        except NotObserved:
            continue
    if len(tried) < BLOCK:
        return None
    k = sum(r >= ratio for r in tried)
    how = f"{k} of {len(tried)} months whose windows of {series.months} months end before the takeover"
    recipe = {
        "kind": "count change elsewhere", "source": series.source, "country": series.country,
        "break": f"{series.takeover:%Y-%m}", "months": series.months,
    }  # fmt: skip
    return Quantity("violence_rose_elsewhere", k / len(tried), "share", how, recipe, ())
