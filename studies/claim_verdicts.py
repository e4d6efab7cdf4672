"""Verdicts of the claims in synthetic worlds where they are true and where they are false.

    python studies/claim_verdicts.py --runs 200 --rows claim_verdicts.csv

Synthetic conflicts with the flagship's actors, 1,500 days, a shared season of 50 %, a period of doubled reporting
coverage, and named fighting at the end. In the true one all nine claims hold: each response that a claim names exists. In the
false ones there are no responses, nothing changes with the fighting, and places and parties are drawn evenly:

    false                     events are independent
    false, crises             25 crises of 5 days, in which every kind of event is four times as frequent
    false, media bursts       25 bursts of 3 to 10 days in which all events are reported; at other times a quarter of them
    false, political weather  a level that all kinds share steps every 20 to 60 days, by a deviation of 0.6 in logarithms

The worlds have stated links. Where an event is a response, its report names the trigger in 40 % of cases. In every world 15 %
of the other statements and uses of force between the governments are presented as a reaction to the latest event of another
kind within a week, as reports do. Verdicts rest on counts alone, so these links change none.

Every run is judged as `evaluate` does it, with those checks that can change a verdict. Rows are added to the file as runs end,
and runs already in the file are skipped, so that the study can be stopped and resumed; rows of another version of the model
are left out. `--keep` writes the table of false alarms that the package ships. The tables are written to
docs/replications/claim_verdicts.md.

Seeds: [run, world] of the data, with worlds numbered in the order above, the true one first; the fits have the case's seed 0.
"""

import argparse
import csv
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np

from detente.cases.case_file import load_case_file
from detente.cases.channels import assign_channels
from detente.cases.coverage import ReportingCoverage
from detente.cases.load import CaseData, load_case_data
from detente.cases.stated_links import StatedLink
from detente.claims import ALL, CLAIMS
from detente.claims.checks import run_checks
from detente.claims.claim import Claim
from detente.claims.context import ClaimContext
from detente.claims.false_alarms import TABLE
from detente.claims.verdict import CONTRADICTED, ORDER, decide_verdict
from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.event import Event, ReportedDeaths
from detente.measures.rate import estimate_share
from detente.model.version import MODEL_VERSION

OUT = Path("docs/replications/claim_verdicts.md")
DAYS, FIGHTING, DECAY = 1500, 1000, 0.35
FIRST = date(2022, 1, 1)
NAMES = ("attack", "operation", "harm", "other", "clash", "pressure", "defiance", "dialogue", "concession", "outside")
RATE = (0.05, 0.03, 0.025, 0.025, 0.03, 0.08, 0.04, 0.06, 0.05, 0.08)
RESPONSES = {  # (after, of): children per event in the true world
    ("attack", "harm"): 0.25, ("attack", "other"): 0.25, ("attack", "defiance"): 0.3, ("attack", "pressure"): 0.2,
    ("harm", "defiance"): 1.0, ("other", "defiance"): 0.1, ("harm", "clash"): 0.2, ("other", "clash"): 0.2,
    ("pressure", "defiance"): 0.35, ("outside", "pressure"): 0.3,
}  # fmt: skip
HOW = {  # channel: (who, whom, type, mode, country)
    "attack": ("TTP", "PAK", "ASSAULT", "raid", "PAK"), "operation": ("PAK", "TTP", "ASSAULT", "raid", "PAK"),
    "harm": ("PAK", "AFG", "ASSAULT", "airstrike", "AFG"), "other": ("PAK", "TTP", "ASSAULT", "airstrike", "AFG"),
    "clash": ("PAK;AFG", "PAK;AFG", "ASSAULT", "clash", "AFG"), "pressure": ("PAK", "AFG", "ACCUSE", "allege", "PAK"),
    "defiance": ("AFG", "PAK", "REJECT", "deny", "AFG"), "dialogue": ("PAK;AFG", "PAK;AFG", "CONSULT", "talks", "AFG"),
    "concession": ("AFG", "PAK", "COOPERATE", "", "AFG"), "outside": ("IND", "AFG", "CONSULT", "visit", "IND"),
}  # fmt: skip
NEAR_BORDER, NEAR_OTHER = (33.90, 70.10), (31.55, 74.35)
FLAGSHIP = load_case_data(load_case_file("pakistan-afghanistan"))
WORLDS = ("true", "false", "false, crises", "false, media bursts", "false, political weather")
SHARED = {  # names in the shipped table: what the kinds of event share
    "false": "nothing shared", "false, crises": "shared crises", "false, media bursts": "bursts of reporting",
    "false, political weather": "a shared level that steps",
}  # fmt: skip
STATED, PRESENTED, PRESENTED_WITHIN = 0.4, 0.15, 7
ANSWERING = ("harm", "other", "clash", "pressure", "defiance")  # kinds that reports present as reactions


def simulate_shocks(world: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What all kinds of event share: their level and the share of events that is reported, shape (day,) each."""
    level, reported, t = np.ones(DAYS), np.ones(DAYS), np.arange(DAYS)
    if world == "false, crises":
        for first in rng.integers(0, DAYS - 5, 25):
            level[first : first + 5] = 4
    if world == "false, media bursts":
        reported[:] = 0.25
        for first in rng.integers(0, DAYS - 10, 25):
            reported[first : first + int(rng.integers(3, 11))] = 1.0
    if world == "false, political weather":
        steps = np.cumsum(rng.integers(20, 61, DAYS // 20))
        level = np.exp(0.6 * rng.normal(size=len(steps) + 1))[np.searchsorted(steps, t, side="right")]
    return level / level.mean(), reported


def simulate_family(
    rate: np.ndarray, w: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simulate a Hawkes process with the parent of each event, -1 without one: times, channels, parents."""
    day, who = np.nonzero(arrivals := rng.poisson(rate))
    n = arrivals[day, who]
    day, who = np.repeat(day, n), np.repeat(who, n)
    times, parents, start = day + rng.random(len(day)), np.full(len(day), -1), 0
    generation = np.arange(len(times))
    while len(generation):
        new_t, new_k, new_p = [], [], []
        for k in range(len(w)):
            p = np.repeat(generation, rng.poisson(w[k, who[generation]]))
            new_t.append(times[p] + rng.exponential(1 / DECAY, len(p)))
            new_k.append(np.full(len(p), k))
            new_p.append(p)
        start = len(times)
        born = np.concatenate(new_t)
        inside = born < len(rate)
        times, who = np.append(times, born[inside]), np.append(who, np.concatenate(new_k)[inside])
        parents = np.append(parents, np.concatenate(new_p)[inside])
        generation = np.arange(start, len(times))
    return times, who, parents


def simulate_case(seed: int, world: str) -> CaseData:
    """Simulate one case."""
    true = world == "true"
    rng = np.random.default_rng([seed, WORLDS.index(world)])
    t = np.arange(DAYS)
    coverage = np.where((t >= 600) & (t < 900), 2.0, 1.0)
    level, reported = simulate_shocks(world, rng)
    shared = level * (1 + 0.5 * np.cos(2 * np.pi * t / 365.25)) * coverage
    # Before reporting there are more events, so that the worlds have about as many on record.
    rate = np.tile(RATE, (DAYS, 1)) * (shared / (shared * reported).mean() * (coverage.mean()))[:, None]
    at = NAMES.index
    w = np.zeros((len(NAMES), len(NAMES)))
    if true:
        for (j, k), children in RESPONSES.items():
            w[at(k), at(j)] = children
        rate[:, at("defiance")] *= 0.3 + 1.4 * t / DAYS
        rate[:, at("dialogue")] *= 1.7 - 1.4 * t / DAYS
        rate[FIGHTING:, at("harm")] *= 4
    times, who, parents = simulate_family(rate, w, rng)
    seen = rng.random(len(times)) < reported[times.astype(int)]
    days = [(int(d), NAMES[k]) for d, k in zip(times[seen], who[seen], strict=True)]
    force = sorted({d for d, k in days if k in ("harm", "other", "clash")})
    events: list[Event] = []
    weight = shared * reported / (shared * reported).sum()

    def draw_days(n: int) -> list[int]:
        return [int(d) for d in rng.choice(DAYS, n, p=weight)]

    def add(day: int, how: tuple[str, str, str, str, str], **more: object) -> None:
        if 0 <= day < DAYS:
            events.append(_event(len(events), day, how, **more))

    for d, k in days:  # event i of the record is event i of these
        more: dict[str, object] = {}
        if k == "attack":
            more["at"] = NEAR_BORDER if true or rng.random() < 0.5 else NEAR_OTHER
        if k in ("harm", "other"):
            more["civilian"] = 3 if k == "harm" else 0
        how = HOW[k]
        if k == "other" and not true:
            how = ("PAK", "AFG", "ASSAULT", "airstrike", "AFG")
        if k == "operation" and not true and rng.random() < 0.5:
            how = ("AFG", "TTP", "ASSAULT", "raid", "AFG")
        if k == "dialogue":
            more["context"] = "terrorism" if rng.random() < (0.5 if not true or d < FIGHTING else 0.03) else "trade"
        add(d, how, **more)
    closing = ("PAK", "AFG", "SANCTION", "close-crossing", "PAK")
    for d in force:
        if true and rng.random() < 0.5:
            add(d + int(rng.integers(1, 6)), closing)
    for d in draw_days(10 if true else 40):
        add(d, closing)
    third = ("PAK;AFG;QAT", "PAK;AFG;QAT", "CONSULT", "third-party-talks", "QAT")
    for d in rng.choice(force, 15) if true else draw_days(15):
        add(int(d) - int(rng.integers(1, 15)) if true else int(d), third)
    for whom, n in (("ISKP", 20), ("TTP", 4 if true else 20)):
        for d in draw_days(n):
            add(d, ("AFG", whom, "COERCE", "arrest-militants", "AFG"), context="terrorism")
    numbers = np.cumsum(seen) - 1  # of the reported events
    mothers = [numbers[p] if p >= 0 and seen[p] else -1 for p in parents[seen]]
    return _build_case_data(events, coverage, _state_links(events, days, mothers, rng))


def _state_links(
    events: list[Event], days: list[tuple[int, str]], mothers: list[int], rng: np.random.Generator
) -> tuple[StatedLink, ...]:
    """The links that reports state: some of the true ones, and some that they suppose."""
    links, latest = [], sorted(range(len(days)), key=lambda i: days[i][0])
    for at, i in enumerate(latest):
        d, kind = days[i]
        trigger = mothers[i] if mothers[i] >= 0 and days[mothers[i]][1] != kind and rng.random() < STATED else -1
        if trigger < 0 and kind in ANSWERING and rng.random() < PRESENTED:
            near = (j for j in reversed(latest[:at]) if days[j][1] != kind)
            trigger = next((j for j in near if 0 < d - days[j][0] <= PRESENTED_WITHIN), -1)
        if trigger >= 0:
            links.append(StatedLink(events[i].id, events[trigger].id, "", "reaction", "stated", "", ""))
    return tuple(links)


def _event(n: int, day: int, how: tuple[str, str, str, str, str], **more: object) -> Event:
    who, whom, kind, mode, country = how
    when = FIRST + timedelta(days=day)
    did, got = tuple(who.split(";")), tuple(whom.split(";"))
    civilian = more.get("civilian")
    tolls = ReportedDeaths(low=3, best=3, high=3, civilian=civilian) if civilian is not None else ReportedDeaths()  # type: ignore[arg-type]
    place = Place(country, "", "")
    if "at" in more:
        lat, lon = more["at"]  # type: ignore[misc]
        place = Place(country, "", "Made", lat, lon, "place")
    return Event(
        id=f"MD-{when:%Y%m%d}-{n}", source="made", release="made", row=n + 1, known_on=when, span=DateRange(when, when),
        place=place, raw_initiators=did, raw_recipients=got, initiators=did, recipients=got, type=kind, mode=mode,
        context=str(more.get("context", "military")), tolls=tolls, disputed=False, confidence="high",
        addresses=("https://example.org/1",), summary="Made for a study.",
    )  # fmt: skip


def _build_case_data(events: list[Event], coverage: np.ndarray, links: tuple[StatedLink, ...]) -> CaseData:
    case, cuts = FLAGSHIP.case, (0, 600, 900, DAYS)
    last = FIRST + timedelta(days=DAYS - 1)
    windows = tuple(
        case.windows[0].model_copy(
            update={
                "name": f"window {i}",
                "kinds": (),
                "first": FIRST + timedelta(days=a),
                "last": FIRST + timedelta(days=b - 1),
                "coverage": float(coverage[a]),
            }
        )
        for i, (a, b) in enumerate(pairwise(cuts))
    )
    regime = case.regimes[-1].model_copy(
        update={"name": "fighting", "kind": "fighting", "first": FIRST + timedelta(days=FIGHTING), "last": last}
    )
    case = case.model_copy(
        update={
            "first": FIRST,
            "last": last,
            "windows": windows,
            "regimes": (regime,),
            "crossing_events": (),
            "truce_events": (),
        }
    )
    ordered = tuple(sorted(events, key=lambda e: (e.day, e.id)))
    return replace(
        FLAGSHIP, links=links, has_links=True, renamed={}, case=case, as_of=last, events=ordered, later=0, set_aside=(), assignments=assign_channels(case, ordered),
        coverage=ReportingCoverage(FIRST, coverage),
    )  # fmt: skip


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--runs", type=int, default=200, help="of each world")
    p.add_argument("--rows", type=Path, default=Path("claim_verdicts.csv"), help="where rows are kept")
    p.add_argument("--first", type=int, default=0, help="first run, so that two processes can share the work")
    p.add_argument("--worlds", nargs="*", choices=WORLDS, help="only these worlds")
    p.add_argument("--keep", action="store_true", help="write the table of false alarms that the package ships")
    options = p.parse_args()
    done = set()
    if options.rows.exists():
        done = {(r["seed"], r["world"]) for r in read_rows(options.rows)}
    for seed in range(options.first, options.runs):
        for name in options.worlds or WORLDS:
            if (str(seed), name) in done:
                continue
            view = ClaimContext(simulate_case(seed, name))
            row = {"version": MODEL_VERSION, "seed": seed, "world": name, **{c.id: judge(c, view) for c in ALL}}
            fresh = not options.rows.exists()
            with options.rows.open("a", newline="") as f:
                out = csv.DictWriter(f, list(row))
                if fresh:
                    out.writeheader()
                out.writerow(row)
    if options.keep:
        keep_false_alarms(options.rows)
    text = f"# Verdicts where the claim is true and where it is false\n\n{__doc__}\n{table(options.rows)}\n"
    notes = OUT.read_text(encoding="utf-8").partition("\n## ")[1:] if OUT.exists() else ("", "")
    OUT.write_text(text + "".join(notes), encoding="utf-8")
    print(text)


def judge(claim: Claim, view: ClaimContext) -> str:
    """The verdict on a claim, as `evaluate` gives it, with those checks only that can change it.

    A check cannot raise a part that is not supported, and only the contrary of a part can make it contradicted.
    """
    estimates = claim.estimates(view)
    needed = [e for e in estimates if e.necessary]
    contrary = [e for e in needed if e.probability is not None and e.probability <= CONTRADICTED]
    outcomes = [o for e in contrary for o in run_checks(claim, e, view)]
    word = decide_verdict(estimates, outcomes).word
    if word in ("contradicted", "not supported"):
        return word
    return decide_verdict(estimates, [o for e in needed for o in run_checks(claim, e, view)]).word


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read the rows of this version of the model; others are left out."""
    return [r for r in csv.DictReader(path.open()) if r["version"] == str(MODEL_VERSION)]


def keep_false_alarms(path: Path) -> None:
    """Write the table of false alarms that the package ships."""
    rows = [r for r in read_rows(path) if r["world"] != "true"]
    runs = Counter(r["world"] for r in rows)
    lines = [
        "# Synthetic conflicts in which a claim is false and yet rated leaning or better; made by studies/claim_verdicts.py."
    ]
    lines += [
        f"model = {MODEL_VERSION}",
        'case = "pakistan-afghanistan"',
        'record = "Pakistan and Afghanistan"',
        "",
        "[conflicts]",
        *(f'"{SHARED[w]}" = {runs[w]}' for w in SHARED),
        "",
        "[alarms]",
    ]
    for c in (c for c in CLAIMS if any(r[c] != "too little data" for r in rows)):  # the others were not tested
        alarms = Counter(r["world"] for r in rows if r[c] in ("leaning", "supported"))
        by_world = ", ".join(f'"{SHARED[w]}" = {alarms[w]}' for w in SHARED)
        lines.append(f"{c} = {{ {by_world} }}")
    (files("detente.claims") / TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")  # type: ignore[attr-defined]


def table(path: Path) -> str:
    """The table of the replication page: verdicts by claim and world, in runs."""
    rows = read_rows(path)
    words = [w for w in reversed(ORDER) if w != "not applicable"]
    head = ["claim", "world", "runs", *words, "leaning or better (95 % limits)"]
    out = [f"| {' | '.join(head)} |", f"| --- | --- |{' ---: |' * (len(head) - 2)}"]
    false = [w for w in WORLDS if w != "true"]
    groups = {**{w: [w] for w in WORLDS}, "all four false ones": false}
    for c in CLAIMS:
        for name, worlds in groups.items():
            verdicts = Counter(r[c] for r in rows if r["world"] in worlds)
            n = sum(verdicts.values())
            if n:
                s = estimate_share(verdicts["leaning"] + verdicts["supported"], n)
                alarms = f"{100 * s.value:.0f} % ({100 * s.low:.0f} to {100 * s.high:.0f})"
                cells = [c.replace("_", " "), name, str(n), *(str(verdicts[w]) for w in words), alarms]
                out.append(f"| {' | '.join(cells)} |")
    return "\n".join(out)


if __name__ == "__main__":
    main()
