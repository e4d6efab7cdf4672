"""`detente whatif`: what a lever would bring, the assumed and the estimated kept apart."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.options import Day, as_of_option, case_argument, json_option, print_json, print_table

if TYPE_CHECKING:
    from detente.claims.intervention_text import TraceableEffect


@click.command()
@case_argument
@click.option("--lever", "typed", multiple=True, help="A lever and its setting; may be given several times.")
@click.option("--from", "first", type=Day(), help="Live the past again from this day; with --without.")
@click.option("--without", multiple=True, help="A channel that does not happen from that day on.")
@as_of_option
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of draws and paths.")
@json_option
def command(
    case: str, typed: tuple[str, ...], first: date | None, without: tuple[str, ...], as_of: date | None, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Pull levers on the fitted system, or live the past again without some kind of event.

    Each future is lived twice with the same luck, with the lever and without. What the lever assumes and what the
    data make follow from it are told apart, in numbers and in sentences.

    \b
    Levers:
      dialogue=+2/month    so many more meetings a month
      joint=+1/month       so many more acts of the host against the group a month
      border=0.8           attacks multiplied by it (crossings made harder)
      delink=0.5           answers of defiance to pressure multiplied by it
      mediation=0.7        answers of strikes and clashes to hostile acts, multiplied

    \b
    Examples:
      detente whatif pakistan-afghanistan --lever dialogue=+2/month --lever border=0.8
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
        raise click.UsageError(
            "--lever asks about the future and --from with --without about the past: ask one of them."
        )
    if bool(first) != bool(without):
        raise click.UsageError("--from and --without need each other: --from 2025-10-09 --without strike")
    if not changes and not without:
        raise click.UsageError(
            "Nothing to change. For example: --lever dialogue=+2/month, or --from 2025-10-09 --without strike"
        )
    for name in without:
        if name not in CHANNELS:
            near = quoted_choices(nearest(name, CHANNELS))
            raise click.UsageError(f"There is no channel {name!r}. Nearest: {near}. Known: {', '.join(CHANNELS)}.")
    view = ClaimContext(load_case_data(load_case_file(case), as_of), seed=seed)
    s = view.system
    if s is None:
        raise NotObserved([f"{view.g.case.id} as of {view.g.as_of}: the record is too short for a system"])
    asked: list[tuple[str, TraceableEffect, list[str]]] = []
    if changes:
        sets = [(x,) for x in changes] + ([changes] if len(changes) > 1 else [])
        for c in sets:
            o = run_intervention(view, s, c, HORIZONS)
            asked.append((o.settings, o, [describe_assumption(o, c, 180).text, describe_effect(o, 180).text]))
    else:
        assert first is not None
        silent = [n for n in without if n not in s.channels]
        if silent or not view.g.case.first <= first < view.g.watched_to:
            why = (
                f"no {' or '.join(silent)} on record"
                if silent
                else f"{first} is not between {view.g.case.first} and {view.g.watched_to}"
            )
            raise NotObserved([why])
        o = run_counterfactual(view, s, first, without)
        days = o.effect.horizons[0]
        asked.append(
            (
                o.settings,
                o,
                [
                    f"Assumed: no {' and no '.join(without)} from {first} on. "
                    + describe_effect(
                        o,
                        days,
                        [
                            c
                            for c in ("attack", "strike", "clash", "defiance", "dialogue", "deaths")
                            if c not in without
                        ],
                    ).text
                ],
            )
        )
    if as_json:
        print_json({
            "case": view.g.case.id, "as_of": str(view.g.as_of), "seed": seed, "paired_paths": PATHS,
            "too_few": list(s.too_few), "changes": [_effect_data(t, o, told) for t, o, told in asked],
        })  # fmt: skip
        return
    for title, o, told in asked:
        _print_effects(title, o, set(s.too_few))
        for sentence in told:
            click.echo(sentence)
        click.echo()
    click.echo(
        "Counts are those of a record as dense as the thinnest window; deaths are those of channels with thirty "
        "events or more, past events that give a figure taken as typical. Responses are associations above the background: a lever that works otherwise than past events did "
        "is not in the data."
    )


def _effect_data(title: str, o: TraceableEffect, told: list[str]) -> dict[str, object]:
    e = o.effect
    rows = [
        {
            "channel": c, "days": h, "as_fitted": float(e.without[i, k]), "assumed": float(e.direct[i, k]),
            "estimated": float(e.estimated.mean[i, k]), "estimated_low": float(e.estimated.low[i, k]),
            "estimated_high": float(e.estimated.high[i, k]), "whole": float(e.whole.mean[i, k]),
            "whole_low": float(e.whole.low[i, k]), "whole_high": float(e.whole.high[i, k]),
            "fewer": float(e.whole.fewer[i, k]),
        }
        for i, h in enumerate(e.horizons) for k, c in enumerate(e.channels)
    ]  # fmt: skip
    return {"levers": title, "level": e.level, "effects": rows, "sentences": told}


def _print_effects(title: str, o: TraceableEffect, few: set[str]) -> None:
    from detente.claims.intervention_text import format_change

    e = o.effect
    rows = [
        (
            f"{c} †" if c in few else c,
            f"{e.without[-1, k]:,.1f}",
            *(format_change(e.whole.mean[i, k]) for i in range(len(e.horizons))),
            f"{format_change(e.whole.low[-1, k])} to {format_change(e.whole.high[-1, k])}",
            format_change(e.direct[-1, k]),
            format_change(e.estimated.mean[-1, k]),
        )
        for k, c in enumerate(e.channels)
    ]
    last = e.horizons[-1]
    columns = [
        "channel", f"as fitted, {last} d#", *(f"change {h} d#" for h in e.horizons), f"90 % interval, {last} d#",
        f"assumed, {last} d#", f"estimated, {last} d#",
    ]  # fmt: skip
    note = "† fewer than 30 events: read as unknown." if few else ""
    print_table(title, columns, rows, note)
