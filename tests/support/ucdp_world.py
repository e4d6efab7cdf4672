"""A small case whose only source is UCDP, which records deadly violence and no words, meetings or closures."""

from dataclasses import replace

from detente.api.case import Case
from detente.cases.load import CaseData
from detente.claims.context import ClaimContext
from detente.core.disk_cache import DiskCache
from support.worlds import make_event, make_world, nth_day


def make_ucdp_world(days: int = 160) -> CaseData:
    """Two strikes and an attack, reported by UCDP alone."""
    events = [
        make_event(nth_day(150), "PAK", "TTP", "ASSAULT", "airstrike"),
        make_event(nth_day(152), "PAK", "TTP", "ASSAULT", "airstrike"),
        make_event(nth_day(140), "TTP", "PAK", "ASSAULT", "raid", country="PAK"),
    ]
    g = make_world([replace(e, source="ucdp") for e in events], days)
    return replace(g, release=replace(g.release, source="ucdp"))


def open_world(g: CaseData) -> Case:
    """Open a case made for a test; nothing is kept."""
    return Case(g.case.id, ClaimContext(g), DiskCache(None))
