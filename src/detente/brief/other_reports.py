"""What other sources of a store say of the events that a text names."""

from collections.abc import Iterable

from detente.brief.document import Report, Retold
from detente.cases.matched_reports import Reports
from detente.claims.checks.external_replication import named
from detente.core.date_range import span_in_words
from detente.events.event import Event
from detente.events.matching.discrepancies import Disagreement, disagreements
from detente.events.matching.linkage import between, key_of, linked


def retold(events: Iterable[Event], found: Reports) -> dict[str, Retold]:
    """By event id, of those that another source tells too: reports that a person accepted or the score calls likely."""
    out = {}
    for e in events:
        pairs = [(n, n.b if key_of(n.a) == key_of(e) else n.a) for n in linked(found.links, e)]
        if pairs:
            told = tuple(
                Report(key_of(o), n.standing, n.score, span_in_words(o.span), f"{between(o.tolls.range)} deaths" if o.tolls.range else "no figure of deaths")
                for n, o in pairs
            )  # fmt: skip
            out[e.id] = Retold(told, tuple(_words(d) for d in disagreements(e, [o for _, o in pairs])))
    return out


def _words(d: Disagreement) -> str:
    what = {"deaths": "deaths", "initiator": "who began", "day": "the day", "place": "the place"}[d.what]
    return f"on {what}: " + "; ".join(f"{_by(k)} says {v}" for k, v in d.said.items())


def _by(key: str) -> str:
    source, _, name = key.partition(":")
    return f"{named(source)} {name}"
