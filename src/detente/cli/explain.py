"""`detente explain`: responses between kinds of event."""

from datetime import date
from pathlib import Path

import click

from detente.cli.options import as_of_option, cache_option, case_argument, json_option, print_json, print_table


@click.command()
@case_argument
@as_of_option
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True,
              help="Count responses within this many days.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="Also write two charts (SVG) and explain.json to this folder."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Random seed for the posterior draws.")  # fmt: skip
@cache_option
@json_option
def command(case: str, as_of: date | None, days: int, out: Path | None, seed: int, as_json: bool) -> None:
    """Fit the model and report how each kind of event responds to the others.

    The model explains each channel's daily counts by a baseline rate (slow change, season, the case's regimes, reporting
    coverage) and by responses to past events of every channel. A response is the change above the baseline rate after
    one event. Some responses differ from zero by chance; the output says about how many.

    \b
    Examples:
      detente explain
      detente explain pakistan-afghanistan --days 14 --out out
      detente explain --as-of 2025-10-08 --json
    """
    import json

    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.charts.residuals import draw_residuals
    from detente.charts.response_matrix import draw_response_matrix
    from detente.claims.context import ClaimContext
    from detente.core.atomic_write import write_files
    from detente.core.rng import make_rng
    from detente.model.report import explain

    g = load_case_data(load_case_file(case), as_of)
    regimes = [r for r in g.case.regimes if r.first <= g.as_of]
    context = ClaimContext(g)
    e = explain(context.counts(), regimes, rng=make_rng(seed), days=days, without_day=len(context.imprecise))
    d, c, h = e.direct, e.criticality, e.half_life
    names = d.channels
    cells = [
        {"answers": a, "after": b, "mean": float(d.mean[k, j]), "low": float(d.low[k, j]), "high": float(d.high[k, j]),
         "above_zero": float(d.positive[k, j]), "total": float(e.total.mean[k, j])}
        for k, a in enumerate(names) for j, b in enumerate(names)
    ]  # fmt: skip
    clear = [x for x in cells if not 0.05 < x["above_zero"] < 0.95]  # type: ignore[operator]
    data = {
        "case": g.case.id, "as_of": str(g.as_of), "seed": seed, "days": days, "level": d.level, "channels": list(names),
        "events": [int(n) for n in e.system.events], "responses": cells,
        "criticality": {"median": c.median, "low": c.low, "high": c.high},
        "crisis_half_life_days": {k: v if v < float("inf") else None for k, v in (("median", h.median), ("low", h.low), ("high", h.high))},
        "check": {n: {"echo_p": float(a), "normal_p": float(b)} for n, a, b in zip(names, e.check.echo_p, e.check.normal_p, strict=True)},
        "warnings": list(e.warnings),
    }  # fmt: skip
    if out:
        files = {f"{p.key}.svg": p.svg.encode() for p in (draw_response_matrix(d), draw_residuals(e.check))}
        files["explain.json"] = (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
        for path in write_files(files, out):
            click.echo(path, err=as_json)
    if as_json:
        print_json(data)
        return
    few = set(e.system.too_few)
    label = {n: f"{n} †" if n in few else n for n in names}
    rows = [
        (label[str(x["after"])], label[str(x["answers"])], f"{x['mean']:+.2f}", f"{x['low']:+.2f} to {x['high']:+.2f}",
         f"{x['above_zero']:.2f}")
        for x in sorted(clear, key=lambda x: -abs(x["mean"]))  # type: ignore[arg-type]
    ]  # fmt: skip
    note = (
        f"{len(clear)} of {len(cells)} responses have a sign with posterior probability of at least 95%; about {0.1 * len(cells):.0f} would "
        "by chance if there were no responses. All responses: --json, or the chart with --out."
        + (" † Fewer than 30 events: treat as not estimated." if few else "")
    )
    title = f"Responses within {days} days, as of {g.as_of}"
    print_table(title, ["after one", "events of", "change#", "90% interval#", "P(above 0)#"], rows, note)
    verdict = (
        "below 1: crises die out"
        if c.high < 1
        else "at least 1: crises sustain themselves"
        if c.low >= 1
        else "the interval includes 1: self-sustaining crises cannot be ruled out"
    )
    click.echo(f"\nCriticality {c.median:.2f} (90% interval {c.low:.2f} to {c.high:.2f}): {verdict}.")
    for w in e.warnings:
        click.echo(f"! {w}")
