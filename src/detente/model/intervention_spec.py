"""Policy options as typed: name, value, and the assumption behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from detente.core.errors import DetenteError, nearest, quoted_choices

STATE_FORCE_CHANNELS = ("strike", "clash")


class BadIntervention(DetenteError):
    """A policy option is unknown, has a bad value, or contradicts another."""

    exit_code = 2

    def __init__(self, given: str, why: str, remedy: str) -> None:
        self.given, self.why, self.remedy = given, why, remedy
        super().__init__(f"--lever {given}: {why}. {remedy}")


@dataclass(frozen=True, slots=True)
class InterventionKind:
    """Kind of policy option. `monthly` values add events, others are factors."""

    key: str
    monthly: bool
    most: float
    channels: tuple[str, ...]
    assumes: str
    example: str


INTERVENTION_KINDS: tuple[InterventionKind, ...] = (
    InterventionKind("dialogue", True, 30, ("dialogue",),
                     "so many more meetings of the two governments a month", "dialogue=+2/month"),
    InterventionKind("joint", True, 30, ("concession",),
                     "so many more acts of the host against the group a month", "joint=+1/month"),
    InterventionKind("border", False, 1, ("attack",), "attacks multiplied by it, as by harder crossings", "border=0.8"),
    InterventionKind("delink", False, 1, ("defiance", "pressure"),
                     "answers of defiance to pressure multiplied by it", "delink=0.5"),
    InterventionKind("mediation", False, 1, STATE_FORCE_CHANNELS,
                     "answers of strikes and clashes to hostile acts multiplied by it", "mediation=0.7"),
)  # fmt: skip
INTERVENTION_NAMES = tuple(k.key for k in INTERVENTION_KINDS)


@dataclass(frozen=True, slots=True)
class Intervention:
    """One policy option with its value."""

    kind: InterventionKind
    value: float

    @property
    def text(self) -> str:
        """The option as typed: `dialogue=+2/month`."""
        return f"{self.kind.key}={self.value:+g}/month" if self.kind.monthly else f"{self.kind.key}={self.value:g}"


def parse_intervention(text: str) -> Intervention:
    """Parse a policy option as typed.

    Raises:
        BadIntervention: unknown, not a number, or out of range.

    Example:
        >>> parse_intervention("dialogue=+2/month").value, parse_intervention("border=0.8").text
        (2.0, 'border=0.8')
    """
    name, _, rest = text.partition("=")
    kind = next((k for k in INTERVENTION_KINDS if k.key == name.strip()), None)
    if kind is None:
        raise BadIntervention(
            text, f"there is no policy option {name.strip()!r}",
            f"Nearest: {quoted_choices(nearest(name.strip(), INTERVENTION_NAMES))}. Known: {', '.join(k.example for k in INTERVENTION_KINDS)}.",
        )  # fmt: skip
    number, slash, unit = rest.strip().partition("/")
    try:
        value = float(number)
    except ValueError:
        raise BadIntervention(text, f"{number!r} is no number", f"Write it as {kind.example}.") from None
    if bool(slash) != kind.monthly or (slash and unit.strip() != "month"):
        why = "it adds events by the month" if kind.monthly else "it is a factor, without a unit"
        raise BadIntervention(text, why, f"Write it as {kind.example}.")
    if not 0 <= value <= kind.most:
        per = " a month" if kind.monthly else ""
        raise BadIntervention(text, f"it must lie between 0 and {kind.most:g}{per}", f"For example {kind.example}.")
    return Intervention(kind, value)


def parse_interventions(texts: Sequence[str]) -> tuple[Intervention, ...]:
    """Parse several policy options.

    Raises:
        BadIntervention: one is bad, or the same option is given twice.
    """
    parsed = [parse_intervention(t) for t in texts]
    for i, x in enumerate(parsed):
        for y in parsed[:i]:
            if x.kind is y.kind:
                raise BadIntervention(texts[i], f"it contradicts --lever {y.text}", "Give each policy option once.")
    return tuple(parsed)
