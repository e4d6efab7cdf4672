"""What the sources of a case can testify to: kinds of event, event types and modes.

A kind is collected if one of the case's sources records it (`sources/testimony.tsv`). A type or a mode is collected if
a code of the provider becomes it (`events/codes.tsv`). Of a source that is not described, such as a table of the user,
nothing is known: a kind is then collected if at least one event of it is on record.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from detente.cases.channel_names import counts_fights
from detente.cases.load import CaseData
from detente.events.crosswalk import load_crosswalk
from detente.events.event import Event
from detente.sources.testimony import CIVILIAN_DEATHS, CLOSURE, DEATHS, format_source_name, load_testimony

_CODES = {"ucdp": "ucdp", "acled": "acled", "gdelt": "cameo", "icews": "cameo"}
CLOSED_MODES = frozenset({"close-crossing", "suspend-trade"})
CLOSING_MODES = CLOSED_MODES | {"reopen-crossing"}
KIND_WORDS = {
    "attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes",
    "pressure": "acts of pressure", "defiance": "rejections and threats", "dialogue": "meetings", "concession": "concessions",
    "truce": "offers of truce", "outside": "acts of outsiders", "restraint": "acts of the host against armed groups",
    CLOSURE: "closed crossings", DEATHS: "deaths", CIVILIAN_DEATHS: "civilian deaths",
}  # fmt: skip
"""Each kind as a plural, for sentences."""
TWO_SIDED = frozenset({"ucdp", "acled"})
"""Providers that name the two sides of a fight and not who began it."""
RECORDED_IN_PART = frozenset({"outside", "restraint"})
"""Kinds of which a provider that does not record them still holds the violent part."""


def list_sources(g: CaseData) -> tuple[str, ...]:
    """List the providers of a case's events.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> list_sources(load_case_data(load_case_file("pakistan-afghanistan")))
        ('chronology',)
    """
    return tuple(g.release.source.split(" + "))


def collects(g: CaseData, kind: str) -> bool:
    """Return whether a source of the case records a kind of event; if not, its absence is unknown and not zero.

    Args:
        kind: a channel, `closure`, `deaths` or `civilian_deaths`.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> collects(load_case_data(load_case_file("pakistan-afghanistan")), "closure")
        True
    """
    return any(_source_collects(g, s, kind) for s in list_sources(g))


def known_count(g: CaseData, kind: str, events: int) -> int | None:
    """Return a number of events of a kind as far as it is known: None for zero of a kind that no source of the case records.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> known_count(load_case_data(load_case_file("pakistan-afghanistan")), "dialogue", 0)
        0
    """
    return events if events or collects(g, kind) else None


def _source_collects(g: CaseData, source: str, kind: str) -> bool:
    described = load_testimony().get(source)
    if described is not None:
        return kind in described and described[kind].holds
    own = [e for e in g.events if e.source == source]
    if kind == CLOSURE:
        return any(e.mode in CLOSING_MODES for e in own)
    if kind in (DEATHS, CIVILIAN_DEATHS):
        return any((e.tolls.range if kind == DEATHS else e.tolls.civilian) is not None for e in own)
    return any(g.channel(e) == kind for e in own)


def tells_initiator(event: Event) -> bool:
    """Return whether the source of an event says who began it; both sides of a fight are its initiators if not.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> all(tells_initiator(e) for e in load_case_data(load_case_file("pakistan-afghanistan")).events)
        True
    """
    if event.source not in TWO_SIDED or event.raw_recipients:
        return True
    # UCDP gives both sides of a fight one name where it identifies neither; an event of ACLED may have one actor.
    return event.source != "ucdp" and len(event.raw_initiators) < 2


@cache
def _codes_of(source: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """Types and modes that a provider's codes become; None where no table lists them."""
    if source not in _CODES:
        return None
    entries = [c for c in load_crosswalk().values() if c.source == _CODES[source]]
    return frozenset(c.type for c in entries if c.type), frozenset(c.mode for c in entries if c.mode)


def find_gaps(g: CaseData, of: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what an event filter asks for and no source of the case records, in words; empty if nothing is missing.

    Args:
        of: the conditions of an event filter, as `EventFilter.as_data` gives them.
    """
    gaps = [KIND_WORDS[c] for c in of.get("channels", ()) if c in KIND_WORDS and not collects(g, c)]
    modes = set(of.get("modes", ())) - {""}
    if modes & CLOSING_MODES:
        gaps += [] if collects(g, CLOSURE) else [KIND_WORDS[CLOSURE]]
    codes = [_codes_of(s) for s in list_sources(g)]
    if not gaps and None not in codes:
        held = [c for c in codes if c is not None]
        types, known_modes = (frozenset[str]().union(*(c[i] for c in held)) for i in (0, 1))
        gaps += [t.lower().replace("_", " ") for t in of.get("types", ()) if t not in types]
        gaps += [m.replace("-", " ") for m in sorted(modes - CLOSING_MODES - known_modes)]
    if of.get("civilians") is not None and not collects(g, CIVILIAN_DEATHS):
        gaps.append(KIND_WORDS[CIVILIAN_DEATHS])
    return tuple(dict.fromkeys(gaps))


def find_unrecorded_kinds(sources: Iterable[str], kinds: Iterable[str]) -> tuple[str, ...]:
    """List those of some kinds that none of the sources records; empty where a source is not described.

    Example:
        >>> find_unrecorded_kinds(["ucdp"], ["strike", "dialogue"]), find_unrecorded_kinds(["ucdp", "my table"], ["dialogue"])
        (('dialogue',), ())
    """
    table, named = load_testimony(), tuple(sources)
    if not set(named) <= set(table):
        return ()
    return tuple(k for k in kinds if not any(k in table[s] and table[s][k].holds for s in named))


def find_uncounted_kinds(g: CaseData, kinds: Iterable[str]) -> tuple[str, ...]:
    """List those of some kinds of which zero events are unknown: no source records them, and no rule counts fights in them.

    Where a rule of the case counts fights in a kind, zero means zero such fights.
    """
    return tuple(k for k in find_missing_kinds(g, kinds) if not counts_fights(g.case, k))


def find_missing_kinds(g: CaseData, kinds: Iterable[str]) -> tuple[str, ...]:
    """List those of some kinds that no source of the case records."""
    return tuple(k for k in dict.fromkeys(kinds) if not collects(g, k))


def describe_gaps(g: CaseData, gaps: Iterable[str]) -> str:
    """Describe as a clause what the sources of a case do not record.

    Args:
        gaps: in words, as `find_gaps` and `KIND_WORDS` give them.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> describe_gaps(load_case_data(load_case_file("pakistan-afghanistan")), ["rejections and threats", "concessions"])
        'chronology does not record rejections and threats or concessions'
    """
    sources = list_sources(g)
    names = " and ".join(format_source_name(s) for s in sources)
    partial = {KIND_WORDS[k] for k in RECORDED_IN_PART} if set(sources) <= set(load_testimony()) else set()
    asked = list(gaps)
    whole, part = [w for w in asked if w not in partial], [w for w in asked if w in partial]
    out = [f"{'does' if len(sources) == 1 else 'do'} not record {_list_words(whole, 'or')}"] if whole else []
    if part:
        how = "only where somebody died" if set(sources) == {"ucdp"} else "only in part"
        out.append(f"{'records' if len(sources) == 1 else 'record'} {_list_words(part, 'and')} {how}")
    return f"{names} {' and '.join(out)}"


def _list_words(words: list[str], last: str) -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def describe_collection(g: CaseData, kind: str, words: str) -> tuple[str, ...]:
    """Say how each source of a case records a kind of event; chronologies state rules of their own.

    Args:
        kind: a channel. words: the kind as a plural.

    Example:
        >>> from detente.sources.testimony import load_testimony
        >>> load_testimony()["ucdp"]["strike"].why
        'deadly violence only'
    """
    table = load_testimony()
    held = [table[s][kind] for s in list_sources(g) if s != "chronology" and kind in table.get(s, {})]
    return tuple(
        f"How {format_source_name(h.provider)} records {words}: {h.why.split(';')[0]}." for h in held if h.holds
    )
