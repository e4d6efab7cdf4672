r"""A tested number: what is claimed, how large it came out, and how probable the claimed sign is.

Four kinds, by what they are made from:

    response   a sum of direct responses of the fitted system (`system.answers.direct`), draw by draw;
               the probability is the share of draws with the claimed sign
    share      k of n, with exact limits; P(p > q) = 1 - I_q(k + 1/2, n - k + 1/2), Jeffreys' posterior
    ratio      a of a + b events over exposures: the same posterior at q = e_a / (e_a + e_b)
    normal     an index change with its band: P = Phi(value / sd)

Source: Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133, for Jeffreys' posterior.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtr, ndtri

from detente.claims.context import LEVEL, ClaimContext
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, event_ids, follow_up_share, rate_ratio_quantity
from detente.model.fit import FittedModel

Direction = Literal["above", "below"]
Term = tuple[float, str, str]
RESPONSE_DAYS, MIN_EVENTS = 30, 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """One tested number of a claim.

    Fields:
        key: its name within the claim. part: what is claimed, in words that follow `that`.
        measured: value, limits, events and recipe. chance: probability that the number lies on the
            claimed side, with its recipe; None where it could not be had.
        claimed, than: `above` or `below` which value. necessary: does the claim fall with it?
        enough: are there data? why_not: what is missing where there are not.
        terms: of a response, (weight, after, of). line: series for circular shifts, or None.
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

    @property
    def probability(self) -> float | None:
        """Of the claimed sign, 0 to 1."""
        return None if self.chance is None else self.chance.value

    @property
    def numbers(self) -> tuple[Quantity, ...]:
        """Both numbers, where they are known."""
        return tuple(m for m in (self.measured, self.chance) if m is not None)


@dataclass(frozen=True, slots=True)
class SeriesPair:
    """Two series over the watched days: `moving` may be shifted against `fixed`; arrays of shape (day,)."""

    moving: NDArray[np.float64]
    fixed: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SeriesPair) and bool(
            np.array_equal(self.moving, other.moving) and np.array_equal(self.fixed, other.fixed)
        )

    def __hash__(self) -> int:
        return hash((self.moving.tobytes(), self.fixed.tobytes()))


def compute_response_draws(
    system: FittedModel, terms: tuple[Term, ...], days: float = RESPONSE_DAYS
) -> NDArray[np.float64]:
    """The sum over terms of weight times direct response within `days` days, one value a draw, shape (draw,)."""
    share = 1 - 0.5 ** (days / np.array(system.half_lives))
    at = system.channels.index
    out = np.zeros(len(system.W))
    for weight, after, of in terms:
        out += weight * (system.W[:, at(of), at(after), :] @ share)
    return out


def estimate_response(
    view: ClaimContext, key: str, part: str, terms: tuple[Term, ...], what: str, *, claimed: Direction = "above",
    necessary: bool = False, fit: str = "host",
) -> Estimate:  # fmt: skip
    """A sum of direct responses from the view's fitted system."""
    blank = Estimate(key, part, None, None, claimed, 0.0, necessary, False, "", terms, fit)
    system, used = view.fit_system(fit), {c for _, j, k in terms for c in (j, k)}
    if system is None:
        return replace(blank, why_not="the record is too short or too thin for the system to be fitted")
    absent = sorted(used - set(system.channels))
    if absent:
        return replace(blank, why_not=f"no event of {' or '.join(absent)} falls on a watched day")
    draws = compute_response_draws(system, terms)
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    recipe = {"kind": "response", "terms": [list(t) for t in terms], "days": RESPONSE_DAYS, "fit": fit, **view.recipe}
    told = event_ids(e for e in view.g.events if view.labels(fit).get(e.id) in used and view.g.coverage.watched(e.day))
    how = (
        f"{what} within {RESPONSE_DAYS} days of one event, above background: mean and {LEVEL:.0%} interval over "
        f"{len(draws)} draws of the fitted system (seed {view.seed})"
    )
    m = Quantity(key, float(draws.mean()), "events", how, recipe, told, float(low), float(high), LEVEL)
    p = float((draws > 0).mean())
    few = sorted(used & set(system.too_few))
    return replace(
        blank,
        measured=m,
        chance=_probability_quantity(m, p if claimed == "above" else 1 - p, claimed, 0.0, "response"),
        enough=not few,
        why_not=f"fewer than thirty events of {' and of '.join(few)}" if few else "",
    )


def estimate_follow_up(
    view: ClaimContext, key: str, part: str, first: EventFilter, then: EventFilter, within: int, what: str, *,
    than: float | None = None, claimed: Direction = "above", necessary: bool = False,
) -> Estimate:  # fmt: skip
    """The share of occasions followed within some days, against a value or against nearby days."""
    try:
        after, base = follow_up_share(view.g, key, first, then, within, what)
    except NotObserved:
        why = "no occasion has its following days watched"
        return Estimate(key, part, None, None, claimed, than or 0.0, necessary, False, why)
    than = float(base.value or 0.0) if than is None else than
    line, n = _follow_up_series(view, first, then, within)
    k = round((after.value or 0.0) * n)
    after = replace(after, recipe={**after.recipe, **view.changes})
    return _build_share_estimate(key, part, after, k, n, than, claimed, necessary, line=line)


def estimate_from_share(
    key: str,
    part: str,
    m: Quantity,
    k: int,
    n: int,
    *,
    than: float,
    claimed: Direction = "above",
    necessary: bool = False,
) -> Estimate:
    """A share k of n that was measured elsewhere."""
    return _build_share_estimate(key, part, m, k, n, than, claimed, necessary)


def estimate_rate_ratio(
    view: ClaimContext, key: str, part: str, sel: EventFilter, *, claimed: Direction = "above", necessary: bool = False
) -> Estimate:
    """How many times as often now as then, against once."""
    try:
        m = rate_ratio_quantity(view.g, key, sel, view.recent_period, view.earlier_period)
    except NotObserved:
        why = "one of the two stretches was not watched, or both are empty"
        return Estimate(key, part, None, None, claimed, 1.0, necessary, False, why)
    m = replace(m, recipe={**m.recipe, **view.changes})
    days = view.watched_days
    recent = np.array([view.recent_period[0] <= d <= view.recent_period[1] for d in days], dtype=float)
    at = {d: i for i, d in enumerate(days)}
    moving = np.zeros(len(days))
    for e in sel.of(view.g):
        if e.day in at:
            moving[at[e.day]] += 1 / view.g.coverage.effort(e.day, e.day)
    e_now, e_then = view.g.coverage.effort(*view.recent_period), view.g.coverage.effort(*view.earlier_period)
    n, k = len(m.events), sum(view.recent_period[0] <= view.g.event(i).day <= view.recent_period[1] for i in m.events)
    q = e_now / (e_now + e_then)
    return _build_share_estimate(
        key, part, m, k, n, q, claimed, necessary, rule="ratio", than=1.0, line=SeriesPair(moving, recent)
    )


def estimate_change(key: str, part: str, m: Quantity, *, claimed: Direction, necessary: bool, weeks: int) -> Estimate:
    """A change with a normal band, against none."""
    half = (m.high or 0.0) - (m.low or 0.0)
    sd = half / 2 / float(ndtri(0.5 + (m.level or 0.9) / 2))
    p = float(ndtr((m.value or 0.0) / sd)) if sd > 0 else float((m.value or 0.0) > 0)
    p = p if claimed == "above" else 1 - p
    chance = _probability_quantity(m, p, claimed, 0.0, "normal")
    return Estimate(
        key,
        part,
        m,
        chance,
        claimed,
        0.0,
        necessary,
        weeks >= MIN_EVENTS,
        "" if weeks >= MIN_EVENTS else "too few events",
    )


def probability_above(k: int, n: int, q: float) -> float:
    """P(p > q) after k of n, by Jeffreys' posterior.

    Example:
        >>> round(probability_above(5, 10, 0.5), 6), probability_above(10, 10, 0.5) > 0.999
        (0.5, True)
    """
    return float(1 - betainc(k + 0.5, n - k + 0.5, q))


def _build_share_estimate(
    key: str, part: str, m: Quantity, k: int, n: int, q: float, claimed: Direction, necessary: bool, *,
    rule: str = "share", than: float | None = None, line: SeriesPair | None = None,
) -> Estimate:  # fmt: skip
    p = probability_above(k, n, q)
    value = q if than is None else than
    return Estimate(
        key, part, m, _probability_quantity(m, p if claimed == "above" else 1 - p, claimed, value, rule), claimed, value,
        necessary, n >= MIN_EVENTS, "" if n >= MIN_EVENTS else "fewer than ten events or occasions", line=line,
    )  # fmt: skip


def _probability_quantity(m: Quantity, p: float, claimed: Direction, than: float, rule: str) -> Quantity:
    recipe: Mapping[str, Any] = {"kind": "probability", "rule": rule, "claimed": claimed, "than": than, "of": m.recipe}
    how = (
        f"probability that it lies {claimed} {than:.3g}: "
        + {
            "response": "share of draws",
            "share": "Jeffreys' posterior of the share",
            "ratio": "Jeffreys' posterior of the share that fell in the later stretch",
            "normal": "normal band",
        }[rule]
    )
    return Quantity(f"{m.key}_chance", p, "share", how, dict(recipe), m.events)


def _follow_up_series(view: ClaimContext, first: EventFilter, then: EventFilter, within: int) -> tuple[SeriesPair, int]:
    """Per watched day: did the follower come within the days after? And: is it an occasion?"""
    coverage, start = view.g.coverage.by_day, view.g.coverage.first
    days = len(coverage)
    hit, occasion = np.zeros(days + within + 1), np.zeros(days)
    for e in then.of(view.g):
        i = (e.day - start).days
        if 0 <= i < days:
            hit[i] = 1
    for e in first.of(view.g):
        i = (e.day - start).days
        if 0 <= i < days:
            occasion[i] = 1
    watched = coverage > 0
    full = np.array([watched[i] and watched[i + 1 : i + 1 + within].sum() == within for i in range(days)])
    soon = np.array([hit[i + 1 : i + 1 + within].any() for i in range(days)], dtype=float)
    return SeriesPair(soon[full], occasion[full]), int(occasion[full].sum())
