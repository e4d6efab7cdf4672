"""How many days of a period were not collected, as a sentence beside a count over it.

A count over a period of which days are unknown would look like a count over all of it.
"""

from datetime import date

from detente.cases.load import CaseData
from detente.measures.quantity import Quantity, tally_quantity
from detente.text.numbers import count_text
from detente.text.sentence import SentencePiece


def tell_gaps(g: CaseData, key: str, first: date, last: date) -> list[SentencePiece]:
    """Say how many days of a period were collected, to follow a sentence on it; empty if all were."""
    if not g.coverage.missing_days(first, last):
        return []
    how = "days of the period that were collected systematically"
    covered = _count_days(f"{key}_covered_days", g.coverage.days(first, last), how, "covered days", first, last)
    every = _count_days(f"{key}_days", (last - first).days + 1, "days of the period", "days", first, last)
    return [
        " Only ", count_text(covered), " of the ", count_text(every), " days of this period were collected; what happened on the others is unknown.",
    ]  # fmt: skip


def count_missing_days(g: CaseData) -> tuple[Quantity, Quantity]:
    """Count the days from the first of the case to the last collected one: those not collected, and all."""
    first, last = g.coverage.first, g.watched_to
    how = "days of the record that were not collected"
    missing = _count_days("missing_days", g.coverage.missing_days(first, last), how, "missing days", first, last)
    return missing, _count_days("record_days", (last - first).days + 1, "days of the record", "days", first, last)


def _count_days(key: str, n: int, how: str, kind: str, first: date, last: date) -> Quantity:
    return tally_quantity(key, n, "days", how, {"kind": kind, "first": str(first), "last": str(last)}, ())
