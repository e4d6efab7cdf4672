"""The lead check and the verdict on responses, on synthetic conflicts with and without responses.

    python studies/lead_check.py --runs 40 --rows lead_check.csv

Each run simulates a world of `model/shock_worlds.py`, fits the model with its defaults and judges every directed pair twice:
by the rule until version 1 (P over 95 %, placebo in time and shuffled labels; a failed check left a pair leaning, and so
did a probability of 80 %) and by the present one (`model/verdict_rule.py`, with the lead check). `found` is P(response above
0) over 95 %. A share of n pairs has a standard error of sqrt(p (1 - p) / n), given in points. Rows are added to the file as
runs end, and runs already there are skipped, so that the study can be stopped and resumed. The tables are written to
docs/replications/lead_check.md.

Seeds: [9400, world, run] for the data and [9401, world, run] for the fit, used for nothing else. The check's form and
threshold were fixed on other seeds (9100 to 9201).
"""

import argparse
import csv
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from detente.model.fit import FittedModel, fit_model
from detente.model.lead_check import MIN_T, MIN_T_LAG, check_lead
from detente.model.placebo_tests import placebo_in_time_p, shuffled_labels_p
from detente.model.shock_worlds import branching, hidden_driver, simulate_shock_world
from detente.model.summaries import direct_draws
from detente.model.synthetic import SyntheticData, calming_talks
from detente.model.verdict_rule import apply_verdict_rule

OUT = Path("docs/replications/lead_check.md")
Make = Callable[[np.random.Generator], SyntheticData]
ONE, BOTH = {("a", "b"): 0.3}, {("a", "b"): 0.3, ("b", "a"): 0.3}
SHOCKS = ("media bursts", "mild media bursts", "crises", "political weather", "fading crises", "weekly rhythm")
RECORDS = ("late dates", "week dates", "uneven coverage", "near critical")


def world(
    name: str, channels: int = 2, answers: dict[tuple[str, str], float] | None = None, events: float = 900
) -> Make:
    return lambda rng: simulate_shock_world(name, rng, W=branching(channels, answers), events=events)


def late(days: float) -> Make:
    return lambda rng: simulate_shock_world("late response", rng, W=branching(2, ONE), late_days=days)


WORLDS: dict[str, Make] = {
    **{f"none | {n}": world(n) for n in ("plain", *SHOCKS, *RECORDS)},
    "none | hidden driver": hidden_driver,
    **{f"none, 3 channels | {n}": world(n, 3) for n in ("plain", "media bursts", "crises", "political weather")},
    "a to b 0.3, 500 events | plain": world("plain", 2, ONE, 500),
    "a to b 0.3, 3 channels, 750 events | plain": world("plain", 3, ONE, 750),
    "a to b 0.3, 3 channels, 750 events | crises": world("crises", 3, ONE, 750),
    **{f"a to b 0.3 | {n}": world(n, 2, ONE) for n in ("plain", *SHOCKS, *RECORDS)},
    "talks calm, -0.5 | plain": lambda rng: calming_talks(rng, days=1826),
    "both 0.3 | plain": world("plain", 2, BOTH),
    **{f"a to b 0.3 | after {d} days": late(d) for d in (3, 5, 7, 10, 14)},
}


def judge_pair(s: FittedModel, j: str, k: str) -> dict[str, float]:
    draws = direct_draws(s, 30)[:, s.channels.index(k), s.channels.index(j)]
    above = float((draws > 0).mean())
    claimed = "above" if above >= 0.5 else "below"
    terms = ((1.0, j, k),)
    lead = check_lead(s, terms, claimed=claimed)
    row = {"above": above, "mean": float(draws.mean()), "lead": lead.t, "lag": lead.t_lag}
    if max(above, 1 - above) >= 0.8:
        row["placebo"] = placebo_in_time_p(s, terms, claimed)[0]
        row["labels"] = shuffled_labels_p(
            s, terms, claimed, 0
        )  # NaN in worlds of two channels: nothing to shuffle with
    return row


def passes_lead(r: dict[str, str], sign: str) -> bool:
    turn = 1 if sign == "above" else -1
    return turn * float(r["lead"]) > MIN_T and turn * float(r["lag"]) > MIN_T_LAG


def old_verdict(p: float, results: dict[str, str]) -> str:
    """The rule until version 1, which had no lead check."""
    if p <= 0.05:
        return "contradicted"
    if p < 0.80:
        return "not supported"
    found = {x for c, x in results.items() if c != "lead_check"}
    return "supported" if p >= 0.95 and "held" in found and "failed" not in found else "leaning"


def verdicts(r: dict[str, str], sign: str) -> tuple[str, str]:
    """Verdicts by the old and the present rule on the claim that the response lies above or below 0."""
    above = float(r["above"])
    p = above if sign == "above" else 1 - above
    favoured = "above" if above >= 0.5 else "below"
    results = {"lead_check": "held" if passes_lead(r, favoured) else "failed"}
    for c, value in (("placebo_in_time", r["placebo"]), ("shuffled_labels", r["labels"])):
        if value and value != "nan":
            results[c] = "held" if float(value) <= 0.05 else "failed"
    # Where the contrary is favoured, the checks attack the contrary, as the claims' do.
    return old_verdict(p, results), apply_verdict_rule(p, results, required=("lead_check",))


def share(hits: list[bool]) -> str:
    n = len(hits)
    p = float(np.mean(hits))
    return f"{100 * p:.0f} ({100 * np.sqrt(max(p * (1 - p), 0.25 / n) / n):.0f})"


HEADER = (
    "world", "pair", "pairs", "found", "found, lead check holds", "found, contrary sign", "old: supported", "new",
    "old: leaning or better", "new", "old: contradicted", "new",
)  # fmt: skip


def judge_rows(rows: list[dict[str, str]], sign: str) -> list[str]:
    """The cells of one line of the table."""
    p = [float(r["above"]) if sign == "above" else 1 - float(r["above"]) for r in rows]
    lead = [passes_lead(r, sign) for r in rows]
    found = [x > 0.95 for x in p]
    cells = [found, [f and x for f, x in zip(found, lead, strict=True)], [x < 0.05 for x in p]]
    words = [verdicts(r, sign) for r in rows]
    for wanted in (("supported",), ("supported", "leaning"), ("contradicted",)):
        cells += [[w[i] in wanted for w in words] for i in (0, 1)]
    return [share(c) for c in cells]


def tables(path: Path) -> str:
    rows = list(csv.DictReader(path.open()))
    out = ["Per cent of directed pairs, standard error in brackets.", "", f"| {' | '.join(HEADER)} |"]
    out.append("| --- | --- |" + " ---: |" * (len(HEADER) - 2))
    for name in WORLDS:
        mine = [r for r in rows if r["world"] == name]
        groups = {"all": mine}
        if name.startswith(("a to b", "talks")) or "driver" in name or "critical" in name:
            groups = {p: [r for r in mine if r["pair"] == p] for p in dict.fromkeys(r["pair"] for r in mine)}
        if "3 channels" in name and name.startswith("a to b"):
            groups = {"a to b": groups.get("a to b", []), "others": [r for r in mine if r["pair"] != "a to b"]}
        for pair, g in groups.items():
            if g:
                sign = "below" if pair == "talks to violence" else "above"
                cells = [name.replace(" | ", ", "), pair, str(len(g)), *judge_rows(g, sign)]
                out.append(f"| {' | '.join(cells)} |")
    return "\n".join(out)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--runs", type=int, default=40, help="of each world")
    p.add_argument("--rows", type=Path, default=Path("lead_check.csv"), help="where rows are kept")
    p.add_argument("--first", type=int, default=0, help="first run, so that two processes can share the work")
    p.add_argument("--seed", type=int, default=9400, help="of the data; the fit has the next")
    p.add_argument("--worlds", nargs="*", default=[""], help="only worlds whose name begins so, in this order")
    p.add_argument("--table", action="store_true", help="only write the tables from the rows")
    options = p.parse_args()
    done = set()
    if options.rows.exists():
        done = {(r["world"], int(r["run"])) for r in csv.DictReader(options.rows.open())}
    numbers = {
        name: i for i, name in enumerate(WORLDS)
    }  # seeds of the data; a selection of worlds does not change them
    chosen = list(dict.fromkeys(n for start in options.worlds for n in WORLDS if n.startswith(start)))
    for run in range(options.first, options.runs) if not options.table else ():
        for name in chosen:
            i, make = numbers[name], WORLDS[name]
            if (name, run) in done:
                continue
            w = make(np.random.default_rng([options.seed, i, run]))
            s = fit_model(w.y, w.coverage, channels=w.channels, rng=np.random.default_rng([options.seed + 1, i, run]))
            fresh = not options.rows.exists()
            with options.rows.open("a", newline="") as f:
                out = csv.DictWriter(f, ["world", "run", "pair", "above", "mean", "lead", "lag", "placebo", "labels"])
                if fresh:
                    out.writeheader()
                for j in w.channels:
                    for k in w.channels:
                        if j != k:
                            out.writerow({"world": name, "run": run, "pair": f"{j} to {k}", **judge_pair(s, j, k)})
    text = f"# The lead check\n\n{__doc__}\n{tables(options.rows)}\n"
    notes = OUT.read_text().partition("\n## ")[1:] if OUT.exists() else ("", "")
    OUT.write_text(text + "".join(notes))
    print(text)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
