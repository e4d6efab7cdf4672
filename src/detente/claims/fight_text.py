"""Fights of which the source does not say who began, as sentences with traced numbers.

They are neither attacks nor strikes of one side, so they stand in no count of one side's acts, and a zero beside
them would hide them.
"""

from collections.abc import Sequence

from detente.cases.channel_names import channel_name, counts_fights, list_own_rules
from detente.cases.channel_rule import COUNTED_CHANNELS, FORCE_CHANNELS
from detente.cases.fights import find_fights, is_fight, name_fight_sources, say_untold_initiator
from detente.cases.testimony import list_sources
from detente.claims.context import ClaimContext
from detente.events.event import Event
from detente.measures.deaths import sum_deaths
from detente.measures.quantity import Quantity, event_ids, tally_quantity
from detente.sources.testimony import load_testimony
from detente.text.numbers import count_text, range_text
from detente.text.sentence import ConventionPiece, Sentence, SentencePiece, make_sentence


def find_host_fights(view: ClaimContext) -> tuple[Event, ...]:
    """Find the fights of the host's forces with the armed group or its allies."""
    return find_fights(view.g, view.host, view.groups)


def find_target_fights(view: ClaimContext) -> tuple[Event, ...]:
    """Find the fights of the target's forces with the armed group or its allies."""
    return find_fights(view.g, view.target, view.groups)


def tell_host_fights(view: ClaimContext) -> Sentence | None:
    """Say how many fights of the host with the group are on record, and that nobody is said to have begun them."""
    sides = (view.host, view.groups)
    return _tell_fights(view, "host_fights", view.g.case.names.host_government, find_host_fights(view), sides)


def tell_target_fights(view: ClaimContext) -> Sentence | None:
    """Say how many fights of the target with the group are on record, in whatever country."""
    sides = (view.target, view.groups)
    return _tell_fights(view, "target_fights", view.g.case.names.target, find_target_fights(view), sides)


def _tell_fights(
    view: ClaimContext, key: str, who: str, fights: Sequence[Event], sides: tuple[tuple[str, ...], tuple[str, ...]]
) -> Sentence | None:
    if not fights:
        return None
    ids, recipe = event_ids(fights), {"kind": "fights", "sides": [list(s) for s in sides]}
    n = tally_quantity(key, len(ids), "fights", "fights that name both sides and not who began", recipe, ids)
    deaths = _sum_fight_deaths(f"{key}_deaths", fights)
    pieces: list[SentencePiece] = [
        count_text(n, "fight", "fights"), f" of {who} with {name_group(view)} {'is' if len(ids) == 1 else 'are'} on record",
    ]  # fmt: skip
    if deaths is not None:
        some = any(e.tolls.range is None for e in fights)
        pieces += [", with ", range_text(deaths, "deaths"), " where a figure is given" if some else ""]
    return make_sentence(*(p for p in pieces if p), f"; {say_untold_initiator(name_fight_sources(fights))}.")


def _sum_fight_deaths(key: str, fights: Sequence[Event]) -> Quantity | None:
    """Deaths of all sides in those fights with a figure; None where none has one."""
    d = sum_deaths(fights)
    if not d.told:
        return None
    ids = event_ids(fights)
    how = f"deaths of all sides added over the fights that give a figure ({d.told}), lowest and highest; without one: {d.untold}"
    return Quantity(key, None, "deaths", how, {"kind": "deaths", "ids": list(ids)}, ids, d.low, d.high)


def tell_counted_fights(view: ClaimContext) -> tuple[Sentence, ...]:
    """Say for each kind of force how many of its events are fights, and that the source does not say who began."""
    g = view.g
    out = []
    for channel in FORCE_CHANNELS:
        of = g.of(channel)
        fights = [e for e in of if is_fight(e)]
        if not fights or channel == "clash":  # a clash is two-sided by its name
            continue
        every, ids = event_ids(of), event_ids(fights)
        how = f"events counted as: {channel_name(g.case, channel)}"
        n = tally_quantity(
            f"{channel}_events", len(every), "events", how, {"kind": "count", "of": {"channels": [channel]}}, every
        )
        k = tally_quantity(
            f"{channel}_fights", len(ids), "fights", "those that name both sides and not who began",
            {"kind": "fights", "channel": channel}, ids,
        )  # fmt: skip
        untold = say_untold_initiator(name_fight_sources(fights))
        kind = channel_name(g.case, channel)
        if len(ids) == len(every):
            out.append(make_sentence("All ", count_text(n), f" events counted as {kind} are fights: {untold}."))
            continue
        verb = "is a fight" if len(ids) == 1 else "are fights"
        out.append(
            make_sentence("Of ", count_text(n), f" events counted as {kind}, ", count_text(k), f" {verb}: {untold}.")
        )
    return tuple(out)


def tell_fight_rules(view: ClaimContext) -> tuple[Sentence, ...]:
    """Give the reasons of the case's own rules that count fights in a kind, as the case file words them."""
    case = view.g.case
    why = dict.fromkeys(w for c in COUNTED_CHANNELS if counts_fights(case, c) for w in list_own_rules(case, c))
    if not why:
        return ()
    words = ConventionPiece("; ".join(why), "the case file's reasons for its rules")
    return (make_sentence("The case file counts fights by rules of its own: ", words, "."),)


def name_group(view: ClaimContext, last: str = "and") -> str:
    """The armed group's name, with its allies where the case has any.

    Args:
        last: the word before the allies.
    """
    group = view.g.case.names.group
    return f"{group} {last} its allies" if len(view.groups) > 1 else group


def name_recorded_attacks(view: ClaimContext, plain: str = "attacks") -> str:
    """Attacks in words: the case's name of the kind where some of them are fights.

    Args:
        plain: the words where the source says of each who began.
    """
    return channel_name(view.g.case, "attack") if any(is_fight(e) for e in view.g.of("attack")) else plain


def name_unclaimed(view: ClaimContext, acts: str, *, whole: bool = False) -> str:
    """Acts of unknown actors in words: whether anybody claimed them is known where a chronology asks for it.

    Args:
        acts: the noun, in its number. whole: say too that nobody was identified.
    """
    if set(list_sources(view.g)) & (set(load_testimony()) - {"chronology"}):
        return f"{acts} whose actor the source does not identify"
    return f"{acts} that nobody claimed{' and for which nobody was identified' if whole else ''}"
