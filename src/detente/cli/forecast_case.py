"""`detente forecast CASE` and `detente forecast score CASE`."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

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


class Horizons(click.ParamType[tuple[int, ...]]):
    """Days ahead, such as 30 or 30/90/180."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = str(value).replace(",", "/").split("/")
        if not all(p.strip().isdecimal() for p in parts):
            self.fail(f"{value!r} is not a number of days. Write it as 30 or 30/90/180.", param, ctx)
        return tuple(sorted({int(p) for p in parts}))


DAYS_OPTION = click.option("--days", "horizons", type=Horizons(), default="30/90/180", show_default=True,
                           help="Forecast this many days ahead, 1 to 365.")  # fmt: skip
SEED_OPTION = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Random seed.")


@click.command()
@case_argument
@as_of_option
@DAYS_OPTION
@click.option("--coverage", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
              help="Reporting coverage assumed for the forecast period (1 = reference window).")  # fmt: skip
@click.option("--paths", type=click.IntRange(100, 100_000), default=10_000, show_default=True,
              help="Simulate this many futures.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Also write fans.svg and forecast.json to this folder.")
@SEED_OPTION
@case_store_option
@cache_option
@json_option
def case(
    case: str, as_of: date | None, horizons: tuple[int, ...], coverage: float, paths: int, out: Path | None, seed: int,
    store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Forecast events and deaths of a case, and rank recent events by effect.

    The forecast starts on the day after --as-of; without it, after the latest day on which an event became known. Counts are
    what this record would show at the given reporting coverage.

    \b
    Examples:
      detente forecast
      detente forecast pakistan-afghanistan --as-of 2025-09-30 --days 30
      detente forecast my_case.toml --days 30/90 --out out --json
    """
    import json

    from detente.api.case import open_case
    from detente.core.atomic_write import check_folder, write_files
    from detente.forecast.case import FORCE
    from detente.forecast.errors import DateOutsideRecord
    from detente.forecast.text import MIN_EFFECT

    if out:
        check_folder(out)
    opened = open_case(case, as_of=as_of, store=store, compare=False)
    if as_of is not None and as_of > opened.case.last:
        remedy = "Give --as-of in this period, or extend the case's last day once it has events."
        raise DateOutsideRecord(as_of, opened.case.first, opened.case.last, remedy)
    with show_progress() as report:
        report("forecast", 0, 1)
        result = opened.forecast(horizons, seed=seed, paths=paths, coverage=coverage)
    f = result.summary
    if out:
        text = json.dumps(result.to_dict(), indent=1, ensure_ascii=False) + "\n"
        for path in write_files({"fans.svg": f.fans.svg.encode(), "forecast.json": text.encode()}, out):
            click.echo(path, err=as_json)
    if as_json:
        print_json(result.to_dict())
        return
    click.echo(f"{opened.case.title}, as of {f.as_of}\n")
    for s in f.sentences:
        click.echo(f"- {s.text}")
    days = horizons[0]
    click.echo(f"\nRecent events and the forecast of acts of force within {days} days:")
    for s in f.driver_text[days]:
        click.echo(f"- {s.text}")
    drivers = [x for x in f.drivers[days] if abs(x.more) >= MIN_EFFECT]
    if drivers:
        rows = [
            (
                x.event.id,
                str(x.event.day),
                x.channel,
                f"{x.more:+.2f}",
                f"{x.low:+.2f} to {x.high:+.2f}",
                x.event.summary[:90],
            )
            for x in drivers
        ]
        note = (
            f"Change in expected acts of force within {days} days attributed to this event, including indirect effects "
            f"({', '.join(FORCE)}; 90% interval). Where the interval includes 0, the sign is uncertain."
        )
        click.echo()
        print_table("Effect of recent events", ["id", "day", "channel", "change#", "interval#", "event"], rows, note)
    poor = [m.channel for m in f.marks if m.fit_p is not None and m.fit_p < 0.05]
    if poor:
        click.echo(f"! The model of deaths per event fits poorly for {', '.join(poor)} (p under 0.05).")
    click.echo("Past forecast performance: detente forecast score")


@click.command()
@case_argument
@as_of_option
@DAYS_OPTION
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True,
              help="Write to this folder.")  # fmt: skip
@click.option("--keep", is_flag=True,
              help="Also save the score card for briefs, in DETENTE_SCORES or the user's cache folder.")  # fmt: skip
@SEED_OPTION
@case_store_option
@json_option
def score(
    case: str,
    as_of: date | None,
    horizons: tuple[int, ...],
    out: Path,
    keep: bool,
    seed: int,
    store: Path | None,
    as_json: bool,
) -> None:
    """Score monthly forecasts of a case, each made with only what was known then.

    Writes scorecard.html, scorecard.json and calibration.svg, which compare this model with baselines. Takes some
    seconds for each month of the case.

    \b
    Examples:
      detente forecast score
      detente forecast score pakistan-afghanistan --days 30/90 --out out
      detente forecast score my_case.toml --keep        briefs of this release then cite it
      detente forecast score my_case.toml --json
    """
    from detente.core.extras import require_extra

    require_extra("brief")  # draws the calibration
    import sys

    from detente.brief.render.scorecard import render_scorecard_files, summarise_scorecard
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.core.atomic_write import check_folder, write_files
    from detente.forecast.backtest import backtest
    from detente.forecast.scorecard import as_data, build_scorecard
    from detente.forecast.scorecard_store import scorecard_filename, scorecard_folder, serialise_scorecard

    def track(days: Iterable[date]) -> Iterable[date]:
        with click.progressbar(list(days), label="Forecasting month by month", file=sys.stderr) as bar:
            yield from bar

    check_folder(out)
    loaded = load_case_file(case)
    c = build_scorecard(
        loaded.id, backtest(loaded, horizons, seed=seed, tell=track, as_of=as_of, store=store), seed=seed
    )
    for path in write_files(render_scorecard_files(c, loaded.title), out):
        click.echo(path, err=as_json)
    if keep:
        g = load_case_data(loaded, as_of, store)
        for path in write_files({scorecard_filename(g): serialise_scorecard(c, g)}, scorecard_folder(), "--keep"):
            click.echo(path, err=as_json)
    if as_json:
        print_json(as_data(c))
        return
    rows = []
    for r in c.rows:
        m = r.counts.means()
        rows.append((r.days, r.model, f"{r.yes.score:.3f}", f"{m['CRPS']:.3f}", f"{m['log CRPS']:.3f}", f"{m['IGN']:.3f}", f"{m['MIS']:.2f}",
                     f"{100 * r.counts.held[0.9]:.0f}%"))  # fmt: skip
    note = f"{c.origins} origins, {c.first} to {c.last}. Lower scores are better. Brier: at least one event; other scores: event counts."
    columns = ["days#", "model", "Brier#", "CRPS#", "log CRPS#", "IGN#", "MIS#", "coverage of 90% interval#"]
    print_table(f"Score card of {loaded.id}", columns, rows, note)
    click.echo(summarise_scorecard(c))
