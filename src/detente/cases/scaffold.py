"""Template for a new case file, with actors suggested from the names in a release for a person to decide.

Names are listed as the source writes them, with counts and countries. The governments of the two countries and the
armed group that the target fights most get their likely roles, other governments `outsider`, all others `other`.
Spellings are not merged: two spellings are two entries.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

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
    """Count the names in the events of two countries in a release."""
    reading = read_release(path)
    count: Counter[tuple[str, str]] = Counter()
    soil: dict[tuple[str, str], Counter[str]] = {}
    pairs: Counter[frozenset[str]] = Counter()
    first, last = date.max, date.min
    for batch in reading.events:
        columns = ["country", "first", "raw_initiators", "raw_recipients", "initiator_codes", "recipient_codes"]
        for e in batch.select(columns).to_pylist():
            if e["country"] not in (target, host):
                continue
            first, last = min(first, e["first"]), max(last, e["first"])
            named = [*e["raw_initiators"], *e["raw_recipients"]]
            codes = [*(e["initiator_codes"] or []), *(e["recipient_codes"] or [])]
            codes = codes if len(codes) == len(named) else [""] * len(named)
            for who in dict.fromkeys(zip(named, codes, strict=True)):
                count[who] += 1
                soil.setdefault(who, Counter())[e["country"]] += 1
            pairs[frozenset(named)] += 1
    names = [NameCount(n, c, k, tuple(s for s, _ in soil[n, c].most_common())) for (n, c), k in count.most_common()]
    return NameCounts(reading.release.source, tuple(names), pairs, first, last)


def format_case_file(name: str, target: str, host: str, counts: NameCounts | None, file: str) -> str:
    """Return the text of a case file that loads unchanged; DECIDE marks what a person must decide."""
    of = {target: load_country_names().get(target, target), host: load_country_names().get(host, host)}
    first = counts.first if counts and counts.names else date(2021, 1, 1)
    last = counts.last if counts and counts.names else first + timedelta(days=365)
    cast = _suggest_actors(target, host, of, counts)
    group = next((a[1] for a in cast if a[2] == "group"), "the armed group")
    head = f"""# {of[target]}, {of[host]} and {group}. Begun by `detente case new`; lines marked DECIDE are for a person.

id = {_format_toml_string(name)}
title = {_format_toml_string(f"{of[target]}, {of[host]} and {group}")}
question = {_format_toml_string(f"How does the violence between {of[target]} and {group} affect relations with {of[host]}?")}  # DECIDE
from = {first}
to = {last}

[countries]
target = "{target}"
host = "{host}"

[country_names]
{target} = {_format_toml_string(of[target])}
{host} = {_format_toml_string(of[host])}

[names]
target = {_format_toml_string(of[target])}
host = {_format_toml_string(of[host])}
host_government = {_format_toml_string(f"the authorities of {of[host]}")}
group = {_format_toml_string(group)}
border = {_format_toml_string(f"the border of {of[target]} and {of[host]}")}

[[demands]]
key = "relations"
title = "How the violence destabilises relations"
asks = "How does the violence destabilise relations between the two states?"
claims = ["linkage", "safe_haven", "trust", "sovereignty", "spillover"]

[[brought]]
source = "{counts.source if counts else "ucdp"}"
{f"files = [{_format_toml_string(file)}]" if file else "# files = [...], in this folder or the data folder: without it, all files there under the source's name"}
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
            *(f"{k} = {_format_toml_string(v)}" for k, v in (("key", key), ("name", label), ("role", role))),
        ]
        lines += extra
        if aliases:
            lines.append(f"[cast.aliases]\n{counts.source if counts else 'ucdp'} = [{', '.join(aliases)}]")
        out.append("\n".join(lines) + "\n")
    return "\n".join(out)


_ActorEntry = tuple[str, str, str, list[str], list[str]]


def _suggest_actors(target: str, host: str, of: dict[str, str], counts: NameCounts | None) -> list[_ActorEntry]:
    known = counts.names if counts else ()
    governs = {c: [n for n in known if _is_government_of(n.name, c)] for c in (target, host)}
    cast: list[_ActorEntry] = [
        (c, of[c], role, ["# DECIDE: the names of its forces and police"], [_format_toml_string(n.name) for n in governs[c]] or [_format_toml_string(f"Government of {of[c]}")])
        for c, role in ((target, "target"), (host, "host"))
    ]  # fmt: skip
    own = {n.name for n in governs[target]}
    pairs = counts.pairs.items() if counts else ()
    fought = {n.name: sum(k for pair, k in pairs if n.name in pair and pair & own) for n in known}
    free = [n for n in known if not n.name.startswith(("Government of ", "Civilians", "XXX"))]
    group = max(free, key=lambda n: (fought[n.name], n.events), default=None)
    used = {target, host}
    if group is None:
        note = ["# DECIDE: nobody fits in the data"]
        cast.append((_make_actor_key("GROUP", used), "the armed group", "group", note, []))
    for n in known:
        if n in governs[target] or n in governs[host] or n.name.startswith(("Civilians", "XXX")):
            continue
        role = "group" if n is group else "outsider" if n.name.startswith("Government of ") else "other"
        note = [f"# DECIDE: {n.events} events, in {' and '.join(n.soil)}"]
        cast.append((_make_actor_key(n.name, used), n.name, role, note, [_format_toml_string(n.name)]))
    for c, side in ((target, "target"), (host, "host")):
        alias = [f'{{ name = "Civilians", in = "{c}" }}'] if any(n.name == "Civilians" for n in known) else []
        cast.append((_make_actor_key(f"{c}_CIV", used), f"people in {of[c]}", "civilians", [f'of = "{side}"'], alias))
    unknown = ['"XXX*"'] if any(n.name.startswith("XXX") for n in known) else []
    cast.append((_make_actor_key("UNK", used), "unknown", "unknown", [], unknown))
    return cast


def _is_government_of(name: str, country: str) -> bool:
    match = re.fullmatch(r"Government of (.+)", name)
    return match is not None and load_country_codes("name").get(match[1].casefold()) == country


def _make_actor_key(name: str, used: set[str]) -> str:
    stem = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:24] or "ACTOR"
    key = next(k for k in (stem, *(f"{stem}_{i}" for i in range(2, 1000))) if k not in used)
    used.add(key)
    return key


def _format_toml_string(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c
        for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
