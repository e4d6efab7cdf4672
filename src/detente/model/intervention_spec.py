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
    """Kind of policy option: a factor from 0 to 1 on events or responses."""

    key: str
    channels: tuple[str, ...]
    assumes: str
    example: str


INTERVENTION_KINDS: tuple[InterventionKind, ...] = (
    InterventionKind("border", ("attack",), "attacks multiplied by it, as by harder crossings", "border=0.8"),
    InterventionKind("delink", ("defiance", "pressure"), "responses of defiance to pressure multiplied by it", "delink=0.5"),
    InterventionKind("mediation", STATE_FORCE_CHANNELS,
                     "responses of strikes and clashes to hostile acts multiplied by it", "mediation=0.7"),
)  # fmt: skip
# Meetings are held and concessions made when violence is near, so what follows them is not what they bring.
NOT_IDENTIFIED = ("dialogue", "joint")
INTERVENTION_NAMES = tuple(k.key for k in INTERVENTION_KINDS)


@dataclass(frozen=True, slots=True)
class Intervention:
    """One policy option with its value."""

    kind: InterventionKind
    value: float

    @property
    def text(self) -> str:
        """The option as typed: `border=0.8`."""
        return f"{self.kind.key}={self.value:g}"


def parse_intervention(text: str) -> Intervention:
    """Parse a policy option as typed.

    Raises:
        BadIntervention: unknown, not identified, not a number, or out of range.

    Example:
        >>> parse_intervention("border=0.8").value, parse_intervention("delink=0.50").text
        (0.8, 'delink=0.5')
    """
    name, _, rest = text.partition("=")
    if name.strip() in NOT_IDENTIFIED:
        raise BadIntervention(
            text,
            "the effect of more talks or concessions is not identified, since both come when violence is near",
            f"Known: {', '.join(k.example for k in INTERVENTION_KINDS)}.",
        )
    kind = next((k for k in INTERVENTION_KINDS if k.key == name.strip()), None)
    if kind is None:
        raise BadIntervention(
            text, f"there is no policy option {name.strip()!r}",
            f"Nearest: {quoted_choices(nearest(name.strip(), INTERVENTION_NAMES))}. Known: {', '.join(k.example for k in INTERVENTION_KINDS)}.",
        )  # fmt: skip
    number, slash, _ = rest.strip().partition("/")
    try:
        value = float(number)
    except ValueError:
        raise BadIntervention(text, f"{number!r} is no number", f"Write it as {kind.example}.") from None
    if slash:
        raise BadIntervention(text, "it is a factor, without a unit", f"Write it as {kind.example}.")
    if not 0 <= value <= 1:
        raise BadIntervention(text, "it must lie between 0 and 1", f"For example {kind.example}.")
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
