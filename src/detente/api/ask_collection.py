"""What the record collects of the kinds of event that a question names, and how far a period was collected.

A chronology states a rule for each kind in its case file. Of releases of other sources the table of what each source
records (`sources/testimony.tsv`) says it.
"""

from detente.api.ask_parts import describe_coverage, kind_name
from detente.api.case import Case
from detente.cases.testimony import CLOSING_MODES, describe_collection, describe_gaps, find_gaps, list_sources
from detente.questions.event_kind import EventKind
from detente.questions.understanding import ANY_ATTACK, Understanding
from detente.sources.testimony import format_source_name
from detente.text.numbers import join_words


def say_rules(case: Case, u: Understanding) -> list[str]:
    """Say what the record collects of each kind, and how far the period was collected."""
    out = say_kind_rules(case, u)
    if u.periods and u.intent.asks in ("count", "deaths") and all(x.level == "country" for x in u.places):
        channels = dict.fromkeys(k.channels[0] for k in u.kinds if k.channels)
        found_scales = [case.yardstick(c, u.first, u.last) for c in channels]
        out += [f"For scale, {y.sentence}" for y in found_scales if y]
    coverage = (
        describe_coverage(case, u.first, u.last) if u.intent.asks not in ("first", "deadliest") or u.periods else ""
    )
    return [*out, *([coverage] if coverage else [])]


def say_kind_rules(case: Case, u: Understanding) -> list[str]:
    """Say what the record collects of each kind."""
    rules = {c.key: c.rule for c in case.case.channels}
    out = []
    for k in u.kinds:
        if k.channels and (rule := rules.get(k.channels[0])):
            any_rule = rule == "any"
            collects = "all that are reported" if any_rule else rule
            rest = "" if any_rule else " Others are in it only in part."
            out.append(f"What the record collects as “{kind_name(case, k)}”: {collects}.{rest}")
        elif collected := _say_collected(case, k):
            out += collected
        elif not k.channels and u.intent.asks in ("count", "deaths", "civilians", "list"):
            out.append(f"The record collects {kind_name(case, k)} only as part of other kinds of event, so it may miss some.")  # fmt: skip
    if not u.kinds and u.intent.asks in ("count", "deaths", "civilians", "comparison"):
        out.append(_say_all_kinds(case))
    return out


def _say_all_kinds(case: Case) -> str:
    """Say what the record holds of violence where a question names no kind of event."""
    if case.case.chronology:
        return "The record holds the kinds of event that its codebook names, not all violence in the two countries."
    names = join_words([format_source_name(s) for s in list_sources(case.g)])
    if set(list_sources(case.g)) == {"ucdp"}:
        return f"{names} records deadly violence only."
    return f"The record holds what {names} {'records' if ' and ' not in names else 'record'}, not all violence in the two countries."


def find_kind_gaps(case: Case, k: EventKind) -> tuple[str, ...]:
    """Name what a kind of event asks for and no source of the case records; empty if nothing is missing."""
    return find_gaps(case.g, {"channels": k.channels, "types": k.types, "modes": k.modes})


def _say_collected(case: Case, k: EventKind) -> list[str]:
    """Say how the sources of a case record a kind, or that they do not; empty where only the case file could say it."""
    if gaps := find_kind_gaps(case, k):
        if k.modes and not set(k.modes) & CLOSING_MODES:
            names = join_words([format_source_name(s) for s in list_sources(case.g)])
            return [f"{names}: {k.many} are not told apart from other events."]
        return [f"{describe_gaps(case.g, gaps if k.channels or k.modes else [k.many])}."]
    channel = k.channels[0] if k.channels else "attack" if k is ANY_ATTACK else ""
    return list(describe_collection(case.g, channel, kind_name(case, k)))
