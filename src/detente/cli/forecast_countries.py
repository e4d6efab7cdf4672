"""`detente forecast countries` and `detente forecast judge`: monthly deaths by country."""

from pathlib import Path
from typing import Any

import click

from detente.cli.options import json_option, print_json, print_table

MODELS = ["blend", "zero", "last value", "climatology", "conflictology 6", "conflictology 12", "bootstrap", "exponential",
          "nb regression"]  # fmt: skip


class Month(click.ParamType[int]):
    """A month such as 2024-10."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from detente.forecast.panel import parse_month

        if isinstance(value, int):
            return value
        try:
            return parse_month(value)
        except ValueError as e:
            self.fail(f"{e}.", param, ctx)


class MonthsAhead(click.ParamType[tuple[int, int]]):
    """Months ahead, such as 3..14 or 6."""

    name = "months"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        first, _, last = str(value).partition("..")
        if not first.isdecimal() or not (last or first).isdecimal() or int(first) > int(last or first):
            self.fail(f"{value!r} is not a range of months. Write it as 3..14 or 6.", param, ctx)
        return int(first), int(last or first)


PANEL_OPTION = click.option("--panel", type=click.Path(path_type=Path), required=True,
                            help="Read month, country and deaths from this CSV or Parquet file.")  # fmt: skip
ZEROS_OPTION = click.option("--accept-zeros", is_flag=True,
                            help="Accept months in which all countries have 0 deaths; otherwise they are refused as not yet recorded.")  # fmt: skip
FROM_OPTION = click.option("--from", "begin", type=Month(), help="Treat earlier months as not covered (UCDP: 1989-01).")


@click.command()
@PANEL_OPTION
@FROM_OPTION
@ZEROS_OPTION
@click.option("--origin", type=Month(), help="Use data up to this month.  [default: the panel's last]")
@click.option("--months", type=MonthsAhead(), default="3..14", show_default=True,
              help="Forecast these months ahead; 1 is the month after the origin.")  # fmt: skip
@click.option("--model", type=click.Choice(MODELS), default="blend", show_default=True,
              help="Use this model: blend is ours, the others are baselines.")  # fmt: skip
@click.option("--draws", type=click.IntRange(10, 10_000), default=1_000, show_default=True,
              help="Draw this many values per country and month.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the draws to this file in the VIEWS format (Parquet)."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Random seed.")
@json_option
def countries(
    panel: Path, begin: int | None, accept_zeros: bool, origin: int | None, months: tuple[int, int], model: str, draws: int, out: Path | None,
    seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Forecast monthly deaths for every country of a panel.

    The panel has one row for each country and month, with the columns month (2024-10) or month_id, country, country_id or
    an ISO code, and deaths (also ged_sb or best). An empty cell is unknown; a missing row is an error, because missing is not zero.
    No data after --origin are used. Draws of different months are independent.

    \b
    Examples:
      detente forecast countries --panel ucdp.csv --from 1989-01
      detente forecast countries --panel ucdp.csv --from 1989-01 --origin 2023-10 --months 3..14 --out 2024.parquet
      detente forecast countries --panel views_cm.parquet --model "conflictology 12" --out baseline.parquet
    """
    import numpy as np

    from detente.core.atomic_write import check_folder, write_files
    from detente.core.rng import make_rng
    from detente.forecast import views_format as views
    from detente.forecast.countries import forecast_countries
    from detente.forecast.panel import format_month, read_panel
    from detente.text.probability_words import format_percent

    target = None if out is None else out if out.suffix else out / "forecast.parquet"
    if target:
        check_folder(target.parent)
    p = read_panel(panel, first=begin, accept_zeros=accept_zeros)
    at = p.last if origin is None else origin
    f = forecast_countries(p, at, np.arange(months[0], months[1] + 1), make_rng(seed), model=model, draws=draws)
    d = f.draws
    if target:
        ids = None if p.ids is None else dict(zip(p.units, p.ids, strict=True))
        for path in write_files({target.name: views.encode_parquet(d, ids)}, target.parent):
            click.echo(path, err=as_json)
    h, _ = p.until(at)
    low, middle, high = np.quantile(d.x, [0.05, 0.5, 0.95], axis=(1, 2))
    rows = [
        {"country": u, "last_12_months_mean": float(np.nanmean(h.y[i, -12:])), "median": float(middle[i]), "low": float(low[i]),
         "high": float(high[i]), "mean": float(d.x[i].mean()), "any_death": float((d.x[i] > 0).mean()), "over_25": float((d.x[i] > 25).mean())}
        for i, u in enumerate(d.units)
    ]  # fmt: skip
    rows.sort(key=lambda r: -float(str(r["mean"])))
    span = f"{format_month(int(d.months[0]))} to {format_month(int(d.months[-1]))}"
    if as_json:
        print_json({"model": model, "origin": format_month(at), "months": [format_month(int(m)) for m in d.months], "draws": draws, "seed": seed,
                    "left_out": list(f.left_out), "countries": rows})  # fmt: skip
        return
    table = [
        (r["country"], f"{r['last_12_months_mean']:,.1f}", f"{r['median']:,.0f}", f"{r['low']:,.0f} to {r['high']:,.0f}",
         format_percent(float(str(r["any_death"]))), format_percent(float(str(r["over_25"]))))
        for r in rows[:20]
    ]  # fmt: skip
    note = f"The {len(table)} of {len(rows)} countries with the highest means; figures are per month. All: --json or --out."
    if f.left_out:
        note += f" Left out, because {format_month(at)} is unknown: {', '.join(f.left_out)}."
    columns = ["country", "mean of last 12 months#", "median#", "90% interval#", "any death#", "over 25#"]
    print_table(f"Deaths per month, {span}, data to {format_month(at)}, model {model}", columns, table, note)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@PANEL_OPTION
@FROM_OPTION
@ZEROS_OPTION
@json_option
def judge(file: Path, panel: Path, begin: int | None, accept_zeros: bool, as_json: bool) -> None:
    """Score a forecast of country-months against the outcomes in a panel.

    FILE is Parquet or CSV, from any program: one row for each draw (month_id, country_id or country, draw, outcome), the draws of a
    country-month as a list in one cell, or one value for each country-month, which is scored as a single draw.
    Country-months that are unknown in the panel are left out and counted.

    \b
    Examples:
      detente forecast judge 2024.parquet --panel ucdp.csv --from 1989-01
      detente forecast judge theirs.parquet --panel views_cm.parquet --json
    """
    from detente.forecast import views_format as views
    from detente.forecast.countries import score_forecast
    from detente.forecast.panel import read_panel

    d = views.read_draws(file)
    s, unknown = score_forecast(d, read_panel(panel, first=begin, accept_zeros=accept_zeros))
    means, draws = s.means(), int(d.x.shape[2])
    if as_json:
        print_json({"file": str(file), "cases": len(s.crps), "unknown": unknown, "draws": draws, "scores": means,
                    "coverage": {str(k): v for k, v in s.held.items()}})  # fmt: skip
        return
    rows = [(k, f"{v:.4g}") for k, v in means.items()]
    rows += [(f"coverage of {100 * k:.0f}% interval", f"{100 * v:.1f}%") for k, v in s.held.items()]
    note = f"{len(s.crps)} country-months; {unknown} more are unknown in the panel. Lower scores are better. IGN in bits; MIS at 90%."
    if draws == 1:
        note += (
            " This is a point forecast, scored as one draw: its CRPS is the mean absolute error, its intervals have no width, "
            "so coverage, MIS and IGN say little; compare it by CRPS only."
        )
    print_table(f"Scores of {file.name}", ["score", "mean#"], rows, note)
