"""Third parties: mediators, the duration of truces and mediated rounds, and what follows contacts with outsiders.

    S(t) = share of truces, or of mediated rounds, after which no force was used for t days

Source: Kaplan and Meier (1958) for the curve; Fortna (2004) for the question of how long peace lasts.

Tested:

    spoiled   share of days with a mediated round that are followed by a strike or clash within 30 days > that of nearby
              days, and > that of days that are preceded by one
    pressed   d(outside, pressure) > 0, the direct response within 30 days
    defied    d(outside, defiance) > 0
"""

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_follow_up, estimate_response
from detente.claims.examples import best_documented
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, tally_quantity
from detente.measures.quantity_times import median_duration_quantity
from detente.measures.truces import TruceDuration, fit_duration_curve
from detente.text.numbers import count_text, median_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence

STATED = (
    StatedQuestion("outside_pressure_stated", ("outside",), "pressure", counted="outside_pressure"),
    StatedQuestion("outside_defiance_stated", ("outside",), "defiance", counted="outside_defiance"),
)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate how often force follows a round, and the response of hostility to contacts with outsiders."""
    talks = EventFilter(channels=("dialogue",), modes=("third-party-talks",))
    return (
        estimate_follow_up(
            view, "rounds_spoiled",
            "mediated rounds are followed by force within thirty days more often than nearby days are, and than they follow it",
            talks, view.channel("strike", "clash"), 30, "a strike or clash", necessary=True,
        ),
        estimate_response(
            view, "outside_pressure", "contacts with outsiders bring pressure", ((1.0, "outside", "pressure"),),
            "acts of pressure", necessary=True,
        ),
        estimate_response(
            view, "outside_defiance", "contacts with outsiders bring rejections", ((1.0, "outside", "defiance"),),
            "rejections", necessary=True,
        ),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Describe the duration of truces and rounds, their mediators, and contacts with outsiders."""
    g, names = view.g, view.g.case.names
    pair = [t for t in view.truces if t.pair == "target–host"]
    sentences: list[Sentence] = []
    medians: list[Quantity] = []
    short = make_sentence("No mediated round between the two governments is recorded.")
    if view.rounds:
        talks = EventFilter(channels=("dialogue",), modes=("third-party-talks",), last=g.watched_to)
        brokers = {b for r in view.rounds for b in r.brokers}
        n = tally_quantity(
            "rounds", len(view.rounds), "rounds", "mediated rounds of the two governments",
            {"kind": "count", "of": talks.as_data()},
            tuple(e for r in view.rounds for e in r.events),
        )  # fmt: skip
        n_hosts = tally_quantity(
            "brokers", len(brokers), "third parties", "third parties named in these rounds",
            {"kind": "brokers", "of": n.recipe["of"]}, n.events,
        )  # fmt: skip
        median = median_duration_quantity("rounds_held", view.rounds, fit_duration_curve(view.rounds), "rounds")
        medians.append(median)
        rounds, duration = count_text(n, "mediated round", "mediated rounds"), median_text(median, "days")
        sentences.append(
            make_sentence(
                "In ", rounds, " of the two governments ", count_text(n_hosts, "third party", "third parties"),
                " took part; half of the rounds were followed by force within ", duration, ".",
            )
        )  # fmt: skip
        short = make_sentence("Half of ", rounds, " were followed by force within ", duration, ".")
    if pair:
        t = tally_quantity(
            "truces", len(pair), "truces", "truces between the two governments, extensions not counted apart",
            {"kind": "truces", "events": [h.events[0] for h in pair]}, tuple(e for h in pair for e in h.events),
        )  # fmt: skip
        medians.append(median_duration_quantity("truces_held", pair, fit_duration_curve(pair), "truces"))
        pieces: list[SentencePiece] = [
            "The record holds ",
            count_text(t, "truce", "truces"),
            " between the two governments",
        ]
        for i, h in enumerate(pair):
            pieces += [", " if i else ": ", *_truce_pieces(i, h)]
        sentences.append(make_sentence(*pieces, ". Truces of one crisis are not independent of one another."))
    outsider = _find_busiest_outsider(view)
    if outsider:
        key, name = outsider
        contact = EventFilter(every=(*view.host, key), without=view.target)
        charges = EventFilter(initiators=view.target, recipients=(key,))
        n = count_quantity(g, "outside", contact, f"acts between the host and {name} without the target")
        n_named = count_quantity(g, "outside_named", charges, f"target's acts that name {name}")
        sentences.append(
            make_sentence(
                f"Of contacts elsewhere, those with {name} are the most frequent: ", count_text(n, "act", "acts"),
                f" between {name} and {names.host_government}, while {names.target} named {name} in ",
                count_text(n_named, "act", "acts"), " of its own.",
            )
        )  # fmt: skip
    return Finding(
        claim="third_parties",
        headline=(
            "Mediation recurs, and what it yields is brief"
            if view.rounds and any((m.value or 99) <= 30 for m in medians)
            else "Mediation is on record, and too little time has passed to say how long it holds"
            if view.rounds or pair
            else "No mediation between the two is on record"
        ),
        sentences=tuple(sentences) or (short,),
        short=short,
        limits=make_sentence(
            "That force came back after a round does not mean that the round failed: rounds are held because force "
            "is near. Mediation that stayed confidential is missing."
        ),
        pools=(
            best_documented([g.event(e) for h in pair for e in h.events]),
            best_documented([g.event(e) for r in view.rounds for e in r.events]),
        ),
        enough=bool(sentences),
    )


def _truce_pieces(i: int, h: TruceDuration) -> list[SentencePiece]:
    """How long one truce held, and how it ended."""
    recipe = {"kind": "days between", "from": str(h.first), "to": str(h.last)}
    ids = (*h.events, *((h.ended_by,) if h.ended_by else ()))
    m = tally_quantity(f"truce_{i}", h.days, "days", "from the first day of the truce to its end", recipe, ids)
    end = "until force came" if h.ended_by else "to its announced end" if h.expired else "and still holding"
    return [count_text(m, "day", "days"), f" {end}"]


def _find_busiest_outsider(view: ClaimContext) -> tuple[str, str] | None:
    count = {
        a.key: len(EventFilter(every=(*view.host, a.key), without=view.target).of(view.g))
        for a in view.g.case.cast
        if a.role == "outsider"
    }
    best = max(count, key=lambda k: count[k], default=None)
    return (best, view.g.case.actor(best).name) if best and count[best] else None
