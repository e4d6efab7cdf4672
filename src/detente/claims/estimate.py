r"""Estimates of claims: the size of an effect and the probability of the claimed sign.

Five kinds:

    response   a sum of direct responses of the fitted model (`model.summaries.direct_responses`), draw by draw;
               the probability is the share of draws with the claimed sign
    share      k of n, with exact limits; P(p > q) = 1 - I_q(k + 1/2, n - k + 1/2), Jeffreys' posterior
    ratio      a of a + b events over exposures: the same posterior at q = e_a / (e_a + e_b), counts divided by their
               dispersion (`measures/clustering.py`)
    excess     how much more often a follower comes after an occasion than on nearby days, and than before it: the smaller
               of the two probabilities, each from Student's t over blocks of 90 days
    normal     an index change with its band: P = Phi(value / sd)

Source: Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133, for Jeffreys' posterior.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detente.cases.testimony import KIND_WORDS, describe_gaps, find_gaps
from detente.claims.context import LEVEL, ClaimContext, recorded_kinds
from detente.claims.verdict import ENOUGH_EVENTS
from detente.core.scipy_functions import betainc, ndtr, ndtri, stdtr
from detente.measures.clustering import ClusteredMean
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.follow_up import measure_follow_up
from detente.measures.quantity import Quantity, event_ids, follow_up_share, rate_ratio_quantity
from detente.model.errors import DidNotConverge
from detente.model.fit import FittedModel, responses_beside
from detente.model.kernels import share_within

Direction = Literal["above", "below"]
Term = tuple[float, str, str]
RESPONSE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate of a claim.

    Fields:
        key: its name within the claim. part: what is claimed, as a clause after `that`.
        measured: value, limits, events and recipe. chance: probability that the value lies on the claimed side, with
            its recipe. Both are None where there are no data.
        claimed, than: `above` or `below` which value. necessary: whether the claim's verdict depends on it.
        enough: whether there are enough data. why_not: what is missing if not.
        terms: of a response, (weight, after, of). fit: kind of labels fitted. line: series for circular shifts, or None.
        gaps: what it needs and no source of the case records, in words. With gaps it is not applicable, and has no value.
    """

    key: str
    part: str
    measured: Quantity | None
    chance: Quantity | None
    claimed: Direction
    than: float
    necessary: bool
    enough: bool
    why_not: str = ""
    terms: tuple[Term, ...] = ()
    fit: str = ""
    line: "SeriesPair | None" = None
    gaps: tuple[str, ...] = ()

    @property
    def applicable(self) -> bool:
        """Whether the sources of the case can hold what it needs."""
        return not self.gaps

    @property
    def probability(self) -> float | None:
        """Probability of the claimed sign, 0 to 1."""
        return None if self.chance is None else self.chance.value

    @property
    def required(self) -> tuple[str, ...]:
        """Checks without which it is not supported: for a response, the lead check."""
        return ("lead_check",) if self.terms else ()

    @property
    def numbers(self) -> tuple[Quantity, ...]:
        """The estimate and its probability, where they are known."""
        return tuple(m for m in (self.measured, self.chance) if m is not None)


@dataclass(frozen=True, slots=True)
class SeriesPair:
    """Two series over the covered days, arrays of shape (day,). A circular shift moves `moving` against `fixed`."""

    moving: NDArray[np.float64]
    fixed: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SeriesPair) and bool(
            np.array_equal(self.moving, other.moving) and np.array_equal(self.fixed, other.fixed)
        )

    def __hash__(self) -> int:
        return hash((self.moving.tobytes(), self.fixed.tobytes()))


def not_applicable_estimate(view: ClaimContext, blank: Estimate, gaps: Iterable[str]) -> Estimate:
    """The estimate without value or probability, since no source of the case records what it needs."""
    found = tuple(gaps)
    why = describe_gaps(view.g, found)
    return replace(blank, measured=None, chance=None, line=None, enough=False, gaps=found, why_not=why)


def reverse_claim(e: Estimate) -> Estimate:
    """The same estimate with the contrary claimed, and the probability of that."""
    contrary: Direction = "below" if e.claimed == "above" else "above"
    if e.chance is None:
        return replace(e, claimed=contrary)
    of = e.measured or e.chance
    rule, p = str(e.chance.recipe["rule"]), 1 - (e.chance.value or 0.0)
    return replace(e, claimed=contrary, chance=_probability_quantity(of, p, contrary, e.than, rule))


def daily_rate(system: FittedModel, channel: str) -> float:
    """Events a day at coverage 1 over observed days."""
    observed, k = system.coverage > 0, system.channels.index(channel)
    return float(system.y[observed, k].sum() / system.by_channel[observed, k].sum())


def compute_response_draws(
    system: FittedModel, terms: tuple[Term, ...], days: float = RESPONSE_DAYS, base: FittedModel | None = None
) -> NDArray[np.float64]:
    """Sum of weight times direct response within `days` days over the terms, shape (draw,).

    Args:
        base: a fit of nearly the same data; channels that no term asks about are then taken from it and not fitted anew.
    """
    at = system.channels.index
    out, share = np.zeros(system.draws), share_within(system.half_lives, days)
    children = system.W if base is None else responses_beside(system, [of for _, _, of in terms], base)
    for weight, after, of in terms:
        out += weight * (children[:, at(of), at(after), :] @ share)
    return out


def estimate_response(
    view: ClaimContext, key: str, part: str, terms: tuple[Term, ...], what: str, *, claimed: Direction = "above",
    necessary: bool = False, fit: str = "host", relative: bool = False,
) -> Estimate:  # fmt: skip
    """Estimate a weighted sum of direct responses in the fitted model.

    Args:
        relative: divide each response by the daily rate of its effect, in days of the usual rate. Without it the more frequent
            of two effects always seems the stronger response.
    """
    blank = Estimate(key, part, None, None, claimed, 0.0, necessary, False, "", terms, fit)
    used = {c for _, j, k in terms for c in (j, k)}
    if gaps := [KIND_WORDS[k] for k in recorded_kinds(sorted(used)) if not view.collects(k)]:
        return not_applicable_estimate(view, blank, gaps)
    system = view.fit_system(fit)
    if system is None:
        return replace(blank, why_not="the record is too short or too thin for the system to be fitted")
    absent = sorted(used - set(system.channels))
    if absent:
        return replace(blank, why_not=f"no {' or '.join(_kind_words(absent))} are on record on observed days")
    if relative:
        terms = tuple((w / daily_rate(system, of), after, of) for w, after, of in terms)
        blank = replace(blank, terms=terms)
    try:
        base = view.base.fit_system(fit) if view.base else None
        draws = compute_response_draws(system, terms, base=base)
    except DidNotConverge:
        return replace(blank, why_not="the fit of a kind of event did not converge")
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    recipe = {"kind": "response", "terms": [list(t) for t in terms], "days": RESPONSE_DAYS, "fit": fit, **view.recipe}
    events = event_ids(
        e for e in view.g.events if view.labels(fit).get(e.id) in used and view.g.coverage.watched(e.day)
    )
    how = (
        f"{what} within {RESPONSE_DAYS} days of one event, above background: mean and {LEVEL:.0%} interval over "
        f"{len(draws)} draws of the fitted system (seed {view.seed})"
    )
    unit = "days of the usual rate" if relative else "events"
    m = Quantity(key, float(draws.mean()), unit, how, recipe, events, float(low), float(high), LEVEL)
    p = float((draws > 0).mean())
    few = sorted(used & set(system.too_few))
    return replace(
        blank,
        measured=m,
        chance=_probability_quantity(m, p if claimed == "above" else 1 - p, claimed, 0.0, "response"),
        enough=not few,
        why_not=f"fewer than thirty {' and '.join(_kind_words(few))} are on record" if few else "",
    )


def _kind_words(labels: Iterable[str]) -> list[str]:
    """Labels of a fit as plurals."""
    return [KIND_WORDS.get(c, c.replace("strike ", "strikes ")) for c in labels]


def estimate_follow_up(
    view: ClaimContext, key: str, part: str, first: EventFilter, then: EventFilter, within: int, what: str, *,
    claimed: Direction = "above", necessary: bool = False,
) -> Estimate:  # fmt: skip
    """Estimate the share of occasions followed within some days, against nearby days and against the days before."""
    blank = Estimate(key, part, None, None, claimed, 0.0, necessary, False)
    if gaps := filter_gaps(view, first, then):
        return not_applicable_estimate(view, blank, gaps)
    try:
        f = measure_follow_up(first.of(view.g), then.of(view.g), within, view.g.coverage)
        after, base = follow_up_share(view.g, key, first, then, within, what)
    except NotObserved:
        return replace(blank, why_not="no occasion has its following days observed")
    if not base.value:
        # Against a baseline of zero any share, zero included, would be certain.
        return replace(blank, why_not=f"{what} is not on record near these days, so there is nothing to compare with")
    after = replace(after, recipe={**after.recipe, **view.changes})
    chances = [excess_probability(m, claimed) for m in (f.excess, f.reversal)]
    p = min(chances)
    if not all(x <= 1 for x in chances):
        return replace(
            blank, measured=after, why_not="the occasions fall in fewer than two quarters, or all came out alike"
        )
    chance = _probability_quantity(after, p, claimed, float(base.value), "excess")
    enough = len(f.occasions) >= ENOUGH_EVENTS
    line = _build_follow_up_series(view, first, then, within)
    return replace(
        blank, measured=after, chance=chance, than=float(base.value), enough=enough, line=line,
        why_not="" if enough else "fewer than ten events or occasions",
    )  # fmt: skip


def filter_gaps(view: ClaimContext, *filters: EventFilter) -> tuple[str, ...]:
    """What some event filters ask for and no source of the case records, in words."""
    return tuple(dict.fromkeys(gap for f in filters for gap in find_gaps(view.g, f.as_data())))


def excess_probability(m: ClusteredMean, claimed: Direction) -> float:
    """Probability that a clustered mean lies on the claimed side of 0, by Student's t; NaN with fewer than two blocks, or all alike.

    Example:
        >>> round(excess_probability(ClusteredMean(2.0, 1.0, 10), "above"), 3)
        0.963
    """
    if not m.freedom or not m.error > 0:
        return float("nan")
    return float(stdtr(m.freedom, m.value / m.error * (1 if claimed == "above" else -1)))


def estimate_from_share(
    key: str, part: str, m: Quantity, k: int, n: int, *, than: float, claimed: Direction = "above",
    necessary: bool = False, rule: str = "share", q: float | None = None, line: SeriesPair | None = None,
    effect: float = 1.0,
) -> Estimate:  # fmt: skip
    """Build an estimate from the measured share `m`, k of n.

    `q` is the share that corresponds to `than`, by default itself; `effect` the dispersion by which counts are divided.
    """
    p = probability_above(k / effect, n / effect, than if q is None else q)
    chance = _probability_quantity(m, p if claimed == "above" else 1 - p, claimed, than, rule)
    enough = n >= ENOUGH_EVENTS
    why_not = "" if enough else "fewer than ten events or occasions"
    return Estimate(key, part, m, chance, claimed, than, necessary, enough, why_not, line=line)


def estimate_rate_ratio(
    view: ClaimContext, key: str, part: str, sel: EventFilter, *, claimed: Direction = "above", necessary: bool = False
) -> Estimate:
    """Estimate the rate ratio of the recent to the earlier period, against 1."""
    blank = Estimate(key, part, None, None, claimed, 1.0, necessary, False)
    if gaps := filter_gaps(view, sel):
        return not_applicable_estimate(view, blank, gaps)
    try:
        m = rate_ratio_quantity(view.g, key, sel, view.recent_period, view.earlier_period)
    except NotObserved:
        return replace(blank, why_not="one of the two periods was not observed, or both are empty")
    m = replace(m, recipe={**m.recipe, **view.changes})
    if all(view.g.event(i).day >= view.recent_period[0] for i in m.events):
        # A rate that was never observed is no baseline: any later event would make the ratio certain.
        return replace(blank, measured=m, why_not="no such event is on record in the earlier period")
    days, (start, end) = view.watched_days, view.recent_period
    recent = np.array([start <= d <= end for d in days], dtype=float)
    at = {d: i for i, d in enumerate(days)}
    moving = np.zeros(len(days))
    for e in sel.of(view.g):
        if e.day in at:
            moving[at[e.day]] += 1 / view.g.coverage.effort(e.day, e.day, sel.channels)
    e_recent = view.g.coverage.effort(start, end, sel.channels)
    e_earlier = view.g.coverage.effort(*view.earlier_period, sel.channels)
    n, k = len(m.events), sum(start <= view.g.event(i).day <= end for i in m.events)
    return estimate_from_share(
        key, part, m, k, n, than=1.0, claimed=claimed, necessary=necessary, rule="ratio",
        q=e_recent / (e_recent + e_earlier), line=SeriesPair(moving, recent), effect=float(m.recipe["dispersion"]),
    )  # fmt: skip


def estimate_change(key: str, part: str, m: Quantity, *, claimed: Direction, necessary: bool, weeks: int) -> Estimate:
    """Estimate the probability that a change with a normal band has the claimed sign."""
    half = (m.high or 0.0) - (m.low or 0.0)
    sd = half / 2 / float(ndtri(0.5 + (m.level or 0.9) / 2))
    p = float(ndtr((m.value or 0.0) / sd)) if sd > 0 else float((m.value or 0.0) > 0)
    p = p if claimed == "above" else 1 - p
    chance = _probability_quantity(m, p, claimed, 0.0, "normal")
    enough = weeks >= ENOUGH_EVENTS
    return Estimate(key, part, m, chance, claimed, 0.0, necessary, enough, "" if enough else "too few events")


def probability_above(k: float, n: float, q: float) -> float:
    """P(p > q) given k of n, by Jeffreys' posterior.

    Example:
        >>> round(probability_above(5, 10, 0.5), 6), probability_above(10, 10, 0.5) > 0.999
        (0.5, True)
    """
    return float(1 - betainc(k + 0.5, n - k + 0.5, q))


def _probability_quantity(m: Quantity, p: float, claimed: Direction, than: float, rule: str) -> Quantity:
    recipe: Mapping[str, Any] = {"kind": "probability", "rule": rule, "claimed": claimed, "than": than, "of": m.recipe}
    source = {
        "response": "share of draws",
        "share": "Jeffreys' posterior of the share",
        "ratio": "Jeffreys' posterior of the share that fell in the later stretch, counts divided by their dispersion",
        "excess": "Student's t over blocks of 90 days, the smaller of nearby days and of the days before",
        "normal": "normal band",
    }[rule]
    how = f"probability that it lies {claimed} {than:.3g}: {source}"
    return Quantity(f"{m.key}_chance", p, "share", how, dict(recipe), m.events)


def _build_follow_up_series(view: ClaimContext, first: EventFilter, then: EventFilter, within: int) -> SeriesPair:
    """Per day whose following days are covered: whether `then` came within them, and whether the day has `first`."""
    coverage, start = view.g.coverage.by_day, view.g.coverage.first
    days = len(coverage)
    hit, occasion = np.zeros(days), np.zeros(days)
    for series, events in ((hit, then), (occasion, first)):
        for e in events.of(view.g):
            if 0 <= (i := (e.day - start).days) < days:
                series[i] = 1
    covered = coverage > 0
    full = np.array([covered[i] and covered[i + 1 : i + 1 + within].sum() == within for i in range(days)])
    soon = np.array([hit[i + 1 : i + 1 + within].any() for i in range(days)], dtype=float)
    return SeriesPair(soon[full], occasion[full])
