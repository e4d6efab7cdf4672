"""How the brief was made, in a page: for a reader who wants to know before believing."""

from detente.claims.checks import CHECKS
from detente.claims.checks.circular_shift import PASSES
from detente.claims.checks.external_replication import named
from detente.claims.context import View
from detente.claims.estimate import DAYS
from detente.claims.verdict import CONTRADICTED, ENOUGH_EVENTS, LEANING, SUPPORTED
from detente.core.date_range import in_words
from detente.measures.event_filter import Selection
from detente.measures.quantity import Measured, counted, tally
from detente.text.numbers import listed, none_or, number
from detente.text.sentence import Chosen, Sentence, say


def method(view: View) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    """Headed paragraphs: events, channels, comparisons, the system, verdicts, checks, levers."""
    return (
        ("Events", _events(view)),
        ("Channels", _channels(view)),
        ("Comparisons", _comparisons()),
        ("The fitted system", _system(view)),
        ("Verdicts", _verdicts()),
        ("Checks", _checks()),
        ("Levers", _levers()),
    )


def unseen(view: View) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    """Headed paragraphs: what the record cannot show."""
    return (
        ("Uneven collection", _collection(view)),
        ("Rows set aside and acts nobody claimed", _set_aside(view)),
        ("Disputed tolls", _tolls(view)),
        ("What was known", _known(view)),
        ("A second source", (_second(view),)),
    )


def _second(view: View) -> Sentence:
    if not view.others:
        return say("The case rests on one chronology: no claim was held against another record.")
    names = ", ".join(named(g.release.source) for g in view.others)
    return say(
        "Claims were held against the record of ",
        Chosen(names, "the other sources in the store that was named"),
        " too, as far as it tells of what they need. Two records that draw on the same news are no independent witnesses.",
    )


def _system(view: View) -> tuple[Sentence, ...]:
    if view.system is None:
        return (say("The record is too short or too thin for a system to be fitted, so no response is told."),)
    few = view.system.too_few
    out = [
        say(
            "Daily counts of all channels are fitted as one process: a background (slow change, season, named regimes, "
            "density of collection) and responses of each channel to the past of each. A response is how many more events "
            "follow within ",
            Chosen(f"{DAYS}\u00a0days", "a month, by which most of a response has come"),
            " of one event than would anyway, as mean and interval over ",
            Chosen(f"{view.draws} draws", "enough that chance moves a probability by about two points"),
            " with seed ",
            Chosen(str(view.seed), "stated, so that anybody gets the same draws"),
            ". Of concessions those of the host are counted. It shows what follows what above the background; a cause "
            "outside the record can still be behind both.",
        )
    ]
    if few:
        out.append(say(f"Too few events to be told: {', '.join(few)}."))
    return tuple(out)


def _verdicts() -> tuple[Sentence, ...]:
    def per(x: float) -> Chosen:
        return Chosen(f"{100 * x:.0f}\u00a0%", "a threshold of the verdict rule, the same for every claim")

    return (
        say(
            "One rule judges every claim. A part is supported where the claimed sign has a probability of ", per(SUPPORTED),
            " or more and no check failed; leaning from ", per(LEANING), ", or where a check failed or none could be asked; "
            "contradicted at ", per(CONTRADICTED), " or less; too little data with fewer than ",
            Chosen(str(ENOUGH_EVENTS), "a threshold of the verdict rule"), " events, or fewer than ",
            Chosen("30", "below it the system's answer is mostly prior"), " in a channel of the system; else not supported. "
            "A claim is as its weakest necessary part. Likelihood words are those of the US intelligence community's "
            "directive on analytic standards, made from the number.",
        ),
    )  # fmt: skip


def _checks() -> tuple[Sentence, ...]:
    titles = [c.title for c in CHECKS]
    return (
        say(
            f"Each part that stands is checked by {listed(titles)}. Those that change the data hold if "
            "the sign keeps a probability of ", Chosen(f"{100 * LEANING:.0f}\u00a0%", "as for leaning"),
            "; those that break the link in time or of labels hold if at most ",
            Chosen(f"{100 * PASSES:.0f}\u00a0%", "the usual level of a permutation test"),
            " of the broken series show as much. What could not be asked is counted as neither.",
        ),
    )  # fmt: skip


def _levers() -> tuple[Sentence, ...]:
    return (
        say(
            "Each lever is pulled on paired futures: every path is lived twice with the same luck. What the setting changes by "
            "itself is assumed; what follows through the responses is estimated. A lever that works otherwise than past "
            "events did is not in the data."
        ),
    )


def _set_aside(view: View) -> tuple[Sentence, ...]:
    g = view.g
    unknown = [e for e in g.unassigned if any(g.case.actor(a).role == "unknown" for a in e.initiators)]
    n = tally(
        "unclaimed", len(unknown), "events", "events in no channel whose initiator is unknown",
        {"kind": "unclaimed"}, tuple(e.id for e in unknown),
    )  # fmt: skip
    return (
        say(
            "Of the rows of the chronology ",
            none_or(_rows(view, "set_aside", len(g.set_aside), "rows that could not be read")),
            " had to be set aside as unreadable; ",
            number(n, "act that nobody claimed enters", "acts that nobody claimed enter"),
            " no response.",
        ),
    )


def _rows(view: View, key: str, n: int, what: str) -> Measured:
    return tally(key, n, what, what, {"kind": "rows", "what": key}, ())


def _events(view: View) -> tuple[Sentence, ...]:
    g = view.g
    high = Selection(confidence=("high",))
    return (
        say(
            "An event is one reported act, coded after PLOVER with the addresses of the pages that state it. Of ",
            number(_rows(view, "rows", g.rows, "rows of the chronology"), "row", "rows"),
            ", ",
            number(_rows(view, "events", len(g.events), "events"), "is an event", "are events"),
            " known on the day of this brief, ",
            none_or(_rows(view, "later", g.later, "rows known only later")),
            " became known later and ",
            none_or(_rows(view, "set_aside", len(g.set_aside), "rows that could not be read")),
            " had to be set aside.",
        ),
        say(
            "Of the events, ",
            number(counted(g, "high_confidence", high, "events of high confidence")),
            " rest on two independent sources, a wire agency or a United Nations document.",
        ),
    )


def _channels(view: View) -> tuple[Sentence, ...]:
    g = view.g
    unknown = [e for e in g.unassigned if any(g.case.actor(a).role == "unknown" for a in e.initiators)]
    n_unknown = tally(
        "unclaimed", len(unknown), "events", "events in no channel whose initiator is unknown",
        {"kind": "unclaimed"}, tuple(e.id for e in unknown),
    )  # fmt: skip
    return (
        say(
            "Each event falls into one channel by who did what to whom and where, after one table. ",
            number(_rows(view, "unassigned", len(g.unassigned), "events in no channel"), "event falls", "events fall"),
            " into none. The largest part are acts that nobody claimed and for which nobody was identified (",
            number(n_unknown),
            "): they are not guessed to be the group's.",
        ),
    )


def _collection(view: View) -> tuple[Sentence, ...]:
    g = view.g
    return (
        say(
            "The chronology was compiled window by window, some more densely than others. The case file states each "
            "window's density, measured as deadly attacks found per event that UCDP counts in the target state; rates are "
            "divided by it, shares and durations need no such help. The density was measured on deadly attacks and is "
            "assumed for the rest."
        ),
        say(
            "Systematic collection ends on ",
            Chosen(in_words(g.watched_to), "the end of the last window whose density the case file states"),
            ". Later events are shown where they matter and enter no rate, no index and no curve.",
        ),
    )


def _comparisons() -> tuple[Sentence, ...]:
    return (
        say(
            "How often one thing followed another is told beside the same share for nearby days, within two months of each "
            "occasion on either side. In a season of crisis everything follows everything; only what exceeds the nearby "
            "share has come close upon its occasion, and even that does not make the one the cause of the other."
        ),
        say(
            "Limits are exact: Garwood's for rates, Clopper and Pearson's for shares. They assume independent events, which "
            "conflicts do not supply, and are the narrowest honest ones."
        ),
    )


def _tolls(view: View) -> tuple[Sentence, ...]:
    g = view.g
    disputed = [e for e in g.events if e.disputed]
    n = tally(
        "disputed", len(disputed), "events", "events whose accounts contradict each other",
        {"kind": "disputed"}, tuple(e.id for e in disputed),
    )  # fmt: skip
    return (
        say(
            "Tolls are what reports say, from the lowest to the highest figure. Where nobody gave one the toll is unknown "
            "and counted as such, never as nought. The accounts of ",
            number(n, "event", "events"),
            " contradict each other; they are marked as disputed wherever they are shown.",
        ),
    )


def _known(view: View) -> tuple[Sentence, ...]:
    return (
        say(
            "The brief reads nothing that became known after ",
            Chosen(in_words(view.g.as_of), "the day whose knowledge was asked for"),
            ". An event counts as known on the last day on which it can have happened. A toll may have been corrected later; "
            "the chronology holds the corrected one.",
        ),
    )
