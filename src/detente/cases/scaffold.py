"""Template for a new case file, with actors suggested from the names in a release for a person to decide.

Names are listed as the source writes them, with counts and countries; labels leave out the years that some sources add. The
governments and forces of the two countries and the armed group that fights the target and has events in the host get their
likely roles, other governments `outsider`, all others `other`. Spellings are not merged: two spellings are two entries. Nothing is invented:
what the release does not say is left out, and `list_gaps` names it.
"""

import re
from collections.abc import Sequence
from datetime import date

from detente.cases.release_names import (
    NameCount,
    NameCounts,
    choose_group,
    is_any_government,
    is_government_of,
    list_candidates,
    shorten_name,
)
from detente.events.countries import load_country_names

MAX_CANDIDATES = 8  # listed beside the line that names the group


def list_gaps(target: str, host: str, counts: NameCounts | None) -> list[str]:
    """List what a new case needs and the release does not say; a person must find it."""
    of = {c: load_country_names().get(c, c) for c in (target, host)}
    gaps = []
    if counts:
        for c, role in ((target, "target"), (host, "host")):
            if not any(is_government_of(n.name, c) for n in counts.names):
                gaps.append(f"no name of the government or forces of {of[c]} (the {role})")
        if not counts.reaches(host):
            gaps.append(f"whether the group shelters in {of[host]}: the release has no event there")
        if choose_group(counts, target, host) is None:
            gaps.append(f"no armed group that fights {of[target]} and is named in an event in {of[host]}")
        if counts.rejected:
            gaps.append(f"what {counts.rejected:,} rejected rows say")
    else:
        gaps.append("all actors and days: no release was given")
    gaps.append("border crossings, truces, regimes and reporting coverage: releases do not state them")
    return gaps


def format_case_file(
    name: str, target: str, host: str, counts: NameCounts | None, files: Sequence[str], days: tuple[date, date] | None = None,
    *, group: str = "", rival: str = "",
) -> str:  # fmt: skip
    """Return the text of a case file that loads unchanged; DECIDE marks what a person must decide.

    Args:
        files: the releases that the case reads, as its file names them; none: all releases of the source in the store.
        group, rival: names of the armed group and of the host's rival, as the release writes them or in other words; empty
            for the group that `choose_group` finds, and for no rival.

    Raises:
        ValueError: neither a release nor `days` says when the case begins and ends.
    """
    if days is None and counts is None:
        raise ValueError("without a release, days are needed")
    of = {target: load_country_names().get(target, target), host: load_country_names().get(host, host)}
    first, last = days or (counts.days if counts else (date.min, date.max))
    cast = _suggest_actors(target, host, of, counts, " ".join(group.split()), " ".join(rival.split()))
    named = bool(group.strip())
    group = next(label for _, label, role, *_ in cast if role == "group")
    why_group = "" if named or counts is None else _describe_choice(counts, target, host, of)
    head = f"""# {of[target]}, {of[host]} and {group}. Lines marked DECIDE are for a person.

id = {format_toml_string(name)}
title = {format_toml_string(f"{of[target]}, {of[host]} and {group}")}  # DECIDE: names the group
question = {format_toml_string(f"How does the violence between {of[target]} and {group} affect relations with {of[host]}?")}  # DECIDE: names the group
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
host_government = {format_toml_string(f"the authorities of {of[host]}")}  # DECIDE: as a plural
{why_group}group = {format_toml_string(group)}  # DECIDE: the actor with the role group below; title and question name it too
border = {format_toml_string(f"the border of {of[target]} and {of[host]}")}

[[demands]]
key = "relations"
title = "How the violence destabilises relations"
asks = "How does the violence destabilise relations between the two states?"
claims = ["linkage", "safe_haven", "trust", "sovereignty", "spillover"]

[[brought]]
source = "{counts.source if counts else "ucdp"}"
{f"files = [{', '.join(format_toml_string(f) for f in files)}]" if files else "# files = [...], in this folder or the data folder: without it, all releases of the source in the store"}
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
    governs = {c: [n for n in known if is_government_of(n.name, c)] for c in (target, host)}
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
        group = choose_group(counts, target, host)
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
            "group" if n is group else "rival" if n is rival else "outsider" if is_any_government(n.name) else "other"
        )
        note_lines = [f"# DECIDE: {_count_events(n)}"]
        label = shorten_name(n.name) if shorten_name(n.name) not in labels else n.name
        labels.add(label)
        cast.append((_make_actor_key(label, used), label, role, note_lines, [format_toml_string(n.name)]))
    for c, side in ((target, "target"), (host, "host")):
        alias = [f'{{ name = "Civilians", in = "{c}" }}'] if any(n.name == "Civilians" for n in known) else []
        cast.append((_make_actor_key(f"{c}_CIV", used), f"people in {of[c]}", "civilians", [f'of = "{side}"'], alias))
    unknown = ['"XXX*"'] if any(n.name.startswith("XXX") for n in known) else []
    cast.append((_make_actor_key("UNK", used), "unknown", "unknown", [], unknown))
    return cast


def _count_events(n: NameCount) -> str:
    where = f", in {n.soil[0][0]}" if len(n.soil) == 1 else f": {', '.join(f'{k:,} in {c}' for c, k in n.soil)}"
    return f"{n.events:,} event{'s' * (n.events != 1)}{where}"


def _describe_choice(counts: NameCounts, target: str, host: str, of: dict[str, str]) -> str:
    """Say in comments why the release suggests its group, or that it suggests none, and who else it could be."""
    chosen = choose_group(counts, target, host)
    own = {n.name for n in counts.names if is_government_of(n.name, target)}
    a, b = of[target], of[host]
    if chosen is None:
        why = f"the release shows no armed group that fights {a} and has events in {b}. Name the group"
    elif not counts.reaches(host):
        why = f"which group shelters in {b}? The release has no event there. {chosen.name} fights {a} most"
    else:
        fights = counts.fights(chosen.name, own, host)
        why = f"which group shelters in {b}? {chosen.name} fights {a} and has {chosen.events_in(host):,} events in {b}"
        why += f", {fights:,} of them fights with {a}" if fights else ""
    listed = list_candidates(counts, target, host)[:MAX_CANDIDATES]
    each = [f"#   {n.name}: {n.events_in(target):,} in {a}, {n.events_in(host):,} in {b}" for n in listed]
    head = [f"# DECIDE: {why}.", *(["# Candidates, with the release's events that name them:"] if each else [])]
    return "\n".join([*head, *each]) + "\n"


def _find_name(name: str, among: Sequence[NameCount]) -> NameCount | None:
    """Find the name that a person gave, as the source writes it or without its years, in any case."""
    wanted = name.casefold()
    return next((n for n in among if wanted and wanted in (n.name.casefold(), shorten_name(n.name).casefold())), None)


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
