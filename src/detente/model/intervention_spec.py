"""A lever as it is typed: its name, its setting, and what that assumes."""

from collections.abc import Sequence
from dataclasses import dataclass

from detente.core.errors import DetenteError, nearest, one_of

FORCE = ("strike", "clash")


class BadLever(DetenteError):
    """A lever that is not there, cannot be set so, or contradicts another."""

    exit_code = 2

    def __init__(self, given: str, why: str, remedy: str) -> None:
        self.given, self.why, self.remedy = given, why, remedy
        super().__init__(f"--lever {given}: {why}. {remedy}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A lever: how it is set and what that assumes. `monthly` values add events, others multiply."""

    key: str
    monthly: bool
    most: float
    channels: tuple[str, ...]
    assumes: str
    example: str


KINDS: tuple[Kind, ...] = (
    Kind(
        "dialogue", True, 30, ("dialogue",), "so many more meetings of the two governments a month", "dialogue=+2/month"
    ),
    Kind(
        "joint", True, 30, ("concession",), "so many more acts of the host against the group a month", "joint=+1/month"
    ),
    Kind("border", False, 1, ("attack",), "attacks multiplied by it, as by harder crossings", "border=0.8"),
    Kind(
        "delink", False, 1, ("defiance", "pressure"), "answers of defiance to pressure multiplied by it", "delink=0.5"
    ),
    Kind(
        "mediation", False, 1, FORCE, "answers of strikes and clashes to hostile acts multiplied by it", "mediation=0.7"
    ),
)
NAMES = tuple(k.key for k in KINDS)


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever, set."""

    kind: Kind
    value: float

    @property
    def text(self) -> str:
        """As it is typed: `dialogue=+2/month`."""
        return f"{self.kind.key}={self.value:+g}/month" if self.kind.monthly else f"{self.kind.key}={self.value:g}"


def lever(text: str) -> Lever:
    """Read a lever as typed.

    Raises:
        BadLever: unknown, not a number, or out of range.

    Example:
        >>> lever("dialogue=+2/month").value, lever("border=0.8").text
        (2.0, 'border=0.8')
    """
    name, _, rest = text.partition("=")
    kind = next((k for k in KINDS if k.key == name.strip()), None)
    if kind is None:
        raise BadLever(
            text, f"there is no lever {name.strip()!r}",
            f"Nearest: {one_of(nearest(name.strip(), NAMES))}. Known: {', '.join(k.example for k in KINDS)}.",
        )  # fmt: skip
    number, slash, unit = rest.strip().partition("/")
    try:
        value = float(number)
    except ValueError:
        raise BadLever(text, f"{number!r} is no number", f"Write it as {kind.example}.") from None
    if bool(slash) != kind.monthly or (slash and unit.strip() != "month"):
        why = "it adds events by the month" if kind.monthly else "it is a factor, without a unit"
        raise BadLever(text, why, f"Write it as {kind.example}.")
    if not 0 <= value <= kind.most:
        per = " a month" if kind.monthly else ""
        raise BadLever(text, f"it must lie between 0 and {kind.most:g}{per}", f"For example {kind.example}.")
    return Lever(kind, value)


def levers(texts: Sequence[str]) -> tuple[Lever, ...]:
    """Read several.

    Raises:
        BadLever: one is bad, or the same lever is set twice.
    """
    read = [lever(t) for t in texts]
    for i, x in enumerate(read):
        for y in read[:i]:
            if x.kind is y.kind:
                raise BadLever(texts[i], f"it contradicts --lever {y.text}", "Give each lever once.")
    return tuple(read)
