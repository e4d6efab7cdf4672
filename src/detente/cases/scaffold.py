"""Template for a new case file, with actors suggested from the names in a release for a person to decide.

Names are listed as the source writes them, with counts and countries; labels leave out the years that some sources add. The
governments and forces of the two countries and the armed group that the target fights most get their likely roles, other
governments `outsider`, all others `other`. Spellings are not merged: two spellings are two entries. Nothing is invented:
what the release does not say is left out, and `list_gaps` names it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.errors import BadCase
from detente.core.errors import nearest, quoted_choices
from detente.events.countries import load_country_codes, load_country_names
from detente.events.reader import read_release


@dataclass(frozen=True, slots=True)
class NameCount:
    """A name in a release: events of the two countries that name it, and in which of them, most frequent first."""

    name: str
    code: str
    events: int
    soil: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameCounts:
    """Names in a release for two countries, most frequent first; events by pair of names; first and last day."""

    source: str
    names: tuple[NameCount, ...]
    pairs: Counter[frozenset[str]]
    first: date
    last: date
    events: int = 0
    rejected: int = 0


def country_code(text: str) -> str:
    """Return the ISO alpha-3 code for a country's code or name.

    Raises:
        BadCase: no country has it; the error suggests the nearest.

    Example:
        >>> country_code("tur"), country_code("DR Congo")
        ('TUR', 'COD')
    """
    if text.upper() in load_country_codes("iso3"):
        return text.upper()
    code = load_country_codes("name").get(text.casefold())
    if code is None:
        remedy = (
            f"Nearest: {quoted_choices(nearest(text, [*load_country_codes('name'), *load_country_codes('iso3')]))}."
        )
        raise BadCase("a new case", "countries", text, "no country has this code or name", remedy)
    return code


def count_names(path: Path, target: str, host: str) -> NameCounts:
    """Count the names in the events of two countries in a release.

    Raises:
        BadCase: it holds no event of the two countries. Also the errors of `read_release`.
    """
    reading = read_release(path)
    counts = count_event_names(reading.events, reading.release.source, path.name, target, host)
    return replace(counts, rejected=reading.account().set_aside.num_rows)


def count_event_names(
    batches: Iterable[pa.RecordBatch], source: str, shown: str, target: str, host: str
) -> NameCounts:  # fmt: skip
    """Count the names in the events of two countries, from any stream of events; `shown` names the release in errors.

    Raises:
        BadCase: there is no event of the two countries.
    """
    elsewhere: Counter[str] = Counter()
    events = 0
    count: Counter[tuple[str, str]] = Counter()
    soil: dict[tuple[str, str], Counter[str]] = {}
    pairs: Counter[frozenset[str]] = Counter()
    first, last = date.max, date.min
    columns = ["country", "first", "raw_initiators", "raw_recipients", "initiator_codes", "recipient_codes"]
    for batch in batches:
        here = pc.is_in(batch["country"], pa.array([target, host]))
        for other in pc.value_counts(batch["country"].filter(pc.invert(here))).to_pylist():
            elsewhere[other["values"] or ""] += other["counts"]
        known = [c for c in columns if c in batch.schema.names]
        for e in batch.filter(here).select(known).to_pylist():
            events += 1
            first, last = min(first, e["first"]), max(last, e["first"])
            named = [*(e["raw_initiators"] or []), *(e["raw_recipients"] or [])]
            codes = [*(e.get("initiator_codes") or []), *(e.get("recipient_codes") or [])]
            codes = codes if len(codes) == len(named) else [""] * len(named)
            for who in dict.fromkeys(zip(named, codes, strict=True)):
                count[who] += 1
                soil.setdefault(who, Counter())[e["country"]] += 1
            pairs[frozenset(named)] += 1
    names = [NameCount(n, c, k, tuple(s for s, _ in soil[n, c].most_common())) for (n, c), k in count.most_common()]
    if not events:
        most = ", ".join(f"{load_country_names()[c]} ({n:,})" for c, n in elsewhere.most_common(5) if c)
        known_places = f"Its events lie in {most}." if most else "It holds no event with a country."
        why = "the release holds no event in either country"
        raise BadCase("a new case", "data", shown, why, f"{known_places} Name other countries, or another release.")
    return NameCounts(source, tuple(names), pairs, first, last, events)


def list_gaps(target: str, host: str, counts: NameCounts | None) -> list[str]:
    """List what a new case needs and the release does not say; a person must find it."""
    of = {c: load_country_names().get(c, c) for c in (target, host)}
    gaps = []
    if counts:
        for c, role in ((target, "target"), (host, "host")):
            if not any(_is_government_of(n.name, c) for n in counts.names):
                gaps.append(f"no name of the government or forces of {of[c]} (the {role})")
        own = {n.name for n in counts.names if _is_government_of(n.name, target)}
        group = _choose_group(counts, own)
        if group is None:
            gaps.append("no armed group")
        elif not any(group.name in pair and pair & own for pair in counts.pairs):
            gaps.append(
                f"no event in which {shorten_name(group.name)}, the most frequent armed group, fights {of[target]}"
            )
        if counts.rejected:
            gaps.append(f"what {counts.rejected:,} rejected rows say")
    else:
        gaps.append("all actors and days: no release was given")
    gaps.append("border crossings, truces, regimes and reporting coverage: releases do not state them")
    return gaps


def shorten_name(name: str) -> str:
    """Return a name without the years that some sources add.

    Example:
        >>> shorten_name("Military Forces of Yemen (2016-) Supreme Political Council")
        'Military Forces of Yemen Supreme Political Council'
    """
    return re.sub(r"\s+", " ", re.sub(r"\((?:\d{4})?\s*-\s*(?:\d{4})?\)", "", name)).strip() or name


def format_case_file(
    name: str, target: str, host: str, counts: NameCounts | None, file: str, days: tuple[date, date] | None = None,
    *, group: str = "", rival: str = "",
) -> str:  # fmt: skip
    """Return the text of a case file that loads unchanged; DECIDE marks what a person must decide.

    Args:
        group, rival: names of the armed group and of the host's rival, as the release writes them or in other words; empty
            for the group that the target fights most, and for no rival.

    Raises:
        ValueError: neither a release nor `days` says when the case begins and ends.
    """
    if days is None and counts is None:
        raise ValueError("without a release, days are needed")
    of = {target: load_country_names().get(target, target), host: load_country_names().get(host, host)}
    first, last = days or ((counts.first, counts.last) if counts else (date.min, date.max))
    cast = _suggest_actors(target, host, of, counts, " ".join(group.split()), " ".join(rival.split()))
    group = next(label for _, label, role, *_ in cast if role == "group")
    head = f"""# {of[target]}, {of[host]} and {group}. Lines marked DECIDE are for a person.

id = {format_toml_string(name)}
title = {format_toml_string(f"{of[target]}, {of[host]} and {group}")}
question = {format_toml_string(f"How does the violence between {of[target]} and {group} affect relations with {of[host]}?")}  # DECIDE
from = {first}
to = {last}

[countries]
target = "{target}"
host = "{host}"

[country_names]
{target} = {format_toml_string(of[target])}
{host} = {format_toml_string(of[host])}

[names]
target = {format_toml_string(of[target])}
host = {format_toml_string(of[host])}
host_government = {format_toml_string(f"the authorities of {of[host]}")}
group = {format_toml_string(group)}
border = {format_toml_string(f"the border of {of[target]} and {of[host]}")}

[[demands]]
key = "relations"
title = "How the violence destabilises relations"
asks = "How does the violence destabilise relations between the two states?"
claims = ["linkage", "safe_haven", "trust", "sovereignty", "spillover"]

[[brought]]
source = "{counts.source if counts else "ucdp"}"
{f"files = [{format_toml_string(file)}]" if file else "# files = [...], in this folder or the data folder: without it, all releases of the source in the store"}
where = "Say here where others get the file."  # DECIDE

[[windows]]
name = "all days that the releases cover"
from = {first}
coverage = 1.0
basis = "taken as evenly collected"  # DECIDE

# DECIDE: some sources name the two who fought and not who began.
[[rules]]
channel = "attack"
initiators = "target+group"
recipients = "-"
types = "ASSAULT"
soil = "target"
why = "the source does not say who began; on the target's soil it is counted as the group's attack"
"""
    out = [head]
    for key, label, role, extra, aliases in cast:
        lines = [
            "[[cast]]",
            *(f"{k} = {format_toml_string(v)}" for k, v in (("key", key), ("name", label), ("role", role))),
        ]
        lines += extra
        if aliases:
            lines.append(f"[cast.aliases]\n{counts.source if counts else 'ucdp'} = [{', '.join(aliases)}]")
        out.append("\n".join(lines) + "\n")
    return "\n".join(out)


_ActorEntry = tuple[str, str, str, list[str], list[str]]


def _suggest_actors(
    target: str, host: str, of: dict[str, str], counts: NameCounts | None, group_name: str = "", rival_name: str = ""
) -> list[_ActorEntry]:  # fmt: skip
    known = counts.names if counts else ()
    governs = {c: [n for n in known if _is_government_of(n.name, c)] for c in (target, host)}
    cast: list[_ActorEntry] = []
    for c, role in ((target, "target"), (host, "host")):
        note = (
            "the names of its forces and police"
            if governs[c]
            else "the release names neither its government nor its forces"
        )
        cast.append((c, of[c], role, [f"# DECIDE: {note}"], [format_toml_string(n.name) for n in governs[c]]))
    others = [n for n in known if n not in governs[target] and n not in governs[host]]
    group, rival = _find_name(group_name, others), _find_name(rival_name, others)
    if not group_name and counts:
        group = _choose_group(counts, {n.name for n in governs[target]})
    used = {target, host}
    labels = {of[target], of[host]}
    for role, chosen, name in (("group", group, group_name or "the armed group"), ("rival", rival, rival_name)):
        if chosen is None and (name and name not in labels):
            note_lines = [] if counts is None and name != "the armed group" else ["# DECIDE: nobody fits in the data"]
            cast.append(
                (_make_actor_key(name if name != "the armed group" else "GROUP", used), name, role, note_lines, [])
            )
            labels.add(name)
    for n in others:
        if n.name.startswith(("Civilians", "XXX")):
            continue
        role = (
            "group" if n is group else "rival" if n is rival else "outsider" if _is_any_government(n.name) else "other"
        )
        note_lines = [f"# DECIDE: {n.events} events, in {' and '.join(n.soil)}"]
        label = shorten_name(n.name) if shorten_name(n.name) not in labels else n.name
        labels.add(label)
        cast.append((_make_actor_key(label, used), label, role, note_lines, [format_toml_string(n.name)]))
    for c, side in ((target, "target"), (host, "host")):
        alias = [f'{{ name = "Civilians", in = "{c}" }}'] if any(n.name == "Civilians" for n in known) else []
        cast.append((_make_actor_key(f"{c}_CIV", used), f"people in {of[c]}", "civilians", [f'of = "{side}"'], alias))
    unknown = ['"XXX*"'] if any(n.name.startswith("XXX") for n in known) else []
    cast.append((_make_actor_key("UNK", used), "unknown", "unknown", [], unknown))
    return cast


def _find_name(name: str, among: Sequence[NameCount]) -> NameCount | None:
    """Find the name that a person gave, as the source writes it or without its years, in any case."""
    wanted = name.casefold()
    return next((n for n in among if wanted and wanted in (n.name.casefold(), shorten_name(n.name).casefold())), None)


def _choose_group(counts: NameCounts, own: set[str]) -> NameCount | None:
    """Choose the armed group that the target fights most; without such a fight, the most frequent name."""
    fought = {n.name: sum(k for pair, k in counts.pairs.items() if n.name in pair and pair & own) for n in counts.names}
    free = [n for n in counts.names if not _is_any_government(n.name) and not n.name.startswith(("Civilians", "XXX"))]
    return max(free, key=lambda n: (fought[n.name], n.events), default=None)


# UCDP and ACLED: Government of Pakistan, Military Forces of Pakistan (2024-), Police Forces of Pakistan (2024-).
_STATE_FORCES = re.compile(r"(?:Government|Military Forces|Police Forces) of (.+?)(?: \(\d{4}-(?:\d{4})?\))?")


def _is_any_government(name: str) -> bool:
    match = _STATE_FORCES.fullmatch(name)
    return match is not None and (
        name.startswith("Government of ") or match[1].casefold() in load_country_codes("name")
    )


def _is_government_of(name: str, country: str) -> bool:
    match = _STATE_FORCES.fullmatch(name)
    return match is not None and load_country_codes("name").get(match[1].casefold()) == country


def _make_actor_key(name: str, used: set[str]) -> str:
    stem = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:24] or "ACTOR"
    key = next(k for k in (stem, *(f"{stem}_{i}" for i in range(2, 1000))) if k not in used)
    used.add(key)
    return key


def format_toml_string(text: str) -> str:
    """Return a text as a string of TOML, in quotes.

    Example:
        >>> format_toml_string('the "group"')
        '"the \\\\"group\\\\""'
    """
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c
        for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
