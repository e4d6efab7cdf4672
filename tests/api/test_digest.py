"""The monthly digest: its numbers, sentences, watch list, and what a day of knowledge hides."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from detente.api.case import Case, open_case
from detente.api.crossings import on
from detente.api.digest.months import NoDigest, latest_month, list_digests
from detente.api.digest.verdict_text import FALSE_RATE
from detente.api.traced_numbers import find_sentences, find_traced_number
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.core.month import BadMonth, CalendarMonth
from detente.measures.crossings import CLOSED_STATES, find_crossing_spells
from detente.measures.deaths import sum_deaths
from detente.measures.month_verdict import judge_month

MARCH = CalendarMonth(2026, 3)


def test_digest_holds_every_event_once(flagship: Case) -> None:
    """Every event of the month stands under its kind, those with the most reported deaths first."""
    d = flagship.digest("2025-10")
    expected = [e for e in flagship.g.events if (e.day.year, e.day.month) == (2025, 10)]
    listed = [e for k in d.kinds for e in k.events]
    assert sorted(e.row.id for e in listed) == sorted(e.id for e in expected)
    for k in d.kinds:
        highest = [flagship.g.event(e.row.id).tolls.range for e in k.events]
        told = [r[1] for r in highest if r]
        assert told == sorted(told, reverse=True)
        assert all(r is None for r in highest[len(told) :])
    by_id = {e.id: e for e in expected}
    assert all(e.sources == by_id[e.row.id].addresses for e in listed)


def test_digest_numbers_can_be_traced(flagship: Case) -> None:
    """Every number of a digest is found by its key, with the sentence that prints it."""
    for month in ("2026-03", "2025-10", "2026-04", "2022-03"):
        d = flagship.digest(month)
        numbers = {m.key: m for s in find_sentences(d) for m in s.measured}
        assert len(numbers) > 3
        for key, m in numbers.items():
            found = find_traced_number(flagship, key)
            assert found is not None, key
            assert (found.measured.value, found.measured.events) == (m.value, m.events), key


def test_digest_deaths_equal_force_tolls(flagship: Case) -> None:
    """Deaths are those of acts of force, as a range, and those without a toll are counted apart."""
    d = flagship.digest("2025-10")
    force = [e for e in flagship.g.of(*FORCE_CHANNELS) if (e.day.year, e.day.month) == (2025, 10)]
    measured = {m.key: m for s in d.summary for m in s.measured}
    want = sum_deaths(force)
    got = measured["digest_2025_10_deaths"]
    assert (got.low, got.high) == (want.low, want.high)
    assert measured["digest_2025_10_untold"].value == want.untold


def test_digest_word_equals_verdict(flagship: Case) -> None:
    """The digest and its archive say what the rule says, and single reports make no verdict."""
    rows = list_digests(flagship)
    assert [r.month for r in rows] == sorted((r.month for r in rows), reverse=True)
    for r in rows[:20]:
        v = judge_month(flagship.g, CalendarMonth(*map(int, r.month.split("-"))))
        d = flagship.digest(r.month)
        assert (r.word, r.reason) == (v.word, v.reason) == (d.word, d.reason)
        assert (d.word == "not known") == (not d.measures)
        assert v.covered == v.month.days or d.word == "not known"


def test_digest_evidence_agrees_with_verdict(flagship: Case) -> None:
    """A digest is worse or better exactly where both its numbers together lie beyond the limit."""
    for month in ("2025-10", "2025-05", "2026-03", "2024-01"):
        d = flagship.digest(month)
        assert d.evidence is not None
        v = judge_month(flagship.g, CalendarMonth(*map(int, month.split("-"))))
        keys = {m.key: m.value for m in d.evidence.measured}
        assert [
            keys.get(f"digest_{month.replace('-', '_')}_together_{end}", v.together[0].t) for end in ("low", "high")
        ] == [c.t for c in v.together]
        beyond = {c.t > c.limit or c.t < -c.limit for c in v.together}
        assert (d.word in ("worse", "better")) == (beyond == {True})


def test_headline_names_no_other_verdict(flagship: Case) -> None:
    """A headline holds the word of its verdict and not that of another."""
    said = {
        "worse": " worse than ",
        "better": " better than ",
        "unchanged": "No clear change",
        "not known": "is not known",
    }
    for r in list_digests(flagship):
        text = flagship.digest(r.month).headline.text
        assert [w for w, words in said.items() if words in text] == [r.word], text


def test_digest_latest_month_can_be_judged(flagship: Case) -> None:
    """Without a month the digest is of the latest that can be judged; later ones exist and are not known."""
    assert latest_month(flagship) == MARCH
    d = flagship.digest()
    assert d.month == "2026-03"
    later = [r for r in list_digests(flagship) if r.month > d.month]
    assert later
    assert {r.word for r in later} == {"not known"}


def test_digest_names_later_knowledge(flagship: Case) -> None:
    """Events that became known after the month are named, and were absent from a digest of the month's last day."""
    d = flagship.digest("2025-10")
    assert d.later
    last = date(2025, 10, 31)
    assert all(flagship.g.event(e.row.id).known_on > last for e in d.later)
    then = open_case("pakistan-afghanistan", as_of=last, store=None, cache=False, compare=False).digest("2025-10")
    ids = {e.row.id for k in then.kinds for e in k.events}
    assert not then.later
    assert ids.isdisjoint({e.row.id for e in d.later})
    assert ids | {e.row.id for e in d.later} == {e.row.id for k in d.kinds for e in k.events}


def test_digest_update_follows_the_data(flagship: Case) -> None:
    """A digest is updated when the last event that it rests on became known."""
    d = flagship.digest("2025-10")
    known = [e.known_on for e in flagship.g.events if date(2024, 10, 1) <= e.day <= date(2025, 10, 31)]
    assert d.updated == max(known)


def test_watch_list_holds_stored_forecast(flagship: Case) -> None:
    """The watch list quotes the stored forecast of the month's last day, with what came."""
    d = flagship.digest("2025-09")
    stored = [h for h in flagship.forecast_history() if (h.origin, h.days) == (date(2025, 9, 30), 30)]
    found = {m.key: m.value for w in d.watch if w.kind == "forecast" for m in w.sentence.measured}
    assert len(stored) == sum(w.kind == "forecast" for w in d.watch) > 0
    for h in stored:
        assert found[f"digest_2025_09_forecast_{h.channel}"] == h.probability
        assert found[f"digest_2025_09_outcome_{h.channel}"] == h.came


def test_watch_list_uses_present_forecast_ahead(flagship: Case) -> None:
    """A month whose next 30 days reach the day of knowledge is followed by the present forecast."""
    assert any(w.kind == "forecast" for w in flagship.digest("2026-06").watch)
    assert not any(w.kind == "forecast" for w in flagship.digest("2026-03").watch)


def test_watch_list_holds_closed_crossings(flagship: Case) -> None:
    """The crossings to watch are those reported closed on the month's last day."""
    g = flagship.g
    for month in (CalendarMonth(2025, 7), CalendarMonth(2025, 10), MARCH):
        shut = {
            c.name for c in g.case.crossings if on(find_crossing_spells(g, c, until=g.as_of), month.last, g.as_of)[0] in CLOSED_STATES
        }  # fmt: skip
        items = [w.sentence.text for w in flagship.digest(str(month)).watch if w.kind == "crossing"]
        assert len(items) == len(shut)
        assert all(any(text.startswith(f"{name}:") for text in items) for name in shut)


def test_watch_list_names_ending_truce(flagship: Case) -> None:
    """A truce announced to end within 30 days of the month is watched."""
    found = set()
    for t in flagship.view.truces:
        e = flagship.g.event(t.events[0])
        month = CalendarMonth(e.day.year, e.day.month)
        holds = t.ended_by is None or t.last > month.last
        if holds and month.last < e.span.last <= month.last + timedelta(days=30):
            found.add(month)
            watched = [w.sentence for w in flagship.digest(str(month)).watch if w.kind == "truce"]
            assert any(getattr(p, "event", "") == e.id for s in watched for p in s.pieces)
    assert CalendarMonth(2021, 11) in found
    assert not any(w.kind == "truce" for w in flagship.digest("2026-03").watch)


def test_digest_refuses_unknown_months(flagship: Case) -> None:
    """A text that is no month, and a month that the record does not reach, are refused."""
    with pytest.raises(BadMonth):
        flagship.digest("October")
    with pytest.raises(NoDigest) as e:
        flagship.digest("2019-12")
    assert e.value.month == CalendarMonth(2019, 12)


def test_digest_as_data_is_complete(flagship: Case) -> None:
    """As plain values a digest has its format, verdict and events; as HTML its title."""
    d = flagship.digest("2025-10")
    data = d.to_dict()
    assert data["format"] == "detente digest 1"
    assert (data["month"], data["verdict"]) == ("2025-10", d.word)
    assert sum(len(k["events"]) for k in data["kinds"]) == sum(len(k.events) for k in d.kinds)
    assert d.title in d._repr_html_()


def test_false_rate_equals_measured_one() -> None:
    """The false rate that pages state is the one that the study measured."""
    page = Path(__file__).parents[2].joinpath("docs/replications/digest.md").read_text(encoding="utf-8")
    either = [
        float(x) for x in re.findall(r"\| ([\d.]+)% \|\n", page.split("nominal 10 %")[1].split("change of the")[0])
    ]
    assert len(either) == 7
    low, high = re.search(r"(\d+) to (\d+) of 100", FALSE_RATE).groups()  # type: ignore[union-attr]
    assert (int(low), int(high)) == (round(min(either)), round(max(either)))
    power = re.search(r"× 2, talks × 0.5 \| ([\d.]+)%", page)
    assert power is not None
    assert f"about {round(float(power[1]), -1):.0f} of 100" in FALSE_RATE
