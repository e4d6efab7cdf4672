"""The basis of a forecast in sentences: its first day, what is unknown before it, what it counts, and the scale of that.

The record holds a part of the violence by its own rules. So the figures of another source stand beside the forecast where the
case file names some (`measures/yardstick.py`).
"""

from datetime import timedelta

from detente.core.date_range import format_date
from detente.forecast.case import FORCE, CaseForecast
from detente.forecast.kinds import kind_name, list_counted_kinds, list_yes_no_questions
from detente.forecast.members import BACKGROUND, RECENT, SYSTEM
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.yardstick import Yardstick, find_yardstick
from detente.text.probability_words import format_percent
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

MEMBER_LABELS = {
    SYSTEM: "the model with responses",
    BACKGROUND: "the model without responses",
    RECENT: "the recent rate",
}


def describe_basis(f: CaseForecast) -> list[Sentence]:
    """Describe the basis: first day, days not covered, what is counted, its scale, weights, kinds with few events."""
    return [*describe_start(f), *describe_rules(f), *describe_scale(f)[:SCALE_SENTENCES]]


def describe_start(f: CaseForecast) -> list[Sentence]:
    """Describe the day on which the forecast starts, that it counts this record's kinds only, and what is unknown before it."""
    first = ConventionPiece(
        format_date(f.as_of + timedelta(days=1)), "the day after the last one whose knowledge is used"
    )
    known = ConventionPiece(format_date(f.as_of), "the last day whose knowledge is used")
    out = [
        make_sentence("The forecast starts on ", first, " and uses what was known on ", known, "."),
        make_sentence("It counts only events of the kinds that this record collects, not all violence."),
    ]
    if f.unknown_since is None:
        return out
    how = "days before the forecast outside every window of systematic collection"
    m = tally_quantity("unwatched_days", f.unwatched, "days", how, {"kind": "unwatched"}, ())
    covered = ConventionPiece(format_date(f.unknown_since - timedelta(days=1)), "the last day with systematic coverage")
    missing = f"{f.unwatched} days" if f.unwatched > 1 else "day"
    out.append(make_sentence("Systematic collection of events ended on ", covered, "."))
    out.append(
        make_sentence(
            "What happened on the ", NumberPiece(m, missing), " since then is unknown; the model does not take them for days without events.",
        )
    )  # fmt: skip
    return out


def describe_rules(f: CaseForecast) -> list[Sentence]:
    """Describe what is counted and how: coverage, inclusion rules, deaths, weights, kinds with few events or without any."""
    as_dense = next((w.name for w in f.g.case.windows if w.coverage == f.coverage), None)
    coverage = ConventionPiece(f"{f.coverage:g}", "the reporting coverage asked for")
    pieces: list[SentencePiece] = [
        "Events count as this record would show them at a reporting coverage of ",
        coverage,
    ]
    if as_dense:
        pieces += [", that of the window ", ConventionPiece(as_dense, "the case file's name")]
    out = [make_sentence(*pieces, ".")]
    out += [
        make_sentence(f"Counted as {k.name}: ", ConventionPiece(k.rule, "the case file's inclusion rule"), ".")
        for k in list_counted_kinds(f)
        if k.rule not in ("", "any")
    ]
    if any_of := [k.name for k in list_counted_kinds(f) if k.rule == "any"]:
        out.append(make_sentence(f"Counted whenever reported: {', '.join(any_of)}."))
    out.append(make_sentence("An event without a reported number of deaths adds no deaths."))
    out += _describe_weights(f)
    asked = {c for _, channels, _ in list_yes_no_questions(f) for c in channels}
    few = [c for c in f.system.too_few if c in asked]
    if few:
        m = tally_quantity(
            "too_few", 30, "events", "the number under which the prior dominates", {"kind": "threshold"}, ()
        )
        names = ", ".join(kind_name(f, c) for c in few)
        out.append(
            make_sentence("Too few cases, under ", NumberPiece(m, "30 events"), f", of {names}: treat their forecast as a rough guess.")
        )  # fmt: skip
    if f.silent:
        names = ", ".join(kind_name(f, c) for c in f.silent)
        out.append(make_sentence(f"Not forecast, because the record holds none: {names}."))
    return out


def _describe_weights(f: CaseForecast) -> list[Sentence]:
    if not f.weights.learned:
        why = (
            "too few past forecasts have a known outcome"
            if f.weights.origins
            else "no past forecast of this record has been scored"
        )
        return [make_sentence(f"The forecast mixes three models with equal weights, because {why}.")]
    pieces: list[SentencePiece] = ["The forecast mixes three models, weighted by past scores: "]
    how = f"weight by past scores of {f.weights.origins} origins, from the score card"
    for i, (name, w) in enumerate(f.weights.of.items()):
        pieces += [", " if i else "", f"{MEMBER_LABELS[name]} ", ConventionPiece(format_percent(w), how)]
    return [make_sentence(*pieces, ".")]


SCALE_SENTENCES = 3
"""Sentences of `describe_scale` for one yardstick."""


def describe_scale(f: CaseForecast) -> list[Sentence]:
    """Describe how much violence another source counts beside the forecast kinds; three sentences for each of its counts.

    Returns:
        no sentence where the case names no such source, or none of its figures was known on the day of the forecast.
    """
    groups: dict[tuple[str, object], list[Yardstick]] = {}
    for c in FORCE:
        y = find_yardstick(f.g, c) if c in f.channels else None
        if y is not None:
            groups.setdefault((y.counts, y.first), []).append(y)
    return [s for group in groups.values() for s in _describe_yardstick(f, group)]


def _describe_yardstick(f: CaseForecast, group: list[Yardstick]) -> list[Sentence]:
    y = group[0]
    period = ConventionPiece(y.period, "the last months with figures, twelve at most")
    deaths = y.deaths
    figures: list[SentencePiece] = [f"For scale, {y.source} counts ", _yardstick_piece(y, "events", y.events)]
    if deaths is not None:
        figures += [" with ", _yardstick_piece(y, "deaths", deaths)]
    status = (
        ""
        if y.provisional_from is None
        else ", in part provisional"
        if y.provisional_from > y.first
        else ", provisionally"
    )
    held: list[SentencePiece] = ["In the same months this record holds "]
    for i, x in enumerate(group):
        held += [" and " if i else "", _yardstick_piece(x, "record", x.record_events, kind_name(f, x.channel))]
    return [
        make_sentence(*figures, " in ", period, f"{status}."),
        make_sentence(f"This count of {y.source} is of ", ConventionPiece(y.counts, y.cite), "."),
        make_sentence(*held, "."),
    ]


def _yardstick_piece(y: Yardstick, part: str, value: int, unit: str = "") -> NumberPiece:
    how = {
        "events": f"events that {y.source} counts: {y.counts}", "deaths": f"deaths in these events, best estimate of {y.source}",
        "record": "events of this record in the same months",
    }[part]  # fmt: skip
    recipe = {
        "kind": "yardstick",
        "channel": y.channel,
        "part": part,
        "first": str(y.first),
        "last": str(y.last),
        "counts": y.counts,
    }
    m = Quantity(f"scale_{part}_{y.channel}", value, unit or part, f"{how}; {y.cite}", recipe, ())
    return NumberPiece(m, f"{value:,} {unit or (part if value != 1 else part[:-1])}")
