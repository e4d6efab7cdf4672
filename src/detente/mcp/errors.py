"""Errors of the tools: a case that is not served, an argument that cannot be used."""

from collections.abc import Sequence
from datetime import date

from detente.core.errors import DetenteError, nearest, quoted_choices


class PortTaken(DetenteError):
    """The port is not free."""

    exit_code = 7

    def __init__(self, port: int, why: str) -> None:
        self.port, self.why = port, why
        super().__init__(f"Cannot listen on port {port} of this machine: {why}. Name another with --port.")


class UnservedCase(DetenteError):
    """A tool was called for a case that this server does not serve."""

    exit_code = 3

    def __init__(self, name: str, served: Sequence[str]) -> None:
        self.name, self.served, self.near = name, tuple(served), nearest(name, list(served))
        super().__init__(
            f"This server has no case {name[:80]!r}. Nearest: {quoted_choices(self.near)}. Served: {', '.join(served)}."
        )


class BadArgument(DetenteError):
    """An argument of a tool cannot be used."""

    exit_code = 2

    def __init__(self, name: str, value: object, why: str, remedy: str) -> None:
        self.name, self.value, self.why, self.remedy = name, value, why, remedy
        super().__init__(f"{name} {str(value)[:80]!r}: {why}. {remedy}")


class NoSuchEvent(DetenteError):
    """No event of the record has that id."""

    exit_code = 3

    def __init__(self, key: str, case: str, as_of: date, known: Sequence[str]) -> None:
        self.key, self.near = key, nearest(key[:40], list(known))
        near = f" Nearest: {quoted_choices(self.near)}." if self.near else ""
        super().__init__(
            f"{case} has no event {key[:40]!r}, as known on {as_of}.{near} List events by kind, actor, place or day."
        )
