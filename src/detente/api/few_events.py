"""Kinds of event with too few events for the model: what is on record, and what would be needed."""

from collections.abc import Iterable

from detente.api.case import Case
from detente.cases.channel_names import channel_name
from detente.measures.quantity import tally_quantity
from detente.model.fit import MIN_EVENTS
from detente.text.numbers import count_text
from detente.text.sentence import ConventionPiece, Sentence, SentencePiece, make_sentence


def describe_few_events(prepared: Case, channels: Iterable[str]) -> Sentence:
    """Say that nothing is estimated of some kinds of event, how many events on how many covered days there are, and how many are needed.

    Args:
        channels: kinds with too few events in the model of the case.
    """
    g, s, labels = prepared.g, prepared.fit.model, prepared.view.labels("host")
    covered = int((g.coverage.by_day > 0).sum())
    days = tally_quantity(
        "model_covered_days", covered, "days", "days that were collected systematically", {"kind": "covered days"}, ()
    )
    pieces: list[SentencePiece] = ["Not estimated: the model has "]
    left_out = set(prepared.view.imprecise)
    for i, c in enumerate(channels):
        ids = tuple(
            e.id for e in g.events if labels.get(e.id) == c and g.coverage.watched(e.day) and e.id not in left_out
        )
        n = tally_quantity(
            f"{c}_model_events", int(s.events[s.channels.index(c)]), "events",
            "events of the kind on covered days, those known only to the week or month left out",
            {"kind": "model events", "channel": c}, ids,
        )  # fmt: skip
        name = channel_name(prepared.case, c)
        pieces += [" and " if i else "", count_text(n, f"event of the kind “{name}”", f"events of the kind “{name}”")]
    needed = ConventionPiece(str(MIN_EVENTS), "below it the system's answer is mostly prior")
    return make_sentence(
        *pieces, " on ", count_text(days, "covered day", "covered days"), ", and ", needed, " of each kind are needed."
    )
