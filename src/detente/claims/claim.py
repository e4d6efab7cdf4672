"""The definition of a claim: a statement that could be false, and how to measure it."""

from collections.abc import Callable
from dataclasses import dataclass

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.finding import Finding
from detente.claims.reader_text import ReaderText
from detente.claims.stated_evidence import StatedQuestion


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Fields:
        id: name in code. demand: the part of the question that it answers (`relations`, `cooperation`).
        statement: what is claimed, in a sentence that could be false.
        needs: channels or measures without which the claim does not apply.
        estimates: compute its estimates, the necessary ones first; the module docstring gives the formulas.
        find: describe the record in sentences with all figures.
        tell: what a reader is told, once the verdict is known: a headline and two or three plain sentences.
        stated: what stated links are asked; reported beside the estimates, and without effect on the verdict.
    """

    id: str
    demand: str
    statement: str
    needs: tuple[str, ...]
    estimates: Callable[[ClaimContext], tuple[Estimate, ...]]
    find: Callable[[ClaimContext], Finding]
    tell: Callable[[ClaimContext, Finding], ReaderText]
    stated: tuple[StatedQuestion, ...] = ()
