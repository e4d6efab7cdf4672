"""Sovereignty: concessions and defiance of the host after pressure.

    yield  = share of days with pressure that are followed by a concession of the host within 14 days
    defy   = the same for defiance;   near = the same shares for nearby days

Source: the question of triadic coercion (Pearlman and Atzili 2018), whether pressing a host works or backfires.
The shares describe the record. The tested parts come from the fitted model.

Tested, with d(j, k) the direct response of k to one event of j within 30 days:

    defied    d(pressure, defiance) > 0
    rather    d(pressure, defiance) / r(defiance) - d(pressure, concession of the host) / r(concession) > 0,
              with r(k) the daily rate of k

Reported in addition, for pressure and for strikes: concession (coercion works), defiance, attacks by the group
(coercion backfires).
"""

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_response
from detente.claims.examples import best_documented
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity
from detente.text.numbers import compare_with_nearby, count_text, follow_up_pieces, share_text
from detente.text.sentence import ConventionPiece, make_sentence

WITHIN = 14

STATED = (
    StatedQuestion("pressure_defied_stated", ("pressure",), "defiance", counted="pressure_defied"),
    StatedQuestion("pressure_concession_stated", ("pressure",), "concession"),
    StatedQuestion("pressure_answered", ("pressure",)),
)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate the responses of concession, defiance and attack to pressure and to strikes."""
    rather = (1.0, "pressure", "defiance"), (-1.0, "pressure", "concession")
    additional = [
        ("pressure", "concession", "pressure brings concessions by {host_government}"),
        ("pressure", "attack", "pressure brings attacks by {group}"),
        ("strike", "defiance", "a strike brings rejections"),
        ("strike", "concession", "a strike brings concessions by {host_government}"),
        ("strike", "attack", "a strike brings attacks by {group}"),
    ]
    return (
        estimate_response(
            view, "pressure_defied", "pressure brings rejections", ((1.0, "pressure", "defiance"),), "rejections",
            necessary=True,
        ),
        estimate_response(
            view, "pressure_rather",
            "after pressure rejections rise by more, relative to how common they are, than concessions by {host_government}", rather,
            "rejections less concessions, each in days of its usual rate,", necessary=True, relative=True,
        ),
        *(estimate_response(view, f"{j}_brings_{k}", part, ((1.0, j, k),), f"{k} events") for j, k, part in additional),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Describe what followed pressure."""
    g, names = view.g, view.g.case.names
    pressure, defiance = view.channel("pressure"), view.channel("defiance")
    fortnight = ConventionPiece(f"{WITHIN}\u00a0days", "two weeks, the time within which ministries have replied")
    if not pressure.of(g):
        nothing = make_sentence("No pressure by the target on the host is recorded.")
        return Finding("sovereignty", "No pressure is on record", (nothing,), nothing, nothing, (), enough=False)
    n = count_quantity(g, "pressure", pressure, "acts of pressure")
    defied = view.follow_up("pressure_defiance", pressure, defiance, WITHIN, "a rejection or threat")
    given = view.follow_up("pressure_concession", pressure, view.host_concession, WITHIN, "a concession by the host")
    if not defied or not given:
        early = make_sentence(
            f"{names.target} is recorded with ", count_text(n, "act", "acts"),
            " of pressure without force, none of them long enough ago to see what followed.",
        )  # fmt: skip
        return Finding("sovereignty", "It is too early to say", (early,), early, early, (), enough=False)
    kinds = EventFilter(channels=("defiance",), types=("REJECT", "THREATEN"))
    return Finding(
        claim="sovereignty",
        headline=_headline(compare_with_nearby(*defied), compare_with_nearby(*given)),
        sentences=(
            make_sentence(
                f"{names.target} is recorded with ", count_text(n, "act", "acts"),
                " of pressure without force. Within ", fortnight, " rejections followed on ",
                *follow_up_pieces(defied, " of the days on which it pressed"),
                "), and a concession by the host on ", *follow_up_pieces(given), ").",
            ),
        ),
        short=make_sentence(
            "Within ", fortnight, " of pressure, rejections followed on ", share_text(defied[0]),
            " of days and a concession by the host on ", share_text(given[0]), ".",
        ),
        limits=make_sentence(
            "Pressure and rejections are replies to one another in one quarrel, and busy times bring every kind of reply. Concessions are "
            "often reported by the side that receives them, and some were not carried out."
        ),
        pools=(best_documented(kinds.of(g)), best_documented(view.host_concession.of(g))),
    )  # fmt: skip


def _headline(defiance: str, concession: str) -> str:
    """Choose the headline by the comparisons with nearby days: an act that is as frequent there is no response."""
    if defiance.startswith("more") and concession.startswith("more"):
        return "Pressure is followed by rejections and by concessions, both more often than nearby days are"
    if defiance.startswith("more"):
        return "Pressure is followed by rejections, and not clearly by concessions"
    if concession.startswith("more"):
        return "Pressure is followed by concessions, and not clearly by rejections"
    return "Pressure is not clearly followed by either concessions or rejections"
