"""The verdict on a month in sentences: never stronger than the rule that made it."""

from collections.abc import Mapping

from detente.api.case import Case
from detente.api.digest import numbers
from detente.api.results.digest import DigestMeasure
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.cases.testimony import list_sources
from detente.measures.month_verdict import (
    HOSTILE_CHANNELS,
    LOOK_BACK,
    MeasureKey,
    MonthVerdict,
    MonthWord,
)
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.relation_index import RELATION_CHANNELS
from detente.text.numbers import count_text, join_words, range_text
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

RULE = (
    "A month is compared with the twelve wholly covered months before it, by three measures: hostile events, reported deaths in acts of "
    "force, and how hostile the governments' acts towards each other were. It is worse or better if the three together lie outside the "
    "range in which nine of ten months without change lie, with the lowest and with the highest reported deaths alike. Otherwise it shows "
    "no clear change. A month that was not collected on every day is not known, whatever single reports say."
)
"""The rule for readers."""
FALSE_RATE = (
    "Measured on made conflicts in which nothing changes, the rule calls 6 to 13 of 100 months better or worse. Of months with twice as many "
    "hostile events it finds about 40 of 100."
)
"""What `docs/replications/digest.md` measured; `tests/api/test_digest.py` holds the two together."""

NAMES: Mapping[MeasureKey, str] = {
    "hostile_events": "Hostile events", "deaths": "Reported deaths in acts of force", "relations": "Mean intensity of the governments' acts",
}  # fmt: skip
_SAID: Mapping[tuple[MeasureKey, MonthWord], str] = {
    ("hostile_events", "worse"): "there were more hostile events",
    ("hostile_events", "better"): "there were fewer hostile events",
    ("deaths", "worse"): "more deaths were reported",
    ("deaths", "better"): "fewer deaths were reported",
    ("relations", "worse"): "acts between the governments were more hostile",
    ("relations", "better"): "acts between the governments were less hostile",
}
WHY_TWELVE = "the number of covered months that the rule compares with"


def write_headline(v: MonthVerdict) -> Sentence:
    """Write the verdict in one sentence, or two where single measures say more."""
    month = ConventionPiece(v.month.words, "the month of the digest")
    before = ConventionPiece("twelve", WHY_TWELVE)
    if v.word == "not known":
        return make_sentence("Whether ", month, " was better or worse is not known: ", *_why_not_known(v), ".")
    if v.word == "unchanged":
        out: list[SentencePiece] = [
            "No clear change is shown for ",
            month,
            " against the ",
            before,
            " covered months before",
        ]
        single = [_SAID[m.key, m.word] for m in v.measures if m.word != "unchanged"]
        tail = f", although {join_words(single)} than usual." if single else "."
        return make_sentence(*out, tail)
    said = [_SAID[m.key, m.word] for m in v.measures if m.word == v.word]
    tail = f": {join_words(said)}." if said else ", by all measures together, though by none alone."
    return make_sentence(month, f" was {v.word} than usual in the ", before, " covered months before", tail)


def _why_not_known(v: MonthVerdict) -> list[SentencePiece]:
    if v.reason == "not covered":
        return ["it was not collected systematically, and single reports cannot show it"]
    if v.reason == "partly covered":
        how = "days of the month that were collected systematically"
        key = numbers.number_key(v.month, "covered")
        days = tally_quantity(key, v.covered, "days", how, {"kind": "covered days", "month": str(v.month)}, ())
        every = tally_quantity(
            numbers.number_key(v.month, "days"),
            v.month.days,
            "days",
            "days of the month",
            {"kind": "days", "month": str(v.month)},
            (),
        )
        return ["only ", count_text(days), " of its ", count_text(every), " days were collected systematically"]
    if v.reason == "too few months before":
        how = f"wholly covered months among the {LOOK_BACK} before"
        key = numbers.number_key(v.month, "months_before")
        n = tally_quantity(key, len(v.before), "months", how, {"kind": "covered months", "month": str(v.month)}, ())
        return [
            "it follows ", count_text(n, "wholly covered month", "wholly covered months"),
            ", and ", ConventionPiece("twelve", WHY_TWELVE), " are needed",
        ]  # fmt: skip
    if v.reason == "no spread":
        return ["what the rule compares was the same in all covered months before, so no usual range can be estimated"]
    return ["no source of this case records what the rule compares"]


def write_evidence(v: MonthVerdict) -> Sentence | None:
    """Write how far the measures together lie from those of the months before; None if the verdict is not known."""
    if not v.together:
        return None
    low, high = v.together
    names = [{"hostile_events": "events", "deaths": "deaths", "relations": "acts"}[m.key] for m in v.measures]
    recipe = {
        "kind": "measures together",
        "month": str(v.month),
        "before": [str(m) for m in v.before],
        "measures": names,
    }
    how = f"mean of the standardised measures ({join_words(names)}) against the {low.months} months before, Student's t"
    text = [
        NumberPiece(Quantity(numbers.number_key(v.month, f"together_{end}"), c.t, "t", f"{how}, {end}est deaths", recipe, ()), _signed(c.t))
        for end, c in (("low", low), ("high", high))
    ]  # fmt: skip
    limit = ConventionPiece(f"±{low.limit:.2f}", "the limit beyond which one of ten months without change lies")
    rest: list[SentencePiece] = (
        [] if text[0].text == text[1].text else [" with the lowest deaths, ", text[1], " with the highest"]
    )
    return make_sentence(
        "All measures together: ",
        text[0],
        *rest,
        ". Beyond ",
        limit,
        " a month counts as worse or better.",
        *_name_left_out(v),
    )


def _name_left_out(v: MonthVerdict) -> list[SentencePiece]:
    if not v.left_out:
        return []
    words = [NAMES[k][:1].lower() + NAMES[k][1:] for k in v.left_out]
    return [f" Left out, since the months before do not differ in it: {join_words(words)}."]


def _signed(x: float) -> str:
    return f"{x:+.2f}".replace("-", "−")


def build_measures(prepared: Case, v: MonthVerdict) -> tuple[DigestMeasure, ...]:
    """Build the rows of the verdict's measures; none if it is not known."""
    g, out = prepared.g, []
    for m in v.measures:
        if m.key == "hostile_events":
            usual = numbers.usual_range(g, v, "hostile", m.ranges[0], HOSTILE_CHANNELS)
            now = count_text(numbers.count_hostile(g, v.month))
            text: list[SentencePiece] = [numbers.usual_text(usual)]
        elif m.key == "deaths":
            low = numbers.usual_range(g, v, "deaths_low", m.ranges[0], FORCE_CHANNELS, " by the lowest figures")
            high = numbers.usual_range(g, v, "deaths_high", m.ranges[-1], FORCE_CHANNELS, " by the highest figures")
            now = range_text(numbers.sum_force_deaths(g, v.month))
            text = [numbers.usual_text(low), " by the lowest figures, ", numbers.usual_text(high), " by the highest"]
        else:
            usual = numbers.usual_range(g, v, "relations", m.ranges[0], RELATION_CHANNELS)
            now = numbers.score_text(numbers.mean_score(g, v, m.ranges[0]))
            text = [numbers.usual_text(usual, 1)]
        out.append(DigestMeasure(m.key, NAMES[m.key], make_sentence(now), make_sentence(*text), m.word))
    return tuple(out)


def write_summary(prepared: Case, v: MonthVerdict) -> tuple[Sentence, ...]:
    """Write what happened: events, deaths with the number of events without a toll, and the level of relations."""
    g, month = prepared.g, v.month
    events, hostile = numbers.count_all(g, month), numbers.count_hostile(g, month)
    out = [
        make_sentence(
            "The record holds ", count_text(events, "event", "events"), ", ", count_text(hostile), " of them hostile."
        )
    ]
    if not events.value:
        out = [make_sentence("The record holds ", count_text(events, "event", "events"), " of this month.")]
    if _holds_other_force(prepared, v):
        return _write_whole_summary(prepared, v)
    deaths, untold = numbers.sum_force_deaths(g, month), numbers.count_untold(g, month)
    if len(deaths.events) > (untold.value or 0):
        rest: list[SentencePiece] = (
            ["; ", count_text(untold, "act has", "acts have"), " no reported toll"] if untold.value else []
        )
        out.append(make_sentence("Reports give ", range_text(deaths, "deaths"), " in its acts of force", *rest, "."))
    elif untold.value:
        out.append(make_sentence(count_text(untold, "act of force has", "acts of force have"), " no reported toll."))
    return tuple(out)


def _holds_other_force(prepared: Case, v: MonthVerdict) -> bool:
    """Whether the month has deadly events in no channel, of a source that does not say why it holds an event."""
    g = prepared.g
    other = (e for e in numbers.select_month(v.month).of(g) if not g.channel(e))
    return "chronology" not in list_sources(g) and any((e.tolls.range or (0, 0))[1] for e in other)


def _write_whole_summary(prepared: Case, v: MonthVerdict) -> tuple[Sentence, ...]:
    """Write the deaths of all events before those of the acts that the rule compares, which are a part of them."""
    g, month = prepared.g, v.month
    events, hostile = numbers.count_all(g, month), numbers.count_hostile(g, month)
    every, deaths = numbers.sum_all_deaths(g, month), numbers.sum_force_deaths(g, month)
    told = len(deaths.events) > (numbers.count_untold(g, month).value or 0)
    compared: list[SentencePiece] = [", ", range_text(deaths), " of them in compared acts of force"] if told else []
    return (
        make_sentence(
            "The record holds ", count_text(events, "event", "events"), "; ", count_text(hostile, "is", "are"),
            " of the kinds that this digest compares between months.",
        ),
        make_sentence("Reports give ", range_text(every, "deaths"), " in all events", *compared, "."),
    )  # fmt: skip
