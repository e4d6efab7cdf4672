"""The traced numbers of a digest. Each key begins with `digest_YYYY_MM_`, so that its page can find the month."""

import re

from detente.cases.channel_rule import FORCE_CHANNELS
from detente.cases.load import CaseData
from detente.core.month import CalendarMonth
from detente.measures.event_filter import EventFilter
from detente.measures.month_change import MonthComparison
from detente.measures.month_verdict import HOSTILE_CHANNELS, MonthVerdict
from detente.measures.quantity import Quantity, count_quantity, deaths_quantity, tally_quantity
from detente.measures.relation_index import RELATION_CHANNELS
from detente.text.sentence import NumberPiece


def number_key(month: CalendarMonth, name: str) -> str:
    """Return the key of a number of a month's digest.

    Example:
        >>> number_key(CalendarMonth(2026, 3), "hostile"), find_month("digest_2026_03_hostile"), find_month("strikes")
        ('digest_2026_03_hostile', CalendarMonth(year=2026, month=3), None)
    """
    return f"digest_{month.year:04d}_{month.month:02d}_{name}"


def find_month(key: str) -> CalendarMonth | None:
    """Return the month whose digest prints a number; None if no digest does."""
    found = re.match(r"digest_(\d{4})_(\d{2})_", key, re.ASCII)
    return CalendarMonth(int(found[1]), int(found[2])) if found and 1 <= int(found[2]) <= 12 and int(found[1]) else None


def select_month(month: CalendarMonth, channels: tuple[str, ...] = ()) -> EventFilter:
    """Select the events of a month."""
    return EventFilter(channels=channels, first=month.first, last=month.last)


def count_all(g: CaseData, month: CalendarMonth) -> Quantity:
    """Count the events of a month."""
    return count_quantity(g, number_key(month, "events"), select_month(month), f"events of {month.words}")


def count_hostile(g: CaseData, month: CalendarMonth) -> Quantity:
    """Count the hostile events of a month."""
    what = "attacks, operations, strikes, clashes, and hostile words and measures between the governments"
    return count_quantity(g, number_key(month, "hostile"), select_month(month, HOSTILE_CHANNELS), what)


def sum_force_deaths(g: CaseData, month: CalendarMonth) -> Quantity:
    """Sum the reported deaths in acts of force of a month, as a range."""
    return deaths_quantity(g, number_key(month, "deaths"), select_month(month, FORCE_CHANNELS))


def sum_all_deaths(g: CaseData, month: CalendarMonth) -> Quantity:
    """Sum the reported deaths in all events of a month, as a range."""
    return deaths_quantity(g, number_key(month, "all_deaths"), select_month(month))


def count_untold(g: CaseData, month: CalendarMonth) -> Quantity:
    """Count the acts of force of a month without any reported toll."""
    of = select_month(month, FORCE_CHANNELS)
    ids = tuple(e.id for e in of.of(g) if e.tolls.range is None)
    recipe = {"kind": "untold deaths", "of": of.as_data()}
    return tally_quantity(
        number_key(month, "untold"), len(ids), "events", "acts of force without any reported toll", recipe, ids
    )


def mean_score(g: CaseData, v: MonthVerdict, c: MonthComparison) -> Quantity:
    """The mean intensity of the governments' acts in a month."""
    of = select_month(v.month, RELATION_CHANNELS)
    events = of.of(g)
    how = f"mean Goldstein intensity of {len(events)} acts between the governments, from −10 to +10"
    recipe = {"kind": "mean intensity", "of": of.as_data()}
    ids = tuple(e.id for e in events)
    return Quantity(number_key(v.month, "relations"), c.value, "on a scale from −10 to +10", how, recipe, ids)


def usual_range(
    g: CaseData, v: MonthVerdict, name: str, c: MonthComparison, channels: tuple[str, ...], end: str = ""
) -> Quantity:
    """The range in which a month without change lies with a probability of 90 %."""
    first, last = v.before[0].first, v.before[-1].last
    of = EventFilter(channels=channels, first=first, last=last)
    months = {(m.year, m.month) for m in v.before}
    ids = tuple(e.id for e in of.of(g) if (e.day.year, e.day.month) in months)
    scaled = "" if name == "relations" else ", scaled to the coverage of this month"
    how = f"range of a month without change, from the {len(v.before)} covered months before{scaled}: mean {c.expected:.1f}{end}"
    recipe = {"kind": "usual range", "of": of.as_data(), "measure": name, "months": [str(m) for m in v.before]}
    return Quantity(
        number_key(v.month, f"usual_{name}"), c.expected, "usual range", how, recipe, ids, c.low, c.high, c.level
    )


def usual_text(m: Quantity, digits: int = 0) -> NumberPiece:
    """A usual range as text: `4 to 50`."""
    low, high = (_signed(x or 0.0, digits) for x in (m.low, m.high))
    return NumberPiece(m, f"{low} to {high}")


def score_text(m: Quantity) -> NumberPiece:
    """A mean score as text, with its sign: `−6.8`."""
    return NumberPiece(m, _signed(m.value or 0.0, 1))


def _signed(x: float, digits: int) -> str:
    text = f"{x:,.{digits}f}"
    return (text[1:] if float(text.replace(",", "")) == 0 and text.startswith("-") else text).replace("-", "−")
