"""Monthly forecasts of the flagship case, scored.

    .venv/bin/python studies/forecast_case.py

On the last day of each month from August 2022 the case is loaded as known that day, every model forecasts 30, 90 and
180 days, and later counts are the outcomes (`forecast/backtest.py` lists the limits of this). Scored: attacks, operations,
strikes, clashes and newly closed crossings; Brier of at least one, the other scores of event counts. `background alone` is the same
model without responses: the difference is the value of the responses. The forecast that the command makes draws half of its
futures from each; that was chosen after a first look at this table, since responses did not help, and equal halves were not tuned. `early` and `late` halves of the origins are shown apart,
because early origins have little training data. Windows of 90 and 180 days overlap from month to month. Reported deaths in acts of
force are scored by the lowest and by the highest figures. This command also writes the score card that the brief shows
(`src/detente/forecast/cards`).
"""

import time
from pathlib import Path

import numpy as np

from detente.brief.render.scorecard import format_score, summarise_scorecard
from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.charts import calibration
from detente.forecast.backtest import backtest
from detente.forecast.scorecard import ScoreCard, build_scorecard
from detente.forecast.scorecard_store import serialise_scorecard

OUT = Path("docs/replications/forecast_case.md")
CARDS = Path("src/detente/forecast/cards")


def table(c: ScoreCard) -> list[str]:
    lines = [
        "| days | model | Brier | skill | CRPS | evenly collected | log CRPS | IGN | MIS | 50 % holds | 80 % | 90 % |",
        "| ---: | --- |" + " ---: |" * 10,
    ]
    for r in c.rows:
        m = r.counts.means()
        even = r.even if np.isfinite(r.even) else None
        skill = r.yes.skill if np.isfinite(r.yes.skill) else None
        cells = [r.yes.score, skill, m["CRPS"], even, m["log CRPS"], m["IGN"], m["MIS"]]
        held = " | ".join(f"{100 * v:.0f}" for v in r.counts.held.values())
        lines.append(f"| {r.days} | {r.model} | " + " | ".join(map(format_score, cells)) + f" | {held} |")
    return lines


def deaths(c: ScoreCard) -> list[str]:
    lines = [
        "| days | figures | model | CRPS | log CRPS | IGN | MIS | 50 % holds | 80 % | 90 % |",
        "| ---: | --- | --- |" + " ---: |" * 7,
    ]
    for r in c.deaths:
        m = r.counts.means()
        cells = " | ".join(format_score(m[k]) for k in ("CRPS", "log CRPS", "IGN", "MIS"))
        held = " | ".join(f"{100 * v:.0f}" for v in r.counts.held.values())
        lines.append(f"| {r.days} | {r.series.removeprefix('deaths told, ')} | {r.model} | {cells} | {held} |")
    return lines


def main() -> None:
    began = time.perf_counter()
    case = load_case_file("pakistan-afghanistan")
    rounds = backtest(case)
    took = time.perf_counter() - began
    c = build_scorecard("pakistan-afghanistan", rounds)
    origins = sorted({r.origin for r in rounds})
    middle = origins[len(origins) // 2]
    lines = [
        f"{c.origins} origins, {c.first} to {c.last}; {100 * c.even:.0f} % of rounds collected evenly; {took:.0f} s. Seed 0.",
        "",
        summarise_scorecard(c),
        "",
        *table(c),
        "",
        "Deaths told of in acts of force:",
        "",
        *deaths(c),
        "",
        "Transforms (PIT) of the forecast by tenth, 10 % each if calibrated: "
        + "; ".join(f"{d} days " + ", ".join(f"{100 * s:.0f}" for s in k.share) for d, k in c.calibration.items())
        + ".",
        "",
        "Truces in force: "
        + "; ".join(f"{o}, {d} days: said {p:.0%}, {'broken' if b else 'held'}" for o, d, p, b in c.truces)
        + ".",
        "",
        f"## Origins before {middle}",
        "",
        *table(build_scorecard("early", [r for r in rounds if r.origin < middle])),
        "",
        f"## Origins from {middle} on",
        "",
        *table(build_scorecard("late", [r for r in rounds if r.origin >= middle])),
        "",
        "![Calibration](forecast_case.svg)",
    ]
    CARDS.mkdir(exist_ok=True)
    (CARDS / f"{case.id}.json").write_bytes(serialise_scorecard(c, load_case_data(case)))
    print("\n".join(lines))
    OUT.write_text(f"# Forecasts of the flagship case\n\n{__doc__}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    OUT.with_suffix(".svg").write_text(calibration.draw_calibration(c).svg, encoding="utf-8")


if __name__ == "__main__":
    main()
