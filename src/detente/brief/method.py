"""The method and limitations sections of a brief.

What the codebook of a chronology says holds for no other record.
"""

from collections import Counter

from detente.claims.checks import CHECKS
from detente.claims.checks.base import HELD_AGAIN
from detente.claims.checks.external_replication import format_source_name
from detente.claims.context import ClaimContext
from detente.claims.estimate import RESPONSE_DAYS
from detente.claims.fight_text import name_unclaimed, tell_counted_fights, tell_fight_rules
from detente.claims.recommendations import has_year
from detente.claims.verdict import CONTRADICTED, ENOUGH_EVENTS, LEANING, SUPPORTED
from detente.core.date_range import format_date
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, tally_quantity
from detente.model.kernels import VISIBLE_DELAY_BASIS, VISIBLE_DELAY_DAYS
from detente.model.placebo_tests import MAX_P_VALUE
from detente.text.numbers import count_or_none_text, count_text, join_words
from detente.text.sentence import ConventionPiece, Sentence, make_sentence


def build_method(view: ClaimContext) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    """Build headed paragraphs on events, channels, comparisons, the model, verdicts, checks and recommendations."""
    return (
        ("Events", _describe_events(view)),
        ("Channels", _describe_channels(view)),
        ("Comparisons", _describe_comparisons()),
        ("The fitted system", _describe_model(view)),
        ("Verdicts", _describe_verdicts()),
        ("Checks", _describe_checks()),
        ("Levers", _describe_recommendations(view)),
    )


def build_limitations(view: ClaimContext) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    """Build headed paragraphs on what the record cannot show."""
    return (
        ("Uneven collection", _describe_coverage(view)),
        ("Rejected rows and unclaimed acts", _describe_rejected_rows(view)),
        ("Disputed tolls", _describe_disputed_deaths(view)),
        ("What was known", _describe_knowledge_date(view)),
        ("A second source", (_describe_second_source(view),)),
    )


def _describe_second_source(view: ClaimContext) -> Sentence:
    if not view.others and not view.g.case.chronology:
        return make_sentence("No claim was held against another record.")
    if not view.others:
        return make_sentence("The case rests on one chronology: no claim was held against another record.")
    names = ", ".join(format_source_name(g.release.source) for g in view.others)
    return make_sentence(
        "Claims were held against the record of ",
        ConventionPiece(names, "the other sources in the store that was read"),
        " too, as far as it tells of what they need. Two records that draw on the same news are no independent witnesses.",
    )


def _describe_model(view: ClaimContext) -> tuple[Sentence, ...]:
    if view.system is None:
        return (
            make_sentence("The record is too short or too thin for a system to be fitted, so no response is told."),
        )
    few = view.system.too_few
    out = [
        make_sentence(
            "Daily counts of all channels are fitted as one process: a background (slow change, season, named regimes, "
            "reporting coverage) and responses of each channel to the past of each. A response is how many more events "
            "follow within ",
            ConventionPiece(f"{RESPONSE_DAYS}\u00a0days", "a month, by which most of a response has come"),
            " of one event than would anyway, as mean and interval over ",
            ConventionPiece(f"{view.draws} draws", "enough that chance moves a probability by about two points"),
            " with seed ",
            ConventionPiece(str(view.seed), "stated, so that anybody gets the same draws"),
            ". Of concessions those of the host are counted. It shows what follows what above the background; a cause "
            "outside the record can still be behind both.",
        )
    ]
    if view.imprecise:
        n = tally_quantity(
            "imprecise", len(view.imprecise), "events", "events of the channels known only to the week or month",
            {"kind": "imprecise"}, view.imprecise,
        )  # fmt: skip
        out.append(
            make_sentence(
                "The model of days leaves out ", count_text(n, "event", "events"), " known only to the week or month. A response "
                "later than about ", ConventionPiece(f"{VISIBLE_DELAY_DAYS}\u00a0days", VISIBLE_DELAY_BASIS),
                " is often not seen: that none is found says nothing of it.",
            )
        )  # fmt: skip
    if few:
        out.append(make_sentence(f"Too few events to be told: {', '.join(few)}."))
    return tuple(out)


def _describe_verdicts() -> tuple[Sentence, ...]:
    def per(x: float) -> ConventionPiece:
        return ConventionPiece(f"{100 * x:.0f}\u00a0%", "a threshold of the verdict rule, the same for every claim")

    return (
        make_sentence(
            "One rule judges every claim. A part is supported where the claimed sign has a probability of ", per(SUPPORTED),
            " or more, no check failed and at least one held, among them the lead check of each response; leaning from ",
            per(LEANING), "; contradicted at ", per(CONTRADICTED), " or less, if the contrary passes the same checks; not supported "
            "where the lead check, the placebo in time or the shuffled labels failed; too little data with fewer than ",
            ConventionPiece(str(ENOUGH_EVENTS), "a threshold of the verdict rule"), " events, or fewer than ",
            ConventionPiece("30", "below it the system's answer is mostly prior"), " in a channel of the system; else not supported. "
            "A claim is as its weakest necessary part. Not supported does not mean false: of claims that are true in synthetic conflicts, "
            "the rule misses more than it finds. Likelihood words are those of the US intelligence community's "
            "directive on analytic standards, made from the number.",
        ),
    )  # fmt: skip


def _describe_checks() -> tuple[Sentence, ...]:
    titles = [c.title for c in CHECKS]
    return (
        make_sentence(
            f"Each part that stands is checked by {join_words(titles)}. Those that change the data hold if "
            "the sign keeps a probability of ", ConventionPiece(f"{100 * HELD_AGAIN:.0f}\u00a0%", "less than for a verdict, since fewer data give wider intervals"),
            "; those that break the link in time or of labels hold if at most ",
            ConventionPiece(f"{100 * MAX_P_VALUE:.0f}\u00a0%", "the usual level of a permutation test"),
            " of the broken series show as much; the lead check holds if the past of a cause explains its effect better than its "
            "future does. What could not be asked is counted as neither.",
        ),
    )  # fmt: skip


def _describe_recommendations(view: ClaimContext) -> tuple[Sentence, ...]:
    if view.system is None or not has_year(view):
        return (
            make_sentence("No policy option was simulated: the record has too few covered days or too few events."),
        )
    return (
        make_sentence(
            "Each policy option is tried on paired futures: every path is simulated twice with common random numbers. What the setting changes by "
            "itself is assumed; what follows through the responses is estimated. A lever that works otherwise than past "
            "events did is not in the data."
        ),
    )


def _describe_rejected_rows(view: ClaimContext) -> tuple[Sentence, ...]:
    return (
        make_sentence(
            f"Of the rows {'of the chronology' if view.g.case.chronology else 'that were read'} ", count_or_none_text(_count_rejected_rows(view)), " were rejected as unreadable; ",
            count_text(
                _count_unclaimed_events(view), f"{name_unclaimed(view, 'act')} enters", f"{name_unclaimed(view, 'acts')} enter"
            ), " no response.",
        ),
    )  # fmt: skip


def _count_unclaimed_events(view: ClaimContext) -> Quantity:
    g = view.g
    ids = tuple(e.id for e in g.unassigned if any(g.case.actor(a).role == "unknown" for a in e.initiators))
    how = "events in no channel whose initiator is unknown"
    return tally_quantity("unclaimed", len(ids), "events", how, {"kind": "unclaimed"}, ids)


def _count_rejected_rows(view: ClaimContext) -> Quantity:
    return _build_row_quantity("set_aside", len(view.g.set_aside), "rows that could not be read")


def _build_row_quantity(key: str, n: int, what: str) -> Quantity:
    return tally_quantity(key, n, what, what, {"kind": "rows", "what": key}, ())


def _describe_events(view: ClaimContext) -> tuple[Sentence, ...]:
    g = view.g
    own = bool(g.case.chronology)
    return (
        make_sentence(
            "An event is one reported act, coded after PLOVER with the addresses of the pages that state it. Of "
            if own
            else "An event is one row of the releases that were read, put into the event types of PLOVER. Of ",
            count_text(
                _build_row_quantity("rows", g.rows, "rows of the chronology" if own else "rows of the releases"),
                "row",
                "rows",
            ),
            ", ",
            count_text(_build_row_quantity("events", len(g.events), "events"), "is an event", "are events"),
            " known on the day of this brief, ",
            count_or_none_text(_build_row_quantity("later", g.later, "rows known only later")),
            " became known later and ",
            count_or_none_text(_count_rejected_rows(view)),
            " were rejected.",
        ),
        *_describe_store(view),
        *_describe_reports(view),
    )


def _describe_reports(view: ClaimContext) -> tuple[Sentence, ...]:
    """On what reports the events rest: by the chronology's codebook, and unknown where the rows of a release do not say it."""
    g = view.g
    if g.case.chronology:
        high = EventFilter(confidence=("high",))
        return (
            make_sentence(
                "Of the events, ",
                count_text(count_quantity(g, "high_confidence", high, "events of high confidence")),
                " rest on two independent sources, a wire agency or a United Nations document.",
            ),
        )
    if any(e.addresses for e in g.events):
        return ()
    return (
        make_sentence(
            "No event carries the address of a report; each is cited by its source, release and id. On how many "
            "independent reports it rests is not known here."
        ),
    )  # fmt: skip


def _describe_store(view: ClaimContext) -> tuple[Sentence, ...]:
    store = view.g.store
    if store is None:
        return ()
    version = ConventionPiece(f"version {store.version}", "the version of the store that was read")
    names = ConventionPiece(", ".join(store.releases), "the releases of the case's sources in that version")
    return (make_sentence("The rows are those of ", names, " in ", version, " of the store."),)


def _describe_channels(view: ClaimContext) -> tuple[Sentence, ...]:
    return (*_describe_assignment(view), *tell_counted_fights(view), *tell_fight_rules(view))


def _describe_assignment(view: ClaimContext) -> tuple[Sentence, ...]:
    unassigned = _build_row_quantity("unassigned", len(view.g.unassigned), "events in no channel")
    if not view.g.unassigned:
        return (make_sentence("Each event falls into one channel by who did what to whom and where, after one table."),)
    unclaimed = _count_unclaimed_events(view)
    others = Counter(view.g.assignments[e.id].why for e in view.g.unassigned if e.id not in unclaimed.events)
    why, most = others.most_common(1)[0] if others else ("", 0)
    if most > (unclaimed.value or 0):
        ids = tuple(e.id for e in view.g.unassigned if view.g.assignments[e.id].why == why)
        n = tally_quantity(
            "unassigned_reason", len(ids), "events", f"events in no channel: {why}", {"kind": "unassigned", "why": why}, ids
        )  # fmt: skip
        return (
            make_sentence(
                "Each event falls into one channel by who did what to whom and where, after one table. ",
                count_text(unassigned, "event falls", "events fall"), " into none. The most frequent reason, of ",
                count_text(n), f": {why}.",
            ),
            *((make_sentence("Of the others, ",
                count_text(unclaimed, f"is {name_unclaimed(view, 'an act', whole=True)}", f"are {name_unclaimed(view, 'acts', whole=True)}"),
                ": not guessed to be the group's."),) if unclaimed.value else ()),
        )  # fmt: skip
    return (
        make_sentence(
            "Each event falls into one channel by who did what to whom and where, after one table. ",
            count_text(unassigned, "event falls", "events fall"),
            f" into none. The largest part are {name_unclaimed(view, 'acts', whole=True)} (",
            count_text(unclaimed),
            "): they are not guessed to be the group's.",
        ),
    )


def _describe_coverage(view: ClaimContext) -> tuple[Sentence, ...]:
    """How completely days were collected; the way a chronology was compiled holds for no other record."""
    case = view.g.case
    estimated = any(w.interval or any(k.interval for k in w.kinds) for w in case.windows)
    interval = " Where it names an interval, the coverage was estimated." if estimated else ""
    assumed = any(k.assumption for w in case.windows for k in w.kinds)
    assumption = " Where it names an assumption, a robustness check halves and doubles it." if assumed else ""
    return (
        make_sentence(
            "The case file states each window's coverage with its basis, and days that no release covers are not observed; "
            "rates are divided by the coverage, shares and durations need no such help." + interval + assumption
        )
        if not case.chronology
        else make_sentence(
            "The chronology was compiled window by window, some more completely than others. The case file states each "
            "window's coverage by kind of event, with its basis; rates are divided by it, shares and durations need no such "
            "help. Where the case file names an interval, the coverage was measured against the events that UCDP counts. "
            "Where it names an assumption, nothing measures it, and a robustness check halves and doubles it."
        ),
        make_sentence(
            "Systematic collection ends on ",
            ConventionPiece(
                format_date(view.g.watched_to),
                "the end of the last window whose coverage the case file states"
                if case.chronology
                else "the last day that the case file and the releases cover",
            ),
            ". Later events are shown where they matter and enter no rate, no index and no curve.",
        ),
    )


def _describe_comparisons() -> tuple[Sentence, ...]:
    return (
        make_sentence(
            "How often one thing followed another is told beside the same share for nearby days, within two months of each "
            "occasion on either side. In a season of crisis everything follows everything; only what exceeds the nearby "
            "share has come close upon its occasion, and even that does not make the one the cause of the other."
        ),
        make_sentence(
            "Limits are exact: Garwood's for rates, Clopper and Pearson's for shares. They assume independent events, which "
            "conflicts do not supply, and are the narrowest honest ones."
        ),
    )


def _describe_disputed_deaths(view: ClaimContext) -> tuple[Sentence, ...]:
    ids = tuple(e.id for e in view.g.events if e.disputed)
    how = "events whose accounts contradict each other"
    n = tally_quantity("disputed", len(ids), "events", how, {"kind": "disputed"}, ids)
    return (
        make_sentence(
            "Tolls are what reports say, from the lowest to the highest figure. Where nobody gave one the toll is unknown "
            "and counted as such, never as zero. The accounts of ",
            count_text(n, "event", "events"),
            " contradict each other; they are marked as disputed wherever they are shown.",
        ),
    )


def _describe_knowledge_date(view: ClaimContext) -> tuple[Sentence, ...]:
    return (
        make_sentence(
            "The brief reads nothing that became known after ",
            ConventionPiece(format_date(view.g.as_of), "the day whose knowledge was asked for"),
            ". An event counts as known on the last day on which it can have happened. A toll may have been corrected later; "
            "the chronology holds the corrected one."
            if view.g.case.chronology
            else ". A row counts as known once its release was published. A toll may have been corrected later.",
        ),
    )
