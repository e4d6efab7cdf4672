"""Alternative readings that failed checks leave open, and changes since an earlier day."""

from collections.abc import Sequence

from detente.claims.context import ClaimContext
from detente.claims.finding import Finding
from detente.core.date_range import format_date
from detente.measures.quantity import tally_quantity
from detente.text.numbers import count_text, join_words
from detente.text.sentence import ConventionPiece, Sentence, make_sentence

# Alternative reading for each check, used where the check failed.
ALTERNATIVE_READINGS = {
    "lead_check": "a shock that both sides share, or responses in both directions, would look the same in counts of days",
    "placebo_in_time": "two series that each come in clusters met by chance in time",
    "shuffled_labels": "any event of those weeks would have served as well, so that a crisis and not an answer is seen",
    "drop_actor": "it is the doing of a single party and not of the whole",
    "drop_densest_window": "it shows the stretch that was collected most closely and not the years around it",
    "reporting_changed": "it shows how densely events were collected",
    "coverage_assumptions": "it shows what was assumed about how completely talks, statements and strikes were collected",
    "named_fighters_only": "operations against fighters whom nobody named were taken for acts against the group",
    "other_source": "the chronology shows what others do not",
}


def format_claim_id(claim: str) -> str:
    """Format a claim's id as words."""
    return claim.replace("_", " ")


def build_alternatives(findings: Sequence[Finding]) -> tuple[Sentence, ...]:
    """Build one sentence for each failed check: the alternative reading and the numbers of the points it concerns."""
    out = []
    for check, reading in ALTERNATIVE_READINGS.items():
        numbers = [str(i) for i, f in enumerate(findings, 1) if any(o.check == check and o.result == "failed" for o in f.outcomes)]  # fmt: skip
        if numbers:
            points = ConventionPiece(join_words(numbers), "where the points stand in the brief")
            opening = f"That {reading} is not ruled out for point{'s' * (len(numbers) > 1)} "
            out.append(make_sentence(opening, points, "."))
    if any(f.outcomes for f in findings):
        out.append(
            make_sentence(
                "That something outside the record moved both sides, such as a change of government, of weather or of "
                "attention, is allowed for by season, named regimes, steps found in the level of all channels and a slow trend, and by no more."
            )
        )
    return tuple(out)


def build_changes(
    view: ClaimContext, earlier: ClaimContext, now: Sequence[Finding], then: Sequence[Finding]
) -> tuple[Sentence, ...]:
    """Build the sentences on new events and changed verdicts since an earlier day."""
    known = {e.id for e in earlier.g.events}
    new = tuple(e.id for e in view.g.events if e.id not in known)
    n = tally_quantity(
        "new_events", len(new), "events", "events that became known since",
        {"kind": "known since", "since": str(earlier.g.as_of)}, new,
    )  # fmt: skip
    day = ConventionPiece(format_date(earlier.g.as_of), "the earlier day asked for")
    out = [make_sentence("Since ", day, " ", count_text(n, "event has", "events have"), " become known.")]
    before = {f.claim: f.verdict.word for f in then if f.verdict}
    moved = [
        (f.claim, before[f.claim], f.verdict.word) for f in now if f.verdict and before.get(f.claim) != f.verdict.word
    ]
    out += [make_sentence(f"The claim on {format_claim_id(c)} was {a} then and is {b} now.") for c, a, b in moved]
    if not moved:
        out.append(make_sentence("No verdict has changed."))
    return tuple(out)
