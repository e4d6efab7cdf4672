"""How often a false claim is rated leaning or better, measured on synthetic conflicts.

`studies/claim_verdicts.py` simulates conflicts in which no claim holds: plain ones, and ones whose kinds of event share
crises, bursts of reporting or a level that steps. It writes the shipped table (`false_alarms.toml`). The table belongs to one
version of the model and is not shown for another.

The synthetic conflicts have the flagship's actors and about as many events. They are simpler than a real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from tomllib import loads

from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.rate import Interval, estimate_share
from detente.model.version import MODEL_VERSION
from detente.text.numbers import count_text, share_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence

LEVEL = 0.95
TABLE = "false_alarms.toml"


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """False alarms of one claim.

    Fields:
        claim: its id. conflicts: synthetic conflicts in which it is false, by what its kinds of event share.
        alarms: how many of them rate it leaning or better. case, record: the case with whose actors they were made, and its
        name in a sentence.
    """

    claim: str
    conflicts: Mapping[str, int]
    alarms: Mapping[str, int]
    case: str = ""
    record: str = ""

    @property
    def share(self) -> Interval:
        """Share of all conflicts, with exact limits."""
        return estimate_share(sum(self.alarms.values()), sum(self.conflicts.values()), level=LEVEL)

    @property
    def worst(self) -> str:
        """The kind of conflict with the largest share."""
        return max(self.conflicts, key=lambda w: self.alarms[w] / self.conflicts[w])


@cache
def load_false_alarms() -> Mapping[str, FalseAlarms]:
    """Load the false alarms of each claim that was tested; empty where the table was made with another version of the model."""
    table = loads(files(__package__).joinpath(TABLE).read_text(encoding="utf-8"))
    if table["model"] != MODEL_VERSION:
        return {}
    made = table["conflicts"], table["case"], table["record"]
    return {c: FalseAlarms(c, made[0], alarms, made[1], made[2]) for c, alarms in table["alarms"].items()}


def describe_false_alarms(found: FalseAlarms, case: str = "") -> Sentence:
    """Describe the false alarms of a claim in sentences with traced numbers.

    Args:
        case: id of the case that the claim is about. Of another than the one with whose actors the conflicts were made, the
            sentences say so.

    Example:
        >>> found = FalseAlarms("trust", {"plain": 90, "crises": 10}, {"plain": 1, "crises": 1})
        >>> [m.value for m in describe_false_alarms(found).measured]
        [0.02, 100, 1, 10]
    """
    recipe = {"kind": "false alarms", "claim": found.claim}
    s, w = found.share, found.worst
    how = "share of synthetic conflicts without such a response that rate the claim leaning or better"
    share = Quantity("false_alarms", s.value, "share", how, recipe, (), s.low, s.high, s.level)
    n = tally_quantity(
        "false_alarm_conflicts", sum(found.conflicts.values()), "conflicts", "synthetic conflicts in which the claim is false",
        {**recipe, "kind": "false alarm conflicts"}, (),
    )  # fmt: skip
    k_worst, n_worst = (
        tally_quantity(f"false_alarm_{key}", by[w], "conflicts", f"{how}: {w}", {**recipe, "kind": f"false alarm {key}"}, ())
        for key, how, by in (("worst", "false alarms", found.alarms), ("worst_of", "conflicts", found.conflicts))
    )  # fmt: skip
    pieces: list[SentencePiece] = [
        "A false claim of this kind is rated leaning or better in ", share_text(share), " of ", count_text(n), " synthetic conflicts",
    ]  # fmt: skip
    if k_worst.value:
        pieces += ["; by kind of conflict at most ", count_text(k_worst), " of ", count_text(n_worst), f" (with {w})"]
    if case != found.case:
        pieces.append(
            f". They have the actors, and about the number of events, of the record on {found.record}, not of this one"
        )
    return make_sentence(*pieces, ". They are simpler than a real conflict, where the rate may be higher.")
