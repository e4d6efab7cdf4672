"""One response as a sentence: its size and the probability of its sign."""

from detente.claims.context import ClaimContext
from detente.claims.estimate_text import format_signed, probability_text
from detente.claims.intervention_text import PLURAL
from detente.measures.quantity import Quantity
from detente.model.summaries import Responses
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, make_sentence

SINGULAR = {
    "attack": "attack", "operation": "operation", "strike": "strike", "clash": "clash", "pressure": "act of pressure",
    "defiance": "rejection or threat", "dialogue": "meeting", "concession": "concession of the host", "truce": "act of truce",
    "outside": "act of outsiders",
}  # fmt: skip


def response_quantity(view: ClaimContext, r: Responses, after: str, of: str, *, chain: bool = False) -> Quantity:
    """The response as a quantity: events of `of` within `r.days` days of one of `after`, above background.

    Args:
        chain: `r` holds total responses (`model.summaries.total_responses`), which include indirect effects.
    """
    k, j = r.channels.index(of), r.channels.index(after)
    recipe = {
        "kind": "total response" if chain else "response", "terms": [[1.0, after, of]], "days": r.days, "fit": "host",
        **view.recipe,
    }  # fmt: skip
    labels = view.labels("host")
    ids = tuple(e.id for e in view.g.events if labels.get(e.id) in (after, of) and view.g.coverage.watched(e.day))
    how = (
        f"{PLURAL[of]} within {r.days:g} days of one {SINGULAR[after]}, above background{', with all that follows in turn' if chain else ''}: "
        f"mean and {r.level:.0%} interval over {view.draws} draws of the fitted system (seed {view.seed})"
    )
    low, high = float(r.low[k, j]), float(r.high[k, j])
    return Quantity(f"{after}_{of}_{r.days:g}", float(r.mean[k, j]), "events", how, recipe, ids, low, high, r.level)


def describe_response(view: ClaimContext, r: Responses, after: str, of: str, *, chain: bool = False) -> Sentence:
    """Describe the expected change in events of `of` and the probability of its sign."""
    m = response_quantity(view, r, after, of, chain=chain)
    p = float(r.positive[r.channels.index(of), r.channels.index(after)])
    more = p >= 0.5
    claimed = "above" if more else "below"
    recipe = {"kind": "probability", "rule": "response", "claimed": claimed, "than": 0.0, "of": m.recipe}
    chance = Quantity(f"{m.key}_chance", p if more else 1 - p, "share", "share of draws of that sign", recipe, m.events)
    value, low, high = (format_signed(x or 0.0) for x in (m.value, m.low, m.high))
    change = f"{value} (interval at {100 * r.level:.0f}\u00a0%: {low} to {high})"
    return make_sentence(
        f"After one {SINGULAR[after]}, within ", ConventionPiece(f"{r.days:g}\u00a0days", "one of the stretches offered"),
        f", the fitted system expects {PLURAL[of]} to change by ", NumberPiece(m, change),
        f" above the baseline rate{', all that follows in turn counted' if chain else ''}; that it is {'more' if more else 'fewer'} is ",
        probability_text(chance), ".",
    )  # fmt: skip
