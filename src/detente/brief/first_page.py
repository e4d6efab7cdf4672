"""The first page: the answer in five to eight plain sentences, with the way forward and the outlook."""

from collections.abc import Sequence

from detente.brief.document import AnswerLine, BackgroundParagraph, BriefArgument, BriefSection, ForecastSection
from detente.claims.context import ClaimContext
from detente.claims.fight_text import tell_counted_fights
from detente.claims.finding import Finding
from detente.claims.force_text import name_latest_force
from detente.claims.gap_text import count_missing_days, tell_gaps
from detente.claims.reader_text import ON_RECORD, Mark, ReaderText, say_plain
from detente.claims.recommendations import Recommendation
from detente.core.date_range import format_date
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity
from detente.text.numbers import count_text, join_words
from detente.text.sentence import ConventionPiece, Sentence, SentencePiece, format_on_date

PER_DEMAND = (3, 2)
"""Sentences for the first and for each later demand, so that the page holds at most eight."""
READING_ORDER = (
    "trust", "linkage", "spillover", "safe_haven", "sovereignty", "coordination", "third_parties", "civilian_harm",
    "threat_perception",
)  # fmt: skip
"""Which of equally strong sentences comes first: change of relations and cooperation before single findings."""
BACKGROUND_NOTES = ("group_and_host", "takeover", "line")
"""Notes of a case's background that the brief prints, in this order; the rest is shown on the pages."""
FIGHTING, WAY_FORWARD, OUTLOOK = "The fighting", "Way forward", "What may come"
# Strength of a sentence on the first page, by its mark. A count on record says more than a test that failed.
_STRENGTH: dict[Mark, int] = {
    "supported": 5, "contradicted": 5, "leaning": 4, ON_RECORD: 3, "not supported": 2, "too little data": 1, "not applicable": 0,
}  # fmt: skip


def rank_reader_text(text: ReaderText) -> int:
    """Rank a claim's answer by its mark, 5 for the strongest."""
    return _STRENGTH[text.answer.mark]


def build_answer(
    view: ClaimContext, sections: Sequence[BriefSection], ways: Sequence[Recommendation], outlook: ForecastSection
) -> tuple[AnswerLine, ...]:
    """Build the first page: the fighting, the strongest sentences for each demand, the way forward, the outlook."""
    fighting = build_recent_fighting(view)
    out = [AnswerLine(FIGHTING, ON_RECORD, fighting)] if fighting else []
    out += [AnswerLine(FIGHTING, ON_RECORD, s) for s in tell_counted_fights(view)]
    for i, s in enumerate(sections):
        out += [
            AnswerLine(s.title, text.answer.mark, text.answer.sentence, claim)
            for claim, text in order_points(s.points)[: PER_DEMAND[min(i, 1)]]
        ]
    if ways:
        out.append(AnswerLine(WAY_FORWARD, "", summarise_ways(ways)))
    out += [AnswerLine(OUTLOOK, "", s) for s in outlook.plain[:2]]
    return tuple(out)


def build_caution(points: Sequence[Finding]) -> Sentence | None:
    """Say what counts of days cannot show, where a response fails the lead check; None where none does."""
    if not any(is_undecided(p) for p in points):
        return None
    return say_plain(
        "Counts of days cannot show which act brings which: a crisis that drives both sides would look the same."
    )


def build_recent_fighting(view: ClaimContext) -> Sentence | None:
    """Strikes and clashes since the recent period began; None where there are none or no earlier period."""
    g, names = view.g, view.g.case.names
    first, last = view.recent_period
    strikes, clashes = (EventFilter(channels=(c,), first=first, last=last) for c in ("strike", "clash"))
    if view.recent_from <= g.case.first or not (strikes.of(g) or clashes.of(g)):
        return None
    since = view.since_piece
    gaps = tell_gaps(g, "recent", first, last)
    return say_plain(ConventionPiece(since.text[0].upper() + since.text[1:], since.why), " the record holds ",
        count_text(count_quantity(g, "recent_strikes", strikes, "recent strikes"), "strike", "strikes"),
        f" by {names.target} in {names.host} and ",
        count_text(count_quantity(g, "recent_clashes", clashes, "recent clashes"), "clash", "clashes"), " of the two forces.",
        *gaps,
    )  # fmt: skip


def order_points(points: Sequence[Finding]) -> list[tuple[str, ReaderText]]:
    """Order claims and their texts by the strength of their answers, and equally strong ones for reading."""
    texts = [(p.claim, p.reader) for p in points if p.reader is not None]
    place = {c: i for i, c in enumerate(READING_ORDER)}
    return sorted(texts, key=lambda x: (-rank_reader_text(x[1]), place.get(x[0], len(place))))


def is_undecided(f: Finding) -> bool:
    """Whether a response fails the lead check although its probability is high."""
    return any(
        o.check == "lead_check" and o.result == "failed" and e.key == o.part and (e.probability or 0.0) >= 0.9
        for o in f.outcomes
        for e in f.estimates
    )


def summarise_ways(ways: Sequence[Recommendation]) -> Sentence:
    """The options in one sentence, and whether the record shows a clear effect of any.

    Where the case file gives no options nothing is proposed, and the settings are named that the simulator can try.
    """
    none_given = "The case file gives no policy options."
    if not ways:
        return say_plain(none_given)
    names = join_words([w.title[0].lower() + w.title[1:] for w in ways])
    clear = [w.title[0].lower() + w.title[1:] for w in ways if w.clear]
    found = (
        f"The model expects a clear effect only of {join_words(clear)}"
        if clear
        else f"No clear effect of {'it' if len(ways) == 1 else 'any'} is shown"
    )
    if not any(w.given for w in ways):
        return say_plain(f"{none_given} The simulator can try {names}. {found}.")
    return say_plain(f"Proposed {'is' if len(ways) == 1 else 'are'} {names}. {found}.")


def describe_record_age(view: ClaimContext) -> Sentence:
    """The last covered day, the latest event known after it, and how many earlier days were not collected."""
    g = view.g
    end = ConventionPiece(format_date(g.watched_to), "the last day of systematic collection, from the case file")
    last = max(g.events, key=lambda e: (e.day, e.id), default=None)
    later = last is not None and last.day > g.watched_to
    missing, every = count_missing_days(g)
    if not later and not missing.value:
        return say_plain("The record is collected systematically up to ", end, ".")
    pieces: list[SentencePiece] = ["Systematic collection ends on ", end]
    if later and last is not None:
        pieces += ["; later events are single reports, the latest ", format_on_date(last)]
    if missing.value:
        since = ConventionPiece(format_date(g.coverage.first), "the first day of the case")
        pieces += [
            ". Of the ", count_text(every, "day", "days"), " since ", since, ", ", count_text(missing),
            " were not collected: what happened on them is unknown",
        ]  # fmt: skip
    return say_plain(*pieces, ".")


def build_latest_force(view: ClaimContext) -> Sentence | None:
    """The latest strike or clash known, with what was reported; None without any."""
    known = view.g.of("strike", "clash")
    if not known:
        return None
    last = max(known, key=lambda e: (e.span.last, e.id))
    return say_plain(f"{name_latest_force(view.g, last)} was last recorded ", format_on_date(last), ": ",
        ConventionPiece(last.summary, f"the record's summary of {last.id}"),
    )  # fmt: skip


def build_background(view: ClaimContext) -> tuple[BackgroundParagraph, ...]:
    """The paragraphs of the case's background that a brief prints; empty where the case gives none."""
    background = view.g.background
    if background is None:
        return ()
    found = [n for k in BACKGROUND_NOTES if (n := background.note(k))] or list(
        background.notes[: len(BACKGROUND_NOTES)]
    )
    return tuple(BackgroundParagraph(n.title, n.text, n.note, n.sources) for n in found)


def build_argument(view: ClaimContext, claim: str) -> BriefArgument | None:
    """The argument behind a claim, from the case's background; None where the case gives none."""
    a = view.g.background.arguments.get(claim) if view.g.background else None
    return BriefArgument(a.argument, a.held_by, a.counter, a.sources, a.counter_sources) if a else None
