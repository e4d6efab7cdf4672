"""`detente explain`: responses between kinds of event."""

from datetime import date
from pathlib import Path

import click

from detente.cli.options import (
    as_of_option,
    cache_option,
    case_argument,
    case_store_option,
    json_option,
    print_json,
    print_table,
)
from detente.cli.progress import show_progress


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
@case_store_option
@cache_option
@json_option
def command(
    case: str, as_of: date | None, days: int, out: Path | None, seed: int, store: Path | None, as_json: bool
) -> None:
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

    from detente.api.case import open_case
    from detente.api.few_events import describe_few_events
    from detente.charts.residuals import draw_residuals
    from detente.charts.response_matrix import draw_response_matrix
    from detente.core.atomic_write import check_folder, write_files
    from detente.model.summaries import direct_responses
    from detente.text.numbers import format_by_chance

    if out:
        check_folder(out)
    opened = open_case(case, as_of=as_of, seed=seed, store=store, compare=False)
    with show_progress() as report:
        report("model", 0, 1)
        fit = opened.fit
    table, c, s = opened.responses(days), fit.criticality, fit.model
    warnings = opened.fit_warnings
    data = fit.to_dict() | {"days": days, "responses": table.to_dict()["rows"], "warnings": warnings}
    clear = [r for r in table.rows if not 0.05 < r.probability < 0.95]
    if out:
        files = {
            f"{p.key}.svg": p.svg.encode()
            for p in (draw_response_matrix(direct_responses(s, days)), draw_residuals(fit.diagnostics))
        }
        files["explain.json"] = (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
        for path in write_files(files, out):
            click.echo(path, err=as_json)
    if as_json:
        print_json(data)
        return
    if not fit.estimated:
        click.echo(describe_few_events(opened, s.too_few).text)
        click.echo("So no response, criticality or half-life is given. Numbers of the model, mostly prior: --json.")
        for w in warnings:
            click.echo(f"! {w}")
        return
    few = set(s.too_few)
    label = {n: f"{n} †" if n in few else n for n in s.channels}
    rows = [
        (label[r.cause], label[r.effect], f"{r.mean:+.2f}", f"{r.low:+.2f} to {r.high:+.2f}", f"{r.probability:.2f}")
        for r in sorted(clear, key=lambda r: -abs(r.mean))
    ]
    note = (
        f"{len(clear)} of {len(table)} responses have a sign with posterior probability of at least 95%; "
        f"{format_by_chance(0.1 * len(table))} would by chance if there were no responses. All responses: --json, or the chart with --out."
        + (" † Fewer than 30 events: treat as not estimated." if few else "")
    )
    title = f"Responses within {days} days, as of {opened.as_of}"
    print_table(title, ["after one", "events of", "change#", "90% interval#", "P(above 0)#"], rows, note)
    verdict = (
        "below 1: crises die out"
        if c.high < 1
        else "at least 1: crises sustain themselves"
        if c.low >= 1
        else "the interval includes 1: self-sustaining crises cannot be ruled out"
    )
    click.echo(f"\nCriticality {c.median:.2f} (90% interval {c.low:.2f} to {c.high:.2f}): {verdict}.")
    for w in warnings:
        click.echo(f"! {w}")
