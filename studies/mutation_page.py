"""Writes docs/replications/mutation.md from the kept results of `mutation.py`."""

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import mutation

from detente.measures.rate import estimate_share

OUT = mutation.ROOT / "docs/replications/mutation.md"
EQUIVALENT = mutation.ROOT / "studies/mutation_equivalent.tsv"


@dataclass(frozen=True)
class Tried:
    """A change with its first and last result, and the reason why it changes no result."""

    change: mutation.Change
    found_at_first: bool
    found: bool
    stopped: bool
    reason: str


def load_sample(places: int, seed: int) -> dict[str, list[Tried]]:
    """The changes of one sample by module."""
    rows = mutation.load_rows()
    first, last = {r["key"]: r for r in reversed(rows)}, {r["key"]: r for r in rows}
    with EQUIVALENT.open(encoding="utf-8", newline="") as f:
        reasons = {(r["module"], r["before"], r["after"]): r["reason"] for r in csv.DictReader(f, delimiter="\t")}
    out: dict[str, list[Tried]] = {}
    for group in mutation.GROUPS:
        for c in mutation.draw_changes(group, places, seed):
            key = mutation.change_key(c)
            if not mutation.is_current(c, last.get(key)):
                sys.exit(f"{c.module}:{c.line} has no current result; run studies/mutation.py first.")
            status, module = int(last[key]["status"]), c.module.removeprefix("src/detente/")
            reason = reasons.get((module, c.before, c.after), "")
            out.setdefault(module, []).append(Tried(c, first[key]["status"] != 0, status != 0, status < 0, reason))
    return out


def describe_share(some: Sequence[Tried]) -> str:
    """Found at first of all but those that change no result, with the share and its limits."""
    counted = [t for t in some if t.found or not t.reason]
    if not counted:
        return "– | –"
    found = sum(t.found_at_first for t in counted)
    s = estimate_share(found, len(counted))
    return f"{found} of {len(counted)} | {s.value:.0%} ({s.low:.0%}–{s.high:.0%})"


def list_survivors(samples: Iterable[dict[str, list[Tried]]]) -> list[str]:
    """A line for each survivor, once."""
    found = {
        (module, t.change.line, t.change.column, t.change.operator, t.change.occurrence): t
        for sample in samples for module, some in sample.items() for t in some if not t.found
    }  # fmt: skip
    lines = ["| module, line | before | after | why it stays |", "| --- | --- | --- | --- |"]
    for (module, line, *_), t in sorted(found.items()):
        before, after = (x.replace("|", "\\|").replace("`", "'") for x in (t.change.before, t.change.after))
        after = f"`{after}`" if after else "(removed)"
        lines.append(f"| {module} {line} | `{before}` | {after} | {t.reason or 'no test notices it'} |")
    return lines


def write_page(places: int, seeds: Sequence[int]) -> None:
    """Write the page: shares by module and group, and the survivors."""
    read, fresh = (load_sample(places, seed) for seed in (seeds[0], seeds[-1]))
    known = {t.change for some in read.values() for t in some}
    fresh = {module: [t for t in some if t.change not in known] for module, some in fresh.items()}
    lines = [
        "| modules | first sample: found before its survivors were read | found after | fresh sample: found | share with 95 % limits |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]

    def add_line(name: str, modules: Sequence[str]) -> None:
        old, new = ([t for m in modules for t in sample.get(m, [])] for sample in (read, fresh))
        before, after = sum(t.found_at_first for t in old), sum(t.found for t in old)
        lines.append(f"| {name} | {before} of {len(old)} | {after} of {len(old)} | {describe_share(new)} |")

    for group, paths in mutation.GROUPS.items():
        modules = [m for p in paths if (m := p.removeprefix("src/detente/")) in read or m in fresh]
        if len(modules) > 1:
            for module in modules:
                add_line(module, [module])
        add_line(f"**{group}**", modules)
    everything = sorted({*read, *fresh})
    add_line("**all**", everything)
    new = [t for some in fresh.values() for t in some]
    stopped = sum(t.stopped for sample in (read, fresh) for some in sample.values() for t in some)
    text = f"""# Faults that the tests find

How many small faults in the code the tests notice (mutation testing).

    pip install "cosmic-ray>=8.7"
    .venv/bin/python studies/mutation.py --write

cosmic-ray changes one thing at one place: an operator, a comparison, a number, a condition, a decorator. Then the tests that concern the
module run. A change that makes no test fail survives. {places} places were drawn of each group of modules, and one change at each; a group with fewer places
has all of them. Changes found because the tests did not end: {stopped}.

The survivors of the first sample were read, and tests written for those that showed a gap. Some were missed at first
only because a test that finds them was not in the list of the study. So its share says little. **The fresh sample was drawn afterwards**, without changes of the first, and its share is the measure. Survivors that change no result are not counted in it; with them, {sum(t.found_at_first for t in new)} of
{len(new)} were found. Tests written later for its other survivors do not count.

{chr(10).join(lines)}

A compiled loop is compiled again with its fault; the study stops if a fault in such a loop is not found. The tests of Spark, of pages and of whole briefs are
not among these; they would find more.

## Survivors

{chr(10).join(list_survivors((read, fresh)))}
"""
    OUT.write_text(text, encoding="utf-8")
    print(text)
