"""`detente forecast CASE` and `detente forecast score CASE`."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.options import as_of_option, case_argument, json_option, print_json, print_table


class Horizons(click.ParamType[tuple[int, ...]]):
    """Days ahead, one or several: 30, or 30/90/180."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = str(value).replace(",", "/").split("/")
        if not all(p.strip().isdecimal() for p in parts):
            self.fail(f"{value!r} is no number of days. Write it as 30, or as 30/90/180.", param, ctx)
        return tuple(sorted({int(p) for p in parts}))


DAYS_OPTION = click.option(
    "--days", "horizons", type=Horizons(), default="30/90/180", show_default=True, help="Days ahead, 1 to 365."
)
SEED_OPTION = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)


@click.command()
@case_argument
@as_of_option
@DAYS_OPTION
@click.option("--coverage", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
              help="How densely the days ahead are collected, as in the case file.")  # fmt: skip
@click.option(
    "--paths", type=click.IntRange(100, 100_000), default=10_000, show_default=True, help="Simulated futures."
)
@click.option("--out", type=click.Path(path_type=Path), help="Also write fans.svg and forecast.json here.")
@SEED_OPTION
@json_option
def case(
    case: str,
    as_of: date | None,
    horizons: tuple[int, ...],
    coverage: float,
    paths: int,
    out: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Say what may come in a case: whether, how many, how deadly, and which recent events drive it.

    Without --as-of the forecast is from the last day that was collected systematically. Numbers are of events as
    this record would show them at the given density of collection.

    \b
    Examples:
      detente forecast
      detente forecast pakistan-afghanistan --as-of 2025-09-30 --days 30
      detente forecast my_case.toml --days 30/90 --out out --json
    """
    import json

    from detente.brief.render.files import write
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.charts import fan_chart as fans
    from detente.core.rng import make_rng
    from detente.forecast.attribution import find_drivers
    from detente.forecast.case import FORCE, forecast_case, last_observed_day
    from detente.forecast.text import describe_forecast
    from detente.text.probability_words import probability_word

    loaded = load_case_file(case)
    g = load_case_data(loaded, as_of)
    if as_of is None:
        g = load_case_data(loaded, last_observed_day(g))
    f = forecast_case(g, horizons, make_rng(seed), coverage=coverage, paths=paths)
    said = describe_forecast(f, seed)
    moved = {days: find_drivers(f, days) for days in horizons}
    data = {
        "format": "detente forecast 1", "case": g.case.id, "as_of": str(f.as_of), "coverage": coverage, "days": list(horizons),
        "paths": paths, "seed": seed, "unwatched_days_before": f.unwatched, "open_crossings": f.open_crossings,
        "too_few": list(f.system.too_few), "silent": list(f.silent),
        "sentences": [s.text for s in said],
        "numbers": [
            {"key": m.key, "value": m.value, "low": m.low, "high": m.high, "level": m.level, "unit": m.unit, "how": m.how, "recipe": m.recipe}
            for s in said for m in s.measured
        ],
        "any": [
            {"channel": c, "days": d, "probability": f.probability_of_any((c,), d), "word": probability_word(f.probability_of_any((c,), d))} for c in f.channels for d in horizons
        ],
        "drivers": [
            {"days": d, "event": x.event.id, "channel": x.channel, "more": x.more, "low": x.low, "high": x.high}
            for d, xs in moved.items() for x in xs
        ],
        "marks": {
            c: {"told": m.told, "none": m.none, "untold": m.untold, "cut_at": m.most, "largest_seen": _finite_or_none(m.seen),
                "largest_expected": _finite_or_none(m.expected), "fit_p": _finite_or_none(m.fit_p)}
            for c, m in f.marks.items()
        },
    }  # fmt: skip
    if out:
        drawn = fans.picture(f)
        files = {
            "fans.svg": drawn.svg.encode(),
            "forecast.json": (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode(),
        }
        for path in write(files, out):
            click.echo(path, err=as_json)
    if as_json:
        print_json(data)
        return
    click.echo(f"{g.case.title}, as of {f.as_of}\n")
    for s in said:
        click.echo(f"- {s.text}")
    days = horizons[0]
    rows = [
        (
            x.event.id,
            str(x.event.day),
            x.channel,
            f"{x.more:+.2f}",
            f"{x.low:+.2f} to {x.high:+.2f}",
            x.event.summary[:90],
        )
        for x in moved[days]
    ]
    note = (
        f"Acts of force ({', '.join(FORCE)}) that the forecast for {days} days holds more, or fewer, because of this one event, itself and all it sets "
        "off; 90 % interval. Where the interval holds 0 even the sign is open."
    )
    click.echo()
    print_table("What drives it: recent events", ["id", "day", "channel", "more#", "interval#", "event"], rows, note)
    poor = [c for c, m in f.marks.items() if m.fit_p < 0.05]
    if poor:
        click.echo(f"! Deaths per event fit poorly for {', '.join(poor)} (p under 0.05): read their deaths with care.")
    click.echo("How such forecasts have done: detente forecast score")


@click.command()
@case_argument
@as_of_option
@DAYS_OPTION
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option(
    "--keep",
    is_flag=True,
    help="Also keep it for briefs of this release: in DETENTE_SCORES, else the user's cache folder.",
)
@SEED_OPTION
@json_option
def score(
    case: str, as_of: date | None, horizons: tuple[int, ...], out: Path, keep: bool, seed: int, as_json: bool
) -> None:
    """Score forecasts of a case made month by month with only what was known then.

    Writes scorecard.html, scorecard.json and calibration.svg: this model beside its rivals, calibration, and who
    beat whom. Takes some seconds a month of the case.

    \b
    Examples:
      detente forecast score
      detente forecast score pakistan-afghanistan --days 30/90 --out out
      detente forecast score my_case.toml --keep        the brief of this release then tells it
      detente forecast score my_case.toml --json
    """
    import sys

    from detente.brief.render.files import write
    from detente.brief.render.scorecard import scorecard_files, verdict
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.forecast.backtest import backtest
    from detente.forecast.scorecard import as_data, build_scorecard
    from detente.forecast.scorecard_store import scorecard_filename, scorecard_folder, serialise_scorecard

    def tell(days: Iterable[date]) -> Iterable[date]:
        with click.progressbar(list(days), label="forecasting month by month", file=sys.stderr) as bar:
            yield from bar

    loaded = load_case_file(case)
    c = build_scorecard(loaded.id, backtest(loaded, horizons, seed=seed, tell=tell, as_of=as_of), seed=seed)
    for path in write(scorecard_files(c, loaded.title), out):
        click.echo(path, err=as_json)
    if keep:
        g = load_case_data(loaded, as_of)
        for path in write({scorecard_filename(g): serialise_scorecard(c, g)}, scorecard_folder(), "--keep"):
            click.echo(path, err=as_json)
    if as_json:
        print_json(as_data(c))
        return
    rows = []
    for r in c.rows:
        m = r.counts.means()
        rows.append((r.days, r.model, f"{r.yes.score:.3f}", f"{m['CRPS']:.3f}", f"{m['log CRPS']:.3f}", f"{m['IGN']:.3f}", f"{m['MIS']:.2f}",
                     f"{100 * r.counts.held[0.9]:.0f} %"))  # fmt: skip
    note = f"{c.origins} origins, {c.first} to {c.last}. Smaller is better. Brier: at least one event; the rest: numbers of events."
    print_table(
        f"Score card of {loaded.id}",
        ["days#", "model", "Brier#", "CRPS#", "log CRPS#", "IGN#", "MIS#", "90 % holds#"],
        rows,
        note,
    )
    click.echo(verdict(c))


def _finite_or_none(x: float) -> float | None:
    return x if x == x else None
