"""`detente whatif`: simulated policy changes and counterfactuals."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import (
    Day,
    as_of_option,
    cache_option,
    case_argument,
    case_store_option,
    json_option,
    print_json,
    print_table,
)
from detente.cli.progress import show_progress

if TYPE_CHECKING:
    from detente.api.results.simulation import SimulationResult


@click.command()
@case_argument
@click.option("--lever", "typed", multiple=True, help="Change this policy option; repeatable.")
@click.option("--from", "first", type=Day(), help="Re-simulate the past from this date (needs --without).")
@click.option("--without", multiple=True, help="Remove this channel from that date on; repeatable.")
@as_of_option
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Random seed for draws and paths."
)
@case_store_option
@cache_option
@json_option
def command(
    case: str, typed: tuple[str, ...], first: date | None, without: tuple[str, ...], as_of: date | None, seed: int,
    store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Simulate policy changes, or the past without one kind of event.

    Each future is simulated twice with the same random numbers, with and without the change. The result is reported
    three times: for the assumption alone, if the responses that pass the lead check are effects, and if all are.
    Talks and concessions are no option: they come when violence is near, so their effect is not identified.

    \b
    Policy options for --lever:
      border=0.8       multiply attacks by 0.8 (harder to cross the border)
      delink=0.5       multiply responses of defiance to pressure by 0.5
      mediation=0.7    multiply responses of strikes and clashes to hostile acts by 0.7

    \b
    Examples:
      detente whatif pakistan-afghanistan --lever mediation=0.7 --lever border=0.8
      detente whatif --lever mediation=0.5 --as-of 2025-10-08 --json
      detente whatif --from 2025-10-09 --without strike
    """
    from detente.api.case import open_case
    from detente.cases.channel_rule import CHANNELS
    from detente.core.errors import nearest, quoted_choices
    from detente.model.intervention_spec import parse_interventions

    changes = parse_interventions(typed)
    if changes and (first or without):
        raise click.UsageError("--lever changes the future, --from with --without the past. Use one of the two.")
    if bool(first) != bool(without):
        raise click.UsageError("--from and --without need each other, such as --from 2025-10-09 --without strike.")
    if not changes and not without:
        raise click.UsageError("No change given. Use --lever border=0.8, or --from 2025-10-09 --without strike.")
    for name in without:
        if name not in CHANNELS:
            near = quoted_choices(nearest(name, CHANNELS))
            raise click.UsageError(f"Unknown channel {name!r}. Nearest: {near}. Known: {', '.join(CHANNELS)}.")
    opened = open_case(case, as_of=as_of, seed=seed, store=store, compare=False)
    wanted = [(x.text,) for x in changes] + ([tuple(x.text for x in changes)] if len(changes) > 1 else [])
    results = []
    with show_progress() as report:
        for done, texts in enumerate(wanted):
            report(" ".join(texts), done, len(wanted))
            results.append(opened.simulate(*texts))
        if first is not None:
            report(f"the past without {' and '.join(without)}", 0, 1)
            results.append(opened.counterfactual(first, without))
    if as_json:
        one = {
            k: v
            for k, v in results[0].to_dict().items()
            if k not in ("change", "effects", "sentences", "level", "basis")
        }
        rows = [{k: r.to_dict()[k] for k in ("change", "level", "effects", "sentences")} for r in results]
        print_json(one | {"basis": results[0].basis, "changes": rows})
        return
    click.echo(f"{opened.case.title}, as of {opened.as_of}\n")
    for sentence in results[0].basis:
        click.echo(f"- {sentence}")
    click.echo()
    for result in results:
        _print_effects(result)
        for sentence in result.sentences:
            click.echo(sentence)
        click.echo()
    click.echo(
        "Responses are associations above the baseline rate, since acts are not assigned at random. `All effects` is what "
        "would change if every one of them were an effect. Deaths are those of past events by the highest figures; kinds with "
        "fewer than 30 events add none to the change, nor do events without a figure."
    )


def _print_effects(result: SimulationResult) -> None:
    from detente.claims.intervention_text import format_change

    e, few = result.effect, set(result.too_few)
    rows = [
        (
            f"{c} †" if c in few else c,
            f"{e.without[-1, k]:,.1f}",
            format_change(e.direct[-1, k]),
            format_change(e.checked.mean[-1, k]),
            *(format_change(e.whole.mean[i, k]) for i in range(len(e.horizons))),
            f"{format_change(e.whole.low[-1, k])} to {format_change(e.whole.high[-1, k])}",
        )
        for k, c in enumerate(e.channels)
    ]
    last = e.horizons[-1]
    columns = [
        "channel", f"{'forecast median' if len(e.horizons) > 1 else 'as fitted'}, {last} d#", f"assumed alone, {last} d#",
        f"lead check held, {last} d#", *(f"all effects, {h} d#" for h in e.horizons), f"90% interval, {last} d#",
    ]  # fmt: skip
    note = "† Fewer than 30 events: treat as not estimated." if few else ""
    print_table(result.settings, columns, rows, note)
