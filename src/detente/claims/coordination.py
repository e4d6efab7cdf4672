"""Coordination: contacts against terrorism before and since the fighting began.

    contacts = AGREE, CONSULT and COOPERATE between the governments in a terrorism, intelligence or military context
    ratio = their rate in the recent period over their rate before, adjusted for reporting coverage
    recodings = least number of other acts of talk or cooperation in the recent period that, coded as contacts, would take the
        probability of `fewer` below that of a leaning verdict

Talks about a truce are coded as diplomacy and counted under `third_parties`.

Tested:

    fewer   ratio < 1

Reported in addition: share of days with a strike or clash that are followed by a contact within 30 days < that of
nearby days.
"""

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_follow_up, estimate_rate_ratio, probability_above
from detente.claims.examples import best_documented
from detente.claims.finding import Finding
from detente.claims.verdict import LEANING
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, expected_count, tally_quantity
from detente.text.numbers import count_or_none_text, count_text
from detente.text.sentence import NumberPiece, SentencePiece, format_on_date, make_sentence


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate the change in the rate of contacts, and how often force is followed by one."""
    return (
        estimate_rate_ratio(
            view, "contacts_fewer", "contacts against terrorism came less often since the fighting began",
            view.counter_terrorism, claimed="below", necessary=True,
        ),
        estimate_follow_up(
            view, "force_contacts", "force is followed by contacts against terrorism less often than nearby days are",
            view.channel("strike", "clash"), view.counter_terrorism, 30, "a contact against terrorism", claimed="below",
        ),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Describe contacts before and since the fighting began, and the days since the last."""
    g, names = view.g, view.g.case.names
    contact = view.counter_terrorism
    contacts = contact.of(g)
    if not contacts:
        nothing = make_sentence("No contact about terrorism or intelligence between the two governments is recorded.")
        return Finding("coordination", "No contact is on record", (nothing,), nothing, nothing, (), enough=False)
    n = count_quantity(g, "contacts", contact, "counter-terrorism contacts and acts")
    recent = [e for e in contacts if view.recent_period[0] <= e.day <= view.recent_period[1]]
    n_recent = tally_quantity(
        "contacts_recent", len(recent), "contacts", "of these, in the recent stretch",
        {"kind": "count", "of": {**contact.as_data(), "first": str(view.recent_period[0]), "last": str(view.recent_period[1])}},
        tuple(e.id for e in recent),
    )  # fmt: skip
    last = max(contacts, key=lambda e: e.span.last)
    silent = (g.watched_to - last.span.last).days
    n_silent = tally_quantity(
        "silent_days", max(silent, 0), "days", "from the last contact to the end of the observation period",
        {"kind": "days between", "from": str(last.span.last), "to": str(g.watched_to)}, (last.id,),
    )  # fmt: skip
    ratio = view.ratio("contacts_ratio", contact)
    first: list[SentencePiece] = [
        "The record holds ", count_text(n, "contact or joint act", "contacts or joint acts"),
        " of the two governments about terrorism or intelligence, ", count_or_none_text(n_recent), " of them ",
        view.since_piece,
    ]  # fmt: skip
    if ratio:
        expected = expected_count(g, "contacts_expected", contact, view.recent_period, view.earlier_period)
        first += [
            ", where the earlier rate would have given about ", NumberPiece(expected, f"{expected.value:.1f}"),
            ", reporting coverage allowed for",
        ]  # fmt: skip
    last_contact = make_sentence(
        "The last was recorded ", format_on_date(last), ", ", count_text(n_silent, "day", "days"),
        " before the end of the observation period.",
    )  # fmt: skip
    turn = count_recodings(view)
    sentences = [make_sentence(*first, "."), last_contact]
    if turn is not None:
        sentences.append(
            make_sentence(
                "The change rests on how acts are coded: with ", count_text(turn, "further act", "further acts"),
                " of talk or cooperation ", view.since_piece, " counted as a contact against terrorism, it could not be told.",
            )
        )  # fmt: skip
    stopped = not recent and ratio is not None and (ratio.high or 0) < 1
    return Finding(
        claim="coordination",
        headline=(
            "Contacts coded as security are on record before the fighting began and not since"
            if stopped
            else "Contacts against terrorism go on, if thinly"
            if recent
            else "No contact against terrorism is recorded since the fighting began, though chance is not ruled out"
        ),
        sentences=tuple(sentences),
        short=make_sentence(
            "Of ", count_text(n, "recorded contact", "recorded contacts"), " about terrorism or intelligence, ",
            count_or_none_text(n_recent), " came ", view.since_piece, ".",
        ),
        limits=make_sentence(
            f"Intelligence services do not publish their contacts. The rounds of talks that {names.group} was the "
            "subject of are coded as diplomacy, and counted under third parties."
        ),
        pools=(best_documented(contacts[-8:]), best_documented(contacts)),
    )  # fmt: skip


def count_recodings(view: ClaimContext) -> Quantity | None:
    """Recodings that would turn the claim; None where it does not lean, or where no number of acts on record would turn it."""
    fewer = estimate(view)[0]
    if not fewer.enough or fewer.measured is None or (fewer.probability or 0.0) < LEANING:
        return None
    start, end = view.recent_period
    other = EventFilter(
        channels=("dialogue", "concession"), types=view.counter_terrorism.types, first=start, last=end
    ).of(view.g)  # fmt: skip
    counted = set(fewer.measured.events)
    spare = tuple(e.id for e in other if e.id not in counted and view.g.coverage.watched(e.day))
    k, n = sum(view.g.event(i).day >= start for i in counted), len(counted)
    kinds = view.counter_terrorism.channels
    e_recent, e_earlier = view.g.coverage.effort(start, end, kinds), view.g.coverage.effort(*view.earlier_period, kinds)
    q, effect = e_recent / (e_recent + e_earlier), float(fewer.measured.recipe["dispersion"])
    for extra in range(1, len(spare) + 1):
        if 1 - probability_above((k + extra) / effect, (n + extra) / effect, q) < LEANING:
            recipe = {"kind": "recodings", "of": fewer.measured.recipe, "least": LEANING}
            how = "acts to be recoded until the probability of fewer contacts is below that of a leaning verdict"
            return tally_quantity("recodings", extra, "acts", how, recipe, spare)
    return None
