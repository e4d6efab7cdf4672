"""Monthly forecasts of the flagship case, scored.

    .venv/bin/python studies/forecast_case.py

On the last day of each month from August 2022 the case is loaded as known that day, every model forecasts 30, 90 and
180 days, and later counts are the outcomes (`forecast/backtest.py` lists the limits of this). Scored: attacks, operations,
strikes, clashes and newly closed crossings; Brier of at least one, the other scores of event counts. The forecast mixes three
models: `system alone` with responses, `background alone` without, `recent rate alone`, a negative binomial about an exponentially
weighted mean. At each origin their weights are fitted to those earlier forecasts whose outcomes were known (`forecast/stacking.py`);
with fewer than twelve origins they are equal. Nothing of this was tuned on this table. Baselines are brought to the coverage of the
origin by random thinning. Leads are tested by the signs of blocks of two horizons, with Holm's allowance for nine comparisons. `early`
and `late` halves of the origins are shown apart, because early origins have little training data. Reported deaths in acts of
force are scored by the lowest and by the highest figures. This command also writes the score card that the brief shows
(`src/detente/forecast/cards`).
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from detente.brief.render.scorecard import format_score, summarise_scorecard
from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.charts import calibration
from detente.core.version import __version__
from detente.forecast.backtest import backtest
from detente.forecast.members import MEMBERS
from detente.forecast.scorecard import ScoreCard, build_scorecard
from detente.forecast.scorecard_store import serialise_scorecard
from detente.model.version import MODEL_VERSION

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
        lines.append(f"| {r.days} | {r.series.removeprefix('reported deaths, ')} | {r.model} | {cells} | {held} |")
    return lines


def weights(c: ScoreCard) -> list[str]:
    lines = ["| origin | past origins | " + " | ".join(MEMBERS) + " |", "| --- |" + " ---: |" * (1 + len(MEMBERS))]
    shown = [w for i, w in enumerate(c.weights) if i % 6 == 0 or i == len(c.weights) - 1]
    return lines + [f"| {w.day} | {w.origins} | " + " | ".join(f"{w.of[m]:.2f}" for m in MEMBERS) + " |" for w in shown]


BEFORE = """Before (version 9 of the model, same release: half of the futures from each of the first two, the level frozen on the last day, coverage
taken as exact):

| days | Brier | CRPS | log CRPS | IGN | MIS | 50 % holds | 80 % | 90 % | PIT in 50 % | 80 % | 90 % |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 30 | 0.183 | 0.783 | 0.270 | 1.469 | 6.9 | 80 | 92 | 97 | 53 | 79 | 90 |
| 90 | 0.117 | 1.887 | 0.354 | 1.869 | 16.7 | 66 | 87 | 93 | 47 | 80 | 87 |
| 180 | 0.067 | 2.991 | 0.367 | 1.979 | 28.0 | 63 | 85 | 91 | 53 | 78 | 86 |"""


def show_origins(days: Iterable[date]) -> Iterator[date]:
    for day in days:
        print(day, file=sys.stderr, flush=True)
        yield day


def main() -> None:
    case = load_case_file("pakistan-afghanistan")
    rounds = backtest(case, tell=show_origins)
    c = build_scorecard("pakistan-afghanistan", rounds)
    origins = sorted({r.origin for r in rounds})
    middle = origins[len(origins) // 2]
    g = load_case_data(case)
    lines = [
        f"Measured with version {MODEL_VERSION} of the model (détente {__version__}) on release {g.release.name}, SHA-256 {g.release.sha256[:12]}.",
        "",
        f"{c.origins} origins, {c.first} to {c.last}; {100 * c.even:.0f} % of rounds collected evenly. Seed 0.",
        "",
        summarise_scorecard(c),
        "",
        *table(c),
        "",
        "Reported deaths in acts of force:",
        "",
        *deaths(c),
        "",
        "Shares of the transforms (PIT) in the central 50, 80 and 90 %, the same if calibrated: "
        + "; ".join(
            f"{d} days " + ", ".join(f"{100 * v:.0f} %" for v in k.held.values()) for d, k in c.calibration.items()
        )
        + ".",
        "",
        BEFORE,
        "",
        "Weights of the members, of earlier outcomes only:",
        "",
        *weights(c),
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
    (CARDS / f"{case.id}.json").write_bytes(serialise_scorecard(c, g))
    print("\n".join(lines))
    OUT.write_text(f"# Forecasts of the flagship case\n\n{__doc__}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    OUT.with_suffix(".svg").write_text(calibration.draw_calibration(c).svg, encoding="utf-8")


if __name__ == "__main__":
    main()
