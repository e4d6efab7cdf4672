"""What a claim is before anybody looks: a statement that could be false, and how it is to be measured."""

from collections.abc import Callable
from dataclasses import dataclass

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.finding import Finding


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Fields:
        id: its name in code. demand: the part of the question it answers (`relations`, `cooperation`).
        statement: what is claimed, in a sentence that could be false.
        needs: channels or measures without which it cannot be asked.
        estimates: its tested numbers, the necessary ones first; formulas stand in its file's docstring.
        find: the whole point of a brief, in words.
    """

    id: str
    demand: str
    statement: str
    needs: tuple[str, ...]
    estimates: Callable[[ClaimContext], tuple[Estimate, ...]]
    find: Callable[[ClaimContext], Finding]
