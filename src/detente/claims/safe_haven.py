"""Safe haven: where do the attacks happen, and does force across the border follow?

    near = share of located attacks within 50 km of this border; the same for every other border
    after = share of days with an attack that are followed by a strike within 7 days; any = of all days

Attacks near this border and no other is what a haven across it would show; it is also what a homeland
of fighters on this side would show. Source: Salehyan (2009); Carter and Poast (2017) on borders.

Tested:

    near      p, the share of attacks near this border among those near it or near the other border with most, > 1/2
    answered  d(attack, strike) > 0, the direct response within 30 days
"""

from shapely.geometry.base import BaseGeometry

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_from_share, estimate_rate_ratio, estimate_response
from detente.claims.finding import Finding, best_documented
from detente.measures.distance import distances_km
from detente.measures.quantity import Quantity, count_quantity
from detente.measures.quantity_places import near_border_share
from detente.measures.rate import estimate_share
from detente.text.numbers import compare_with_nearby, count_text, ratio_text, share_text
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

NEAR_KM = 50.0
WITHIN = 7


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Do attacks fall by this border and no other, and do strikes answer them?"""
    return (
        _estimate_near_border(view),
        estimate_response(
            view, "attack_strikes", "an attack brings strikes across the border", ((1.0, "attack", "strike"),),
            "strikes on host soil", necessary=True,
        ),
        estimate_response(
            view, "attack_pressure", "an attack brings pressure on the host", ((1.0, "attack", "pressure"),),
            "acts of pressure",
        ),
        estimate_rate_ratio(view, "strikes_more", "strikes came more often since the fighting began", view.channel("strike")),
    )  # fmt: skip


def _estimate_near_border(view: ClaimContext) -> Estimate:
    """Attacks near this border, of all near it or near that other border which has the most."""
    part, g = "attacks fall near this border rather than near any other", view.g
    events, ground = view.channel("attack").of(g), view.geography
    if ground is None:
        why = "the case comes without a map, so how near to the border an attack was is not known"
        return Estimate("nearer", part, None, None, "above", 0.5, True, False, why)

    def near(line: BaseGeometry) -> set[str]:
        return {i for i, km in distances_km(events, line).items() if km <= NEAR_KM}

    here = near(ground.border)
    others = {name: near(line) for name, line in ground.placebos.items()}
    if not events or not others:
        why = "no attack is on record" if not events else "the case's geometry holds no other border"
        return Estimate("nearer", part, None, None, "above", 0.5, True, False, why)
    other, there = max(others.items(), key=lambda x: (len(x[1]), x[0]))
    k, n = len(here - there), len(here ^ there)
    if not n:
        return Estimate("nearer", part, None, None, "above", 0.5, True, False, "no attack fell near any border")
    s = estimate_share(k, n)
    recipe = {
        "kind": "nearer", "of": view.channel("attack").as_data(), "line": g.case.names.border, "other": other,
        "km": NEAR_KM, **view.changes,
    }  # fmt: skip
    how = f"of attacks within {NEAR_KM:.0f} km of one of the two lines and not of both, {k} of {n} were near this border and not near {other}"
    m = Quantity(
        "nearer",
        s.value,
        "share",
        how,
        recipe,
        tuple(e.id for e in events if e.id in here ^ there),
        s.low,
        s.high,
        s.level,
    )
    return estimate_from_share("nearer", part, m, k, n, than=0.5, necessary=True)


def describe(view: ClaimContext) -> Finding:
    """Where attacks fall, how much more often strikes came, and what follows an attack."""
    g, names = view.g, view.g.case.names
    attack, strike = view.channel("attack"), view.channel("strike")
    attacks, strikes, ground = attack.of(g), strike.of(g), view.geography
    km = ConventionPiece(
        f"{NEAR_KM:.0f}\u00a0km", "about a day's walk in the hills; the share rises smoothly with the distance"
    )
    week = ConventionPiece(f"{WITHIN}\u00a0days", "a week, within which governments have answered in the past")
    n = count_quantity(g, "attacks", attack, "attacks by the group and its allies")
    sentences: list[Sentence] = []
    pieces: list[SentencePiece]
    here: Quantity | None = None
    more: Quantity | None = None
    short = make_sentence("No attack by the group is recorded.")
    if attacks and ground is None:
        short = make_sentence(
            count_text(n, "attack", "attacks"),
            f" by {names.group} and its allies are on record; the case comes without a map, so how near to {names.border} "
            "they were is not known.",
        )
        sentences.append(short)
    elif attacks and ground is not None:
        here = near_border_share(g, "near", attack, ground.border, names.border, NEAR_KM)
        others = [
            near_border_share(g, f"near_{i}", attack, line, name, NEAR_KM)
            for i, (name, line) in enumerate(ground.placebos.items())
        ]
        pieces = [
            "Of ",
            count_text(n, "attack", "attacks"),
            f" claimed by or attributed to {names.group} and its allies, ",
            share_text(here),
            " fell within ",
            km,
            f" of {names.border}",
        ]
        if others:
            worst = max(others, key=lambda m: m.value or 0.0)
            pieces += [
                ", and ",
                NumberPiece(worst, "none") if not worst.value else share_text(worst),
                " as near to any other border of either state",
            ]
        sentences.append(make_sentence(*pieces, "."))
        short = make_sentence(
            "Of ",
            count_text(n, "attack", "attacks"),
            " by the group and its allies, ",
            share_text(here),
            " fell within ",
            km,
            f" of {names.border}.",
        )
    if strikes:
        n_strikes = count_quantity(g, "strikes", strike, "strikes on host soil")
        pieces = [
            f"{names.target} is recorded with ",
            count_text(n_strikes, "strike", "strikes"),
            f" on {names.host}'s soil",
        ]
        more = view.ratio("strike_ratio", strike)
        if more:
            pieces += [
                ", which came ",
                ratio_text(more),
                " ",
                view.since_piece,
                " as before, collection density allowed for",
            ]
        sentences.append(make_sentence(*pieces, "."))
    answered = view.follow_up("attack_strike", attack, strike, WITHIN, "a strike") if strikes else None
    if answered:
        after, base = answered
        sentences.append(
            make_sentence(
                "A strike came within ",
                week,
                " of ",
                share_text(after),
                f" of days with an attack, {compare_with_nearby(after, base)} on nearby days (",
                share_text(base),
                ").",
            )
        )
    aimed = [e for e in strikes if not e.actors.isdisjoint(view.groups)]
    return Finding(
        claim="safe_haven",
        headline=_headline(here, more, strikes=bool(strikes)),
        sentences=tuple(sentences) or (short,),
        short=short,
        limits=make_sentence(
            "Attacks that nobody claimed are left out. Nearness to the border does not tell on which side "
            "an attack was planned, and attacks and strikes both come in clusters, so that one following the "
            "other is no proof of an answer."
        ),
        pools=(best_documented(aimed or strikes), best_documented(attacks)),
        enough=bool(attacks),
    )


def _headline(here: Quantity | None, more: Quantity | None, *, strikes: bool) -> str:
    """Each half is said only where its limits leave no other reading."""
    clustered = here is not None and (here.low or 0.0) > 0.5
    near = "Attacks cluster along this border" if clustered else "Attacks are on record"
    if more and (more.low or 0.0) > 1:
        return f"{near}, and strikes across it have multiplied" if clustered else f"{near}, and strikes have multiplied"
    return (
        f"{near}; strikes across the border are on record" if strikes else f"{near}; strikes across the border are not"
    )
