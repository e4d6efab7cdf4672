"""Safe haven: where attacks fall, and the strikes across the border that follow them.

    near = share of located attacks within 50 km of this border; the same for every other border
    after = share of days with an attack that are followed by a strike within 7 days; any = of all days

A haven across this border would show as attacks near it and near no other. So would a homeland of fighters on
this side, and how long each border is and how many people live near it matters too. So where attacks fall is reported and does
not decide. Source: Salehyan (2009); Carter and Poast (2017) on borders.

Tested:

    answered  d(attack, strike) > 0, the direct response within 30 days

Reported in addition: p, the share of attacks near this border among those near it or near the other border with most;
d(attack, pressure) > 0; where the case names the day on which the host's government changed and holds another source's months,
the events in the target after it against those before (`violence_before_after.py`).
"""

from shapely.geometry.base import BaseGeometry

from detente.cases.channel_names import channel_name
from detente.cases.fights import is_fight
from detente.claims.context import NEAR_KM, WEEK, WEEK_DAYS, ClaimContext
from detente.claims.estimate import Estimate, estimate_from_share, estimate_response
from detente.claims.examples import best_documented
from detente.claims.fight_text import name_group, name_unclaimed
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.claims.violence_before_after import describe_violence_change, estimate_violence_change
from detente.measures.distance import distances_km
from detente.measures.quantity import Quantity, count_quantity
from detente.measures.quantity_places import near_border_share
from detente.measures.rate import estimate_share
from detente.text.numbers import count_text, follow_up_pieces, ratio_text, share_text
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

STATED = (
    StatedQuestion("attack_strikes_stated", ("attack",), "strike", counted="attack_strikes"),
    StatedQuestion("attack_pressure_stated", ("attack",), "pressure", counted="attack_pressure"),
    StatedQuestion("attack_answered", ("attack",)),
)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate the share of attacks by this border, and the responses to attacks."""
    return (
        estimate_response(
            view, "attack_strikes", "an attack brings strikes across the border", ((1.0, "attack", "strike"),),
            "strikes on host soil", necessary=True,
        ),
        _estimate_near_border(view),
        estimate_response(
            view, "attack_pressure", "an attack brings pressure on {host_government}", ((1.0, "attack", "pressure"),),
            "acts of pressure",
        ),
        *([rise] if (rise := estimate_violence_change(view)) else []),
    )  # fmt: skip


def _estimate_near_border(view: ClaimContext) -> Estimate:
    """Share of attacks near this border, among those near it or near the other border with most attacks."""
    part, g = "attacks fall near this border rather than near any other", view.g
    events, geography = view.channel("attack").of(g), view.geography
    if geography is None:
        why = "the case comes without a map, so how near to the border an attack was is not known"
        return Estimate("nearer", part, None, None, "above", 0.5, False, False, why)

    def near(line: BaseGeometry) -> set[str]:
        return {i for i, km in distances_km(events, line).items() if km <= NEAR_KM}

    here = near(geography.border)
    others = {name: near(line) for name, line in geography.placebos.items()}
    if not events or not others:
        why = "no attack is on record" if not events else "the case's geometry holds no other border"
        return Estimate("nearer", part, None, None, "above", 0.5, False, False, why)
    other, there = max(others.items(), key=lambda x: (len(x[1]), x[0]))
    k, n = len(here - there), len(here ^ there)
    if not n:
        return Estimate("nearer", part, None, None, "above", 0.5, False, False, "no attack fell near any border")
    s = estimate_share(k, n)
    recipe = {
        "kind": "nearer", "of": view.channel("attack").as_data(), "line": g.case.names.border, "other": other,
        "km": NEAR_KM, **view.changes,
    }  # fmt: skip
    how = f"of attacks within {NEAR_KM:.0f} km of one of the two lines and not of both, {k} of {n} were near this border and not near {other}"
    ids = tuple(e.id for e in events if e.id in here ^ there)
    m = Quantity("nearer", s.value, "share", how, recipe, ids, s.low, s.high, s.level)
    return estimate_from_share("nearer", part, m, k, n, than=0.5)


def describe(view: ClaimContext) -> Finding:
    """Describe where attacks fall, how the rate of strikes changed, and how often a strike follows an attack."""
    g, names = view.g, view.g.case.names
    attack, strike = view.channel("attack"), view.channel("strike")
    attacks, strikes, geography = attack.of(g), strike.of(g), view.geography
    km = ConventionPiece(
        f"{NEAR_KM:.0f}\u00a0km", "about a day's walk in the hills; the share rises smoothly with the distance"
    )
    allied = "the group and its allies" if len(view.groups) > 1 else "the group"
    sentences: list[Sentence] = []
    near_share: Quantity | None = None
    ratio: Quantity | None = None
    short = make_sentence("No attack by the group is recorded.")
    fights = any(is_fight(e) for e in attacks)
    kind = channel_name(g.case, "attack")
    n = count_quantity(g, "attacks", attack, kind if fights else f"attacks by {allied}")
    attacks_text = count_text(n, "event", "events") if fights else count_text(n, "attack", "attacks")
    claimed = f"counted as {kind}" if fights else f"claimed by or attributed to {name_group(view)}"
    if attacks and (geography is None or not distances_km(attacks, geography.border)):
        why = "the case comes without a map" if geography is None else "none has a place finer than a province"
        short = make_sentence(
            attacks_text,
            f" {f'counted as {kind}' if fights else f'by {name_group(view)}'} are on record; {why}, so how near to {names.border} "
            "they were is not known.",
        )
        sentences.append(short)
    elif attacks and geography is not None:
        near_share = near_border_share(g, "near", attack, geography.border, names.border, NEAR_KM)
        others = [
            near_border_share(g, f"near_{i}", attack, line, name, NEAR_KM)
            for i, (name, line) in enumerate(geography.placebos.items())
        ]
        pieces: list[SentencePiece] = [
            "Of ", attacks_text, f" {claimed}, ", share_text(near_share),
            " fell within ", km, f" of {names.border}",
        ]  # fmt: skip
        if others:
            worst = max(others, key=lambda m: m.value or 0.0)
            share = share_text(worst) if worst.value else NumberPiece(worst, "none")
            pieces += [", and ", share, " as near to any other border of either state"]
        sentences.append(make_sentence(*pieces, "."))
        short = make_sentence(
            "Of ", attacks_text, f" counted as {kind}, " if fights else f" by {allied}, ", share_text(near_share), " fell within ", km,
            f" of {names.border}.",
        )  # fmt: skip
    if strikes:
        n_strikes = count_text(count_quantity(g, "strikes", strike, "strikes on host soil"), "strike", "strikes")
        pieces = [f"{names.target} is recorded with ", n_strikes, f" on {names.host}'s soil"]
        ratio = view.ratio("strike_ratio", strike)
        if ratio:
            pieces += [
                ", which came ",
                ratio_text(ratio),
                " ",
                view.since_piece,
                " as before, reporting coverage allowed for",
            ]
            if view.recent_is_named:
                pieces.append("; the date was named because force rose then")
        sentences.append(make_sentence(*pieces, "."))
    followed = view.follow_up("attack_strike", attack, strike, WEEK_DAYS, "a strike") if strikes else None
    if followed:
        shares = follow_up_pieces(followed, " of days with an attack")
        sentences.append(make_sentence("A strike came within ", WEEK, " of ", *shares, ")."))
    sentences += describe_violence_change(view)
    aimed = [e for e in strikes if not e.actors.isdisjoint(view.groups)]
    return Finding(
        claim="safe_haven",
        headline=_headline(near_share, ratio, strikes=bool(strikes)),
        sentences=tuple(sentences) or (short,),
        short=short,
        limits=make_sentence(
            f"{name_unclaimed(view, 'Attacks')} are left out. Nearness to the border does not tell on which side "
            "an attack was planned, and attacks and strikes both come in clusters, so that one following the "
            "other is no proof of an answer."
        ),
        pools=(best_documented(aimed or strikes), best_documented(attacks)),
        enough=bool(attacks),
    )


def _headline(near_share: Quantity | None, ratio: Quantity | None, *, strikes: bool) -> str:
    """Choose the headline. It says `cluster` or `multiplied` only where the limits exclude the contrary."""
    clustered = near_share is not None and (near_share.low or 0.0) > 0.5
    near = "Attacks cluster along this border" if clustered else "Attacks are on record"
    if ratio and (ratio.low or 0.0) > 1:
        return f"{near}, and strikes across it have multiplied" if clustered else f"{near}, and strikes have multiplied"
    return (
        f"{near}; strikes across the border are on record" if strikes else f"{near}; strikes across the border are not"
    )
