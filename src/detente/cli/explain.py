"""`detente explain`: who answers whom, above what would happen anyway."""

from datetime import date
from pathlib import Path

import click

from detente.cli.options import as_of_option, case_argument, json_option, print_json, print_table


@click.command()
@case_argument
@as_of_option
@click.option(
    "--days", type=click.IntRange(1, 365), default=30, show_default=True, help="Count responses within so many days."
)
@click.option("--out", type=click.Path(path_type=Path), help="Also write the two pictures (SVG) and explain.json here.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draws from the posterior."
)
@json_option
def command(case: str, as_of: date | None, days: int, out: Path | None, seed: int, as_json: bool) -> None:
    """Fit the case as one random process and say who answers whom.

    Each channel's daily counts are explained by a background (slow change, season, regimes that the case names,
    density of collection) and by responses to every channel's past. A response is what an event brings above what would
    happen anyway. Read single cells with care: of many cells some pass by chance, and the command says how many.

    \b
    Examples:
      detente explain
      detente explain pakistan-afghanistan --days 14 --out out
      detente explain --as-of 2025-10-08 --json
    """
    import json

    from detente.brief.render.files import write
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.charts import residuals as leftovers
    from detente.charts import response_matrix as responses
    from detente.core.rng import make_rng
    from detente.measures.counts import daily_counts
    from detente.model.report import explain

    g = load_case_data(load_case_file(case), as_of)
    regimes = [r for r in g.case.regimes if r.first <= g.as_of]
    e = explain(daily_counts(g), regimes, rng=make_rng(seed), days=days)
    d, c, h = e.direct, e.criticality, e.half_life
    names = d.channels
    cells = [
        {"answers": a, "after": b, "mean": float(d.mean[k, j]), "low": float(d.low[k, j]), "high": float(d.high[k, j]),
         "above_zero": float(d.positive[k, j]), "total": float(e.total.mean[k, j])}
        for k, a in enumerate(names) for j, b in enumerate(names)
    ]  # fmt: skip
    sure = [x for x in cells if not 0.05 < x["above_zero"] < 0.95]  # type: ignore[operator]
    data = {
        "case": g.case.id, "as_of": str(g.as_of), "seed": seed, "days": days, "level": d.level, "channels": list(names),
        "events": [int(n) for n in e.system.events], "responses": cells,
        "criticality": {"median": c.median, "low": c.low, "high": c.high},
        "crisis_half_life_days": {k: v if v < float("inf") else None for k, v in (("median", h.median), ("low", h.low), ("high", h.high))},
        "check": {n: {"echo_p": float(a), "normal_p": float(b)} for n, a, b in zip(names, e.check.echo_p, e.check.normal_p, strict=True)},
        "warnings": list(e.warnings),
    }  # fmt: skip
    if out:
        files = {f"{p.key}.svg": p.svg.encode() for p in (responses.picture(d), leftovers.picture(e.check))}
        files["explain.json"] = (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
        for path in write(files, out):
            click.echo(path, err=as_json)
    if as_json:
        print_json(data)
        return
    few = set(e.system.too_few)

    def name(word: object) -> str:
        return f"{word} †" if word in few else str(word)

    rows = [
        (
            name(x["after"]),
            name(x["answers"]),
            f"{x['mean']:+.2f}",
            f"{x['low']:+.2f} to {x['high']:+.2f}",
            f"{x['above_zero']:.2f}",
        )
        for x in sorted(sure, key=lambda x: -abs(x["mean"]))  # type: ignore[arg-type]
    ]
    note = (
        f"{len(sure)} of {len(cells)} responses whose sign has a probability of 95 % or more; about {0.1 * len(cells):.0f} would pass by "
        "chance if nobody answered anybody. All cells: --json, or the picture with --out."
        + (" † fewer than 30 events: read as unknown." if few else "")
    )
    title = f"Who answers whom within {days} days, as of {g.as_of}"
    print_table(title, ["after one", "events of", "more, or fewer#", "90 % interval#", "P(above 0)#"], rows, note)
    verdict = (
        "below 1, so that crises die out by themselves"
        if c.high < 1
        else "at or above 1, so that crises feed themselves"
        if c.low >= 1
        else "the interval holds 1, so that crises that feed themselves are not ruled out"
    )
    click.echo(f"\nCriticality {c.median:.2f} (90 % interval {c.low:.2f} to {c.high:.2f}): {verdict}.")
    for w in e.warnings:
        click.echo(f"! {w}")
