"""What to watch after a month: the forecast of that time, closed crossings, truces about to end, and contradicting tolls."""

from datetime import timedelta

from detente.api.case import Case
from detente.api.crossings import on
from detente.api.digest import numbers
from detente.api.results.digest import WatchItem
from detente.cases.channel_names import channel_name
from detente.core.date_range import format_date
from detente.core.month import CalendarMonth
from detente.events.event import Event
from detente.forecast.case import CLOSURE
from detente.forecast.scorecard import ForecastRecord
from detente.measures.crossings import CLOSED_STATES, find_crossing_spells
from detente.measures.quantity import Quantity, tally_quantity
from detente.text.numbers import count_text, range_text
from detente.text.probability_words import format_percent
from detente.text.sentence import ConventionPiece, EventPiece, NumberPiece, Sentence, format_on_date, make_sentence

DAYS, MOST_TOLLS = 30, 6
WHY_DAYS = "how far a digest looks ahead"


def is_ahead(prepared: Case, month: CalendarMonth) -> bool:
    """Return whether the days after a month reach the day of knowledge, so that the present forecast speaks of them."""
    return month.first <= prepared.as_of <= month.last + timedelta(days=DAYS)


def build_watch_list(prepared: Case, month: CalendarMonth, *, with_forecast: bool = False) -> tuple[WatchItem, ...]:
    """List what to watch in the 30 days after a month, as known now.

    Args:
        with_forecast: with the present forecast, where no past one of the month's last day is stored.
    """
    forecasts = _write_past_forecasts(prepared, month) or (_write_present_forecast(prepared) if with_forecast else [])
    return (
        *(WatchItem("forecast", s) for s in forecasts),
        *(WatchItem("crossing", s) for s in _list_closed_crossings(prepared, month)),
        *(WatchItem("truce", s) for s in _list_ending_truces(prepared, month)),
        *(WatchItem("toll", s) for s in _list_disputed_tolls(prepared, month)),
    )


def _write_past_forecasts(prepared: Case, month: CalendarMonth) -> list[Sentence]:
    stored = [h for h in prepared.forecast_history() if h.origin == month.last and h.days == DAYS]
    return [_write_forecast(prepared, month, h) for h in stored]


def _write_present_forecast(prepared: Case) -> list[Sentence]:
    f = prepared.forecast_if_ready
    if f is None or isinstance(f, str):
        return []
    return [
        make_sentence(
            "Forecast from ", ConventionPiece(format_date(f.as_of), "the day whose knowledge it uses"), " for ",
            ConventionPiece(f"{DAYS} days", WHY_DAYS), ": ", NumberPiece(c.number, format_percent(c.number.value or 0.0)),
            f" for {c.what[:1].lower()}{c.what[1:]}.",
        )
        for c in f.chances if c.days == DAYS
    ]  # fmt: skip


def _write_forecast(prepared: Case, month: CalendarMonth, h: ForecastRecord) -> Sentence:
    name = "new closures of a crossing" if h.channel == CLOSURE else channel_name(prepared.case, h.channel)
    recipe = {"kind": "stored forecast", "origin": str(h.origin), "days": h.days, "channel": h.channel}
    chance = Quantity(
        numbers.number_key(month, f"forecast_{h.channel}"), h.probability, "probability",
        f"stored forecast of {format_date(h.origin)}, from what was known then", recipe, (),
    )  # fmt: skip
    came = tally_quantity(
        numbers.number_key(month, f"outcome_{h.channel}"), h.came, "events", "events that the record shows for those days", recipe, ()
    )  # fmt: skip
    return make_sentence(
        "Forecast of ", ConventionPiece(format_date(h.origin), "the day whose knowledge it used"), " for ",
        ConventionPiece(f"{DAYS} days", WHY_DAYS), ": ", NumberPiece(chance, format_percent(h.probability)),
        f" for one or more {name}. The record shows ", count_text(came) if h.came else NumberPiece(came, "none"), ".",
    )  # fmt: skip


def _list_closed_crossings(prepared: Case, month: CalendarMonth) -> list[Sentence]:
    g, out = prepared.g, []
    day = min(month.last, g.as_of)
    for c in prepared.case.crossings:
        state, _, said, events = on(find_crossing_spells(g, c, until=g.as_of), day, g.as_of)
        if state in CLOSED_STATES:
            out.append(make_sentence(f"{c.name}: ", EventPiece(events[0], said), "."))
    return out


def _list_ending_truces(prepared: Case, month: CalendarMonth) -> list[Sentence]:
    g, names, out = prepared.g, prepared.case.names, []
    for t in prepared.view.truces:
        known = [e for k in t.events if (e := g.event(k)).day <= month.last]
        if not known or (t.ended_by and t.last <= month.last):
            continue
        end = known[-1].span.last
        if known[-1].span.first < end and month.last < end <= month.last + timedelta(days=DAYS):
            other = names.host_government if t.pair == "target–host" else names.group
            piece = EventPiece(known[-1].id, format_date(end))
            out.append(make_sentence(f"A truce of {names.target} and {other} was announced to end on ", piece, "."))
    return out


def _list_disputed_tolls(prepared: Case, month: CalendarMonth) -> list[Sentence]:
    found = []
    for e in numbers.select_month(month).of(prepared.g):
        reach = e.tolls.range
        if e.disputed and reach is not None and reach[0] < reach[1]:
            found.append(e)
    found.sort(key=lambda e: (-(e.tolls.range or (0, 0))[1], e.day, e.id))
    return [_write_toll(prepared, month, e) for e in found[:MOST_TOLLS]]


def _write_toll(prepared: Case, month: CalendarMonth, e: Event) -> Sentence:
    low, high = e.tolls.range or (0, 0)
    toll = Quantity(
        numbers.number_key(month, f"toll_{e.id}"), None, "deaths", "lowest and highest figures reported of one event",
        {"kind": "deaths", "ids": [e.id]}, (e.id,), low, high,
    )  # fmt: skip
    place = ", ".join(dict.fromkeys(x for x in (e.place.name, e.place.province) if x)) or "a place not reported"
    return make_sentence(
        "The parties contradict each other on an event ", format_on_date(e), f" ({place}). Reports give ", range_text(toll, "deaths"), "."
    )  # fmt: skip
