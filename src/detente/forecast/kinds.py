"""Kinds of event that a forecast counts: names, inclusion rules, and the yes-or-no questions about them."""

from dataclasses import dataclass

from detente.cases.channel_names import channel_name, counts_fights
from detente.forecast.case import CLOSURE, FORCE, CaseForecast, breaking_channels


@dataclass(frozen=True, slots=True)
class CountedKind:
    """A kind of event as the forecast counts it: the reader's name, and the case file's inclusion rule, which may be empty."""

    key: str
    name: str
    rule: str


def list_counted_kinds(f: CaseForecast) -> tuple[CountedKind, ...]:
    """List the kinds of force that are forecast, with what the record collects of each."""
    rules = {c.key: c.rule for c in f.g.case.channels}
    return tuple(CountedKind(c, kind_name(f, c), rules.get(c, "")) for c in FORCE if c in f.channels)


def kind_name(f: CaseForecast, channel: str) -> str:
    """Name a channel in the plural, as the case file does, else from its actors."""
    n = f.g.case.names
    named = f.g.case.channel_name(channel)
    if named != channel or counts_fights(f.g.case, channel):
        return channel_name(f.g.case, channel)
    return {
        "attack": f"attacks by {n.group} in {n.target}",
        "operation": f"operations of {n.target} at home",
        "strike": f"strikes by {n.target} in {n.host}",
        "clash": f"clashes between forces of {n.target} and {n.host_government}",
        CLOSURE: "new closures of a crossing",
    }.get(channel, channel)


def list_yes_no_questions(f: CaseForecast) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """List the yes-or-no questions: key, channels of which one event means yes, and wording."""
    order = ("attack", "strike", "clash", "operation")
    out: list[tuple[str, tuple[str, ...], str]] = [(c, (c,), f"One or more {kind_name(f, c)}") for c in order]
    if f.truce:
        pair = f.truce.pair.replace("–", " and ")
        out.append(("truce", breaking_channels(f.truce), f"Events that break the truce between {pair}"))
    if f.open_crossings:
        out.append((CLOSURE, (CLOSURE,), f"One or more {kind_name(f, CLOSURE)}"))
    return tuple(out)
