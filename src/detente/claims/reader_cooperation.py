"""The reader's text of the claims on cooperation: threat perception, coordination, civilian harm and third parties."""

from detente.claims.context import ClaimContext
from detente.claims.fight_text import find_target_fights, tell_host_fights, tell_target_fights
from detente.claims.finding import Finding
from detente.claims.gap_text import tell_gaps
from detente.claims.reader_text import (
    ON_RECORD,
    MarkedSentence,
    ReaderText,
    choose_headline,
    count_stated,
    name_kind,
    part_verdicts,
    pool_examples,
    say,
    say_response,
    say_stated,
)
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity, deaths_quantity, tally_quantity
from detente.measures.quantity_times import median_duration_quantity
from detente.measures.truces import fit_duration_curve
from detente.text.numbers import count_text, range_text
from detente.text.sentence import NumberPiece


def tell_threat_perception(view: ClaimContext, f: Finding) -> ReaderText:
    """Who uses force against the group, and what each says of the other."""
    g, names = view.g, view.g.case.names
    force = EventFilter(channels=("operation", "strike"), initiators=view.target, recipients=view.groups)
    n = count_quantity(g, "force_on_group", force, "uses of force by the target against the group")
    word = part_verdicts(f).get("force_whose", "too little data")
    fights = [s for s in (tell_target_fights(view), tell_host_fights(view)) if s]
    out = [MarkedSentence(ON_RECORD, s) for s in fights] or [
        say(ON_RECORD, f"{names.target} is recorded with ", count_text(n, "use of force", "uses of force"),
            f" against {names.group}.",
        )
    ]  # fmt: skip
    if word in ("supported", "leaning"):
        probably = "" if word == "supported" else "probably "
        out.append(say(word, f"{names.host_government} {probably}use no force against {names.group}."))
    else:
        out.append(
            say(word, f"What {names.host_government} do against {names.group} is too thinly recorded to compare.")
        )
    blame = EventFilter(channels=("pressure",), initiators=view.target, recipients=view.host, types=("ACCUSE",))
    n_blame = count_quantity(g, "accusations", blame, "accusations of the host by the target")
    if n_blame.value:
        out.append(
            say(ON_RECORD, f"{names.target} accused {names.host_government} in ",
                count_text(n_blame, "recorded statement", "recorded statements"), ".",
            )
        )  # fmt: skip
    shown = pool_examples(force.of(g)) or pool_examples(find_target_fights(view))
    return ReaderText(choose_headline(f, view), tuple(out), out[0], shown)


def tell_coordination(view: ClaimContext, f: Finding) -> ReaderText:
    """Contacts on terrorism before and after the fighting began."""
    g = view.g
    contacts = count_quantity(g, "contacts", view.counter_terrorism, "contacts on terrorism or intelligence")
    first, last = view.recent_period
    sel = view.counter_terrorism
    since = EventFilter(channels=sel.channels, types=sel.types, contexts=sel.contexts, first=first, last=last)
    n = count_quantity(g, "contacts_since", since, "contacts since the fighting began")
    word = part_verdicts(f).get("contacts_fewer", "too little data")
    if not contacts.value:
        none = say(ON_RECORD, "No contact of the two governments on terrorism or intelligence is recorded.")
        return ReaderText(choose_headline(f, view), (none,), none)
    came = NumberPiece(n, f"{n.value:.0f}" if n.value else "none")
    answer = say(ON_RECORD, "Of ", count_text(contacts, "recorded contact", "recorded contacts"),
        " of the two governments on terrorism or intelligence, ", came, " came ", view.since_piece, ".",
        *tell_gaps(g, "contacts", first, last),
    )  # fmt: skip
    verdict = {
        "supported": "Such contacts became rarer, and every check held.",
        "leaning": "Such contacts probably became rarer.",
        "contradicted": "Such contacts did not become rarer.",
        "too little data": "They are too few to say whether contacts became rarer.",
    }.get(word, "So few contacts leave chance as an explanation; services also meet without saying so.")
    return ReaderText(
        choose_headline(f, view), (answer, say(word, verdict)), answer, pool_examples(view.counter_terrorism.of(g))
    )


def tell_civilian_harm(view: ClaimContext, f: Finding) -> ReaderText:
    """Civilian deaths in strikes, and what follows them."""
    g, names = view.g, view.g.case.names
    harmful = EventFilter(channels=("strike",), civilians=True)
    n = count_quantity(g, "harmful", harmful, "strikes with civilian deaths")
    if not n.value:
        none = say("too little data", "No strike is recorded for which a report gives civilian deaths.")
        return ReaderText(choose_headline(f, view), (none,), none)
    strikes = count_quantity(g, "strikes", view.channel("strike"), "strikes")
    toll = deaths_quantity(g, "civilians_in_strikes", harmful, civilian=True)
    answer = say(ON_RECORD, "Civilians are reported killed in ", count_text(n), " of ", count_text(strikes),
        f" {name_kind(view, 'strike')}: ", range_text(toll, "deaths"), " by the figures given.",
    )  # fmt: skip
    out: list[MarkedSentence] = [answer]
    protests = EventFilter(channels=("defiance",), types=("PROTEST",))
    stated = count_stated(view, protests, ("strike",), "protests_stated_strike")
    if stated and stated.reacting.value:
        out.append(say_stated(stated, f"protests by {names.host_government}", name_kind(view, "strike")))
    word = part_verdicts(f).get("harm_more_defiance", "too little data")
    if word in ("supported", "leaning", "contradicted"):
        out.append(say_response(view, f, "harm_more_defiance", "strike", "defiance"))
    elif word == "too little data":
        out.append(say(word, "Too few strikes are known to have harmed nobody for a fair comparison."))
    else:
        out.append(say(word, "That such strikes bring more rejections than other strikes is not shown."))
    return ReaderText(choose_headline(f, view), tuple(out), answer, pool_examples(harmful.of(g)))


def tell_third_parties(view: ClaimContext, f: Finding) -> ReaderText:
    """Mediated rounds, truces, and what follows them."""
    g = view.g
    verdicts = part_verdicts(f)
    out: list[MarkedSentence] = []
    if view.rounds:
        talks = EventFilter(channels=("dialogue",), modes=("third-party-talks",), last=g.watched_to)
        ids = tuple(e for r in view.rounds for e in r.events)
        recipe = {"kind": "count", "of": talks.as_data()}
        n = tally_quantity("rounds", len(view.rounds), "rounds", "mediated rounds of the two governments", recipe, ids)
        held = median_duration_quantity("rounds_held", view.rounds, fit_duration_curve(view.rounds), "rounds")
        if held.value is not None:
            days = NumberPiece(held, f"{held.value:.0f} days")
            out.append(
                say(ON_RECORD, "Half of ", count_text(n, "mediated round", "mediated rounds"),
                    " were followed by a strike or clash within ", days, ".",
                )
            )  # fmt: skip
        word = verdicts.get("rounds_spoiled", "too little data")
        out.append(
            say(word, "Force is more frequent after such rounds than on nearby days.")
            if word == "supported"
            else say(word, "Force is probably more frequent after such rounds than on nearby days.")
            if word == "leaning"
            else say(word, "That force is more frequent after such rounds than on nearby days is not shown.")
        )
    pair = sorted(t.days for t in view.truces if t.pair == "target–host")
    if pair:
        recipe = {"kind": "truces", "events": [t.events[0] for t in view.truces if t.pair == "target–host"]}
        ids = tuple(e for t in view.truces if t.pair == "target–host" for e in t.events)
        shortest, longest = (
            tally_quantity(
                f"truce_{k}", d, "days", f"the {k} truce between the governments", {**recipe, "kind": f"truce {k}"}, ids
            )
            for k, d in (("shortest", pair[0]), ("longest", pair[-1]))
        )
        n_truces = tally_quantity("truces", len(pair), "truces", "truces between the two governments", recipe, ids)
        out.append(
            say(ON_RECORD, "The record holds ", count_text(n_truces, "truce", "truces"), " between the two, of ",
                count_text(shortest), " to ", count_text(longest, "day", "days"), ".",
            )
        )  # fmt: skip
    if not out:
        out.append(say("too little data", "No mediation between the two governments is recorded."))
    rounds = pool_examples(g.event(i) for r in view.rounds for i in r.events)[:8]
    return ReaderText(choose_headline(f, view), tuple(out[:3]), out[0], rounds)
