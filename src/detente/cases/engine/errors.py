"""The error of an engine that cannot be used."""

from detente.core.errors import DetenteError


class NoEngine(DetenteError):
    """The engine cannot be used."""

    exit_code = 10

    def __init__(self, name: str, why: str, remedy: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"The engine {name!r} cannot be used: {why}. {remedy}")
