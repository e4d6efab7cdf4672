"""A summary states the present from all events known, and counts over covered days only."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from detente.api.case import Case, open_case
from detente.api.crossings import latest_crossing_states, spells_of
from detente.api.summary import summarize_case
from detente.core.date_range import DateRange
from detente.core.disk_cache import DiskCache
from detente.text.sentence import EventPiece, NumberPiece, Sentence
from support.workbench import change_record


@pytest.fixture(scope="module")
def case() -> Case:
    """The flagship without other sources."""
    return open_case(store=None, compare=False)


def _events_of(sentence: Sentence) -> list[str]:
    return [p.event for p in sentence.pieces if isinstance(p, EventPiece)]


def test_latest_force_uses_every_event_known(case: Case) -> None:
    """The latest strike or clash counts, also after the last covered day."""
    g = case.g
    latest = max(g.of("strike", "clash"), key=lambda e: e.span.last)
    assert latest.day > g.watched_to
    assert latest.id in _events_of(summarize_case(case)[1])


def test_no_sentence_mixes_status_and_counts(case: Case) -> None:
    """A sentence that cites an event after the covered days holds no number measured over covered days."""
    late = {e.id for e in case.g.events if e.day > case.g.watched_to}
    for s in summarize_case(case):
        if late & set(_events_of(s)):
            assert not any(isinstance(p, NumberPiece) for p in s.pieces)
        assert not late & {i for m in s.measured for i in m.events}


def test_crossing_status_follows_a_late_reopening(case: Case) -> None:
    """A reopening reported after the covered days changes the present state of a crossing, not the days counted."""
    g = case.g
    day = g.watched_to + timedelta(days=20)
    closure = next(e for e in g.events if e.mode == "close-crossing" and e.place.name in g.case.crossings[0].places)
    opened = replace(
        closure, id="late", span=DateRange(day, day, "day"), known_on=day, type="RETREAT", mode="reopen-crossing"
    )
    assignments = {**g.assignments, "late": g.assignments[closure.id]}
    changed = change_record(case, replace(g, events=(*g.events, opened), assignments=assignments))
    key = g.case.crossings[0].key
    assert next(c for c in latest_crossing_states(case) if c.key == key).shut
    assert not next(c for c in latest_crossing_states(changed) if c.key == key).shut
    assert spells_of(changed)[key][-1].last_high == spells_of(case)[key][-1].last_high == date(2026, 4, 8)


def test_status_keeps_the_summary(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentences of a status are read back from the cache as they were made, without another fit of the index."""
    cache = DiskCache(tmp_path)
    first = Case(case.named, case.view, cache).status().sentences
    assert first == summarize_case(case)
    monkeypatch.setattr("detente.api.summary.summarize_case", lambda _: pytest.fail("made again"))
    assert Case(case.named, case.view, cache).status().sentences == first
