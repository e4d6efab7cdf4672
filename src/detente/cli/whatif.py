"""`detente whatif`: simulated policy changes and counterfactuals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.options import Day, as_of_option, cache_option, case_argument, json_option, print_json, print_table

if TYPE_CHECKING:
    from detente.claims.intervention_text import TraceableEffect


@click.command()
@case_argument
@click.option("--lever", "typed", multiple=True, help="Change this policy option; repeatable.")
@click.option("--from", "first", type=Day(), help="Re-simulate the past from this date (needs --without).")
@click.option("--without", multiple=True, help="Remove this channel from that date on; repeatable.")
@as_of_option
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Random seed for draws and paths."
)
@cache_option
@json_option
def command(
    case: str, typed: tuple[str, ...], first: date | None, without: tuple[str, ...], as_of: date | None, seed: int,
    as_json: bool,
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
    from detente.cases.case_file import load_case_file
    from detente.cases.channel_rule import CHANNELS
    from detente.cases.load import load_case_data
    from detente.claims.context import ClaimContext
    from detente.claims.intervention_text import (
        PATHS,
        describe_assumption,
        describe_effect,
        run_counterfactual,
        run_intervention,
    )
    from detente.core.errors import nearest, quoted_choices
    from detente.measures.errors import NotObserved
    from detente.model.intervention_spec import parse_interventions
    from detente.model.interventions import HORIZONS

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
    view = ClaimContext(load_case_data(load_case_file(case), as_of), seed=seed)
    s = view.system
    if s is None:
        raise NotObserved([f"{view.g.case.id} as of {view.g.as_of}: the record is too short to fit the model"])
    runs: list[tuple[str, TraceableEffect, list[str]]] = []
    if changes:
        settings = [(x,) for x in changes] + ([changes] if len(changes) > 1 else [])
        for c in settings:
            o = run_intervention(view, s, c, HORIZONS)
            runs.append((o.settings, o, [describe_assumption(o, c, 180).text, describe_effect(o, 180).text]))
    else:
        assert first is not None
        silent = [n for n in without if n not in s.channels]
        if silent or not view.g.case.first <= first < view.g.watched_to:
            outside = f"{first} is not between {view.g.case.first} and {view.g.watched_to}"
            raise NotObserved([f"no {' or '.join(silent)} on record" if silent else outside])
        o = run_counterfactual(view, s, first, without)
        days = o.effect.horizons[0]
        shown = [c for c in ("attack", "strike", "clash", "defiance", "dialogue", "deaths") if c not in without]
        effect = describe_effect(o, days, shown).text
        runs.append((o.settings, o, [f"Assumed: no {' and no '.join(without)} from {first} on. {effect}"]))
    if as_json:
        print_json({
            "case": view.g.case.id, "as_of": str(view.g.as_of), "seed": seed, "paired_paths": PATHS,
            "too_few": list(s.too_few), "changes": [_effect_data(t, o, texts) for t, o, texts in runs],
        })  # fmt: skip
        return
    for title, o, texts in runs:
        _print_effects(title, o, set(s.too_few))
        for sentence in texts:
            click.echo(sentence)
        click.echo()
    click.echo(
        "Counts assume the reporting coverage of the reference window. Deaths cover channels with at least 30 events and "
        "take past events with a figure as typical. Responses are associations above the baseline rate, since acts are not "
        "assigned at random; `all effects` is what would change if every one of them were an effect."
    )


def _effect_data(title: str, o: TraceableEffect, texts: list[str]) -> dict[str, object]:
    e = o.effect
    rows = [
        {
            "channel": c, "days": h, "as_fitted": float(e.without[i, k]), "assumed": float(e.direct[i, k]),
            "estimated": float(e.estimated.mean[i, k]), "estimated_low": float(e.estimated.low[i, k]),
            "estimated_high": float(e.estimated.high[i, k]), "whole": float(e.whole.mean[i, k]),
            "whole_low": float(e.whole.low[i, k]), "whole_high": float(e.whole.high[i, k]),
            "checked": float(e.checked.mean[i, k]), "checked_low": float(e.checked.low[i, k]),
            "checked_high": float(e.checked.high[i, k]), "single_low": float(e.whole.single_low[i, k]),
            "single_high": float(e.whole.single_high[i, k]), "fewer": float(e.whole.fewer[i, k]),
            "agreed_sign": e.agreed_sign(i, k),
        }
        for i, h in enumerate(e.horizons) for k, c in enumerate(e.channels)
    ]  # fmt: skip
    return {"levers": title, "level": e.level, "effects": rows, "sentences": texts}


def _print_effects(title: str, o: TraceableEffect, few: set[str]) -> None:
    from detente.claims.intervention_text import format_change

    e = o.effect
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
        "channel", f"as fitted, {last} d#", f"assumed alone, {last} d#", f"lead check held, {last} d#",
        *(f"all effects, {h} d#" for h in e.horizons), f"90% interval, {last} d#",
    ]  # fmt: skip
    note = "† Fewer than 30 events: treat as not estimated." if few else ""
    print_table(title, columns, rows, note)
