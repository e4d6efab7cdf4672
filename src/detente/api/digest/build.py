"""Build the digest of a month."""

from datetime import date

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.digest import numbers
from detente.api.digest.months import require_month, verdict_of
from detente.api.digest.verdict_text import build_measures, write_evidence, write_headline, write_summary
from detente.api.digest.watch_list import build_watch_list, is_ahead
from detente.api.events.event_row import build_event_row
from detente.api.events.table import UNASSIGNED
from detente.api.recent_changes import list_developments
from detente.api.results.digest import DigestEvent, DigestKind, DigestResult
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import COUNTED_CHANNELS, FORCE_CHANNELS
from detente.core.month import CalendarMonth
from detente.events.event import Event
from detente.measures.deaths import sum_deaths
from detente.measures.quantity import Quantity, tally_quantity
from detente.text.numbers import count_text, range_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence


def build_digest(prepared: Case, month: CalendarMonth | None = None) -> DigestResult:
    """Build the digest of a month, with what is known on the case's day of knowledge.

    Args:
        month: the latest month that can be judged if not given.

    Raises:
        NoDigest: the record does not reach the month.
    """
    m = require_month(prepared, month)
    return _build(prepared, m, is_ahead(prepared, m) and prepared.forecast_if_ready is not None)


@cached_per_case(256)
def _build(prepared: Case, m: CalendarMonth, with_forecast: bool) -> DigestResult:
    g = prepared.g
    v = verdict_of(prepared, m)
    events = numbers.select_month(m).of(g)
    reach = {*(v.before or ()), m}
    known = [e.known_on for e in g.events if CalendarMonth(e.day.year, e.day.month) in reach]
    return DigestResult(
        prepared.header, str(m), m.words, v.word, v.reason, write_headline(v), write_summary(prepared, v),
        build_measures(prepared, v), write_evidence(v), _group_by_kind(prepared, m, events),
        list_developments(prepared, m.first, m.last), build_watch_list(prepared, m, with_forecast=with_forecast),
        _list_later(prepared, m, events),
        v.covered, m.days, tuple(str(x) for x in v.before), max([min(m.last, g.as_of), *known]),
    )  # fmt: skip


@cached_per_case()
def _list_release_days(prepared: Case) -> dict[tuple[str, str], set[date]]:
    """The days by which the events of each release were public; one only where the source dates releases and not events."""
    days: dict[tuple[str, str], set[date]] = {}
    for e in prepared.g.events:
        days.setdefault((e.source, e.release), set()).add(e.known_on)
    return days


@cached_per_case(256)
def _list_first_days(prepared: Case, month: CalendarMonth) -> dict[str, date]:
    """The first day by which an event of the month was public, for each source."""
    first: dict[str, date] = {}
    for e in numbers.select_month(month).of(prepared.g):
        first[e.source] = min(e.known_on, first.get(e.source, e.known_on))
    return first


def _tells_known_day(prepared: Case, month: CalendarMonth, e: Event) -> bool:
    """Whether a source says when an event became known: by a day of its own, or by a release after another of the same month."""
    own = len(_list_release_days(prepared)[e.source, e.release]) > 1
    return own or e.known_on <= month.last or e.known_on > _list_first_days(prepared, month)[e.source]


def _list_later(prepared: Case, month: CalendarMonth, events: tuple[Event, ...]) -> tuple[DigestEvent, ...] | None:
    told = [e for e in events if _tells_known_day(prepared, month, e)]
    if events and not told:
        return None
    return tuple(_build_event(prepared, month, e) for e in told if e.known_on > month.last)


def _build_event(prepared: Case, month: CalendarMonth, e: Event) -> DigestEvent:
    later = str(e.known_on) if e.known_on > month.last and _tells_known_day(prepared, month, e) else ""
    return DigestEvent(build_event_row(prepared, e), e.addresses, later)


def _group_by_kind(prepared: Case, month: CalendarMonth, events: tuple[Event, ...]) -> tuple[DigestKind, ...]:
    by: dict[str, list[Event]] = {}
    for e in events:
        by.setdefault(prepared.g.channel(e) or UNASSIGNED, []).append(e)
    order = (*COUNTED_CHANNELS, UNASSIGNED)
    # Acts of force by their highest reported deaths, then the others in their usual order.
    kinds = sorted(
        by,
        key=lambda c: (c not in FORCE_CHANNELS, -sum_deaths(by[c]).high if c in FORCE_CHANNELS else 0, order.index(c)),
    )
    return tuple(
        DigestKind(
            c, _count_kind(prepared, month, c, by[c]),
            tuple(_build_event(prepared, month, e) for e in sorted(by[c], key=_gravest_first)),
        )
        for c in kinds
    )  # fmt: skip


def _gravest_first(e: Event) -> tuple[int, str, str]:
    reach = e.tolls.range
    return (-reach[1] if reach else 1, str(e.day), e.id)


def _count_kind(prepared: Case, month: CalendarMonth, channel: str, events: list[Event]) -> Sentence:
    ids = tuple(e.id for e in events)
    of = {"ids": list(ids)} if channel == UNASSIGNED else numbers.select_month(month, (channel,)).as_data()
    name = channel_name(prepared.case, channel)
    count = tally_quantity(
        numbers.number_key(month, f"kind_{channel}"),
        len(events),
        name,
        f"events counted: {name}",
        {"kind": "count", "of": of},
        ids,
    )
    pieces: list[SentencePiece] = [f"{name[:1].upper()}{name[1:]}: ", count_text(count)]
    d = sum_deaths(events)
    if d.told:
        how = f"deaths added over the {d.told} events that give a figure, lowest and highest figures; events without one: {d.untold}"
        toll = Quantity(
            numbers.number_key(month, f"deaths_{channel}"), d.low if d.low == d.high else None, "deaths", how,
            {"kind": "deaths", "of": of, "untold": d.untold}, ids, d.low, d.high,
        )  # fmt: skip
        pieces += [", with ", range_text(toll, "reported deaths")]
        if d.untold:
            recipe = {"kind": "untold deaths", "of": of}
            untold = tally_quantity(
                numbers.number_key(month, f"untold_{channel}"),
                d.untold,
                "events",
                "events without any reported toll",
                recipe,
                ids,
            )
            pieces += ["; ", count_text(untold, "has", "have"), " no reported toll"]
    return make_sentence(*pieces, ".")
