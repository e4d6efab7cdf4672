"""Claims of a case with their verdicts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.api.results.base import ResultHeader, build_frame, build_html_table, result_data
from detente.brief.render.json import build_finding_data
from detente.claims.checks.result import CheckOutcome
from detente.claims.estimate import Estimate
from detente.claims.finding import Finding
from detente.core.errors import UnknownKey, nearest, quoted_choices


@dataclass(frozen=True)
class ClaimResult:
    """One claim, tested.

    Fields:
        finding: everything that was found: sentences, estimates, checks.
    """

    header: ResultHeader
    finding: Finding

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.finding.claim

    @property
    def verdict(self) -> str:
        """The verdict in a word or three, such as `leaning`."""
        return self.finding.verdict.word if self.finding.verdict else "too little data"

    @property
    def statement(self) -> str:
        """What was tested."""
        return self.finding.statement

    @property
    def headline(self) -> str:
        """The finding in one line, without numbers."""
        return self.finding.headline

    @property
    def text(self) -> str:
        """What the record shows, in sentences."""
        return " ".join(s.text for s in self.finding.sentences)

    @property
    def probability(self) -> float | None:
        """Probability of the claimed sign of the weakest necessary part; None if there are too few data."""
        weakest = self.finding.verdict.weakest if self.finding.verdict else ""
        return next((e.probability for e in self.estimates if e.key == weakest and e.enough), None)

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The estimates, necessary ones first."""
        return self.finding.estimates

    @property
    def checks(self) -> tuple[CheckOutcome, ...]:
        """Outcomes of the robustness checks."""
        return self.finding.outcomes

    @property
    def examples(self) -> tuple[str, ...]:
        """Ids of the events that illustrate it."""
        return self.finding.examples

    def __repr__(self) -> str:
        return f"<claim {self.id}: {self.verdict}>"

    def to_dict(self) -> dict[str, Any]:
        """The claim as plain values, with every number, its recipe and events."""
        return result_data("claim", self.header, **build_finding_data(self.finding))

    def to_pandas(self) -> Any:
        """The estimates as a DataFrame."""
        return build_frame([_estimate_row(e) for e in self.estimates])

    def _repr_html_(self) -> str:
        return build_html_table(
            [_estimate_row(e) for e in self.estimates], f"{self.statement} Verdict: {self.verdict}."
        )


def _estimate_row(e: Estimate) -> dict[str, Any]:
    m = e.measured
    return {
        "part": e.key, "claimed": f"{e.claimed} {e.than:g}", "value": m.value if m else None, "low": m.low if m else None,
        "high": m.high if m else None, "probability": e.probability, "necessary": e.necessary, "enough": e.enough,
    }  # fmt: skip


class UnknownClaim(UnknownKey):
    """A claim was asked for that the case does not examine."""

    def __init__(self, claim: str, known: Sequence[str]) -> None:
        self.claim, self.known = claim, tuple(known)
        near = quoted_choices(nearest(claim, self.known))
        super().__init__(f"This case examines no claim {claim!r}. Nearest: {near}. Known: {', '.join(known)}.")


class ClaimResults(Mapping[str, ClaimResult]):
    """The claims of a case by id, in the order of its question; each is tested when it is first asked for."""

    def __init__(self, header: ResultHeader, ids: tuple[str, ...], find: Any) -> None:
        self.header, self._ids, self._find = header, ids, find

    def __getitem__(self, key: str) -> ClaimResult:
        if key not in self._ids:
            raise UnknownClaim(key, self._ids)
        return ClaimResult(self.header, self._find(key))

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"<{len(self)} claims of {self.header.case}: {', '.join(self._ids)}>"

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {"claim": c.id, "verdict": c.verdict, "probability": c.probability, "statement": c.statement,
             "held": sum(o.result == "held" for o in c.checks), "failed": sum(o.result == "failed" for o in c.checks)}
            for c in self.values()
        ]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Every claim with its verdict, probability and number of checks held and failed."""
        return result_data("claims", self.header, rows=self._rows())

    def to_pandas(self) -> Any:
        """A DataFrame with a row for each claim."""
        return build_frame(self._rows())

    def _repr_html_(self) -> str:
        return build_html_table(self._rows(), f"Claims tested on {self.header.case}, as of {self.header.as_of}.")
