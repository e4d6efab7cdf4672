"""What can be simulated on a case whose file gives no policy options: settings that its record allows, by what they change."""

from datetime import date, timedelta

from detente.api.case import Case
from detente.cases.testimony import KIND_WORDS, describe_gaps, find_missing_kinds
from detente.model.intervention_spec import INTERVENTION_KINDS, Intervention, InterventionKind, parse_intervention
from detente.text.numbers import join_words

NONE_GIVEN = "The case file gives no policy options."


def gives_options(case: Case) -> bool:
    """Return whether the case's background gives policy options."""
    background = case.g.background
    return bool(background and background.options)


def find_simulation_gap(case: Case) -> str:
    """Say why nothing can be simulated on a case; empty if something can."""
    from detente.claims.recommendations import has_year  # imports the model

    if case.system is None:
        return "No model could be fitted to this record, so nothing can be simulated."
    return "" if has_year(case.view) else "The record covers less than a year, so nothing can be simulated."


def find_setting_gap(case: Case, kind: InterventionKind) -> str:
    """Say why a setting cannot be simulated on a case of which a model was fitted; empty if it can."""
    model = case.system
    silent = [c for c in kind.channels if model is not None and c not in model.channels]
    if not silent:
        return ""
    unrecorded = [KIND_WORDS[c] for c in find_missing_kinds(case.g, silent)]
    gaps = f" {describe_gaps(case.g, unrecorded)}." if unrecorded else ""
    return f"The fitted model has no {join_words([KIND_WORDS[c] for c in silent], 'or')}, so this change cannot be simulated.{gaps}"


def format_size(o: Intervention) -> str:
    """Write what a setting changes, with its size: `attacks multiplied by 0.8, as by harder crossings`."""
    return f"{o.kind.assumes.replace('multiplied by it', f'multiplied by {o.value:g}')}"


def format_lever_command(case: Case, o: Intervention) -> str:
    """Write the command that simulates a setting on a case."""
    return f"detente whatif {case.shown_name} --lever {o.text}"


def default_past_start(case: Case) -> date:
    """Return the day from which the past is simulated again if none is named: of the latest crisis, or half a year back.

    A record of less than half a year may begin later.
    """
    return case.view.episodes[-1].first if case.view.episodes else case.g.watched_to - timedelta(days=180)


def describe_offer(case: Case) -> str:
    """Say which changes can be simulated on a case without policy options, and with which commands."""
    if gap := find_simulation_gap(case):
        return f"{NONE_GIVEN} {gap}"
    usable = [parse_intervention(k.example) for k in INTERVENTION_KINDS if not find_setting_gap(case, k)]
    said = [NONE_GIVEN]
    if usable:
        tried = "; ".join(f"{format_size(o)} ({format_lever_command(case, o)})" for o in usable)
        said.append(f"The simulator can try, with sizes of your choice: {tried}.")
    model = case.system
    assert model is not None  # else there is a gap
    kind = "strike" if "strike" in model.channels else model.channels[0]
    start = max(default_past_start(case), case.g.case.first)
    past = f"detente whatif {case.shown_name} --from {start} --without {kind}"
    said.append(f"It can also leave a kind of event out of the past ({past}).")
    return " ".join(said)
