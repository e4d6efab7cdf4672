"""What can go wrong with accounts. No message says whether a name exists to somebody who has not proved to own it."""

from collections.abc import Sequence

from detente.core.errors import DetenteError, nearest, quoted_choices


class BadAccountName(DetenteError):
    """A name that no account can have."""

    exit_code = 2

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name[:60]!r} cannot be an account's name. A name has 2 to 40 letters or digits, and may hold "
            "dots, hyphens, underscores and single spaces between them."
        )


class NameTaken(DetenteError):
    """Another account has this name, perhaps in other letters."""

    exit_code = 2

    def __init__(self, name: str, taken: str) -> None:
        self.name, self.taken = name, taken
        super().__init__(f"The name {name!r} is taken (as {taken!r}). Choose another.")


class NoAccount(DetenteError):
    """The command line names nobody."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.near = name, nearest(name, known)
        super().__init__(
            f"There is no account {name!r}. Nearest: {quoted_choices(self.near)}. `detente user list` shows all."
        )


class WeakPassword(DetenteError):
    """A password that is too short, too long, or the name."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"This password cannot be used: {why}. Four random words make a good one.")


class InvalidCredentials(DetenteError):
    """Name and password do not belong together; it is not said which of them is wrong."""

    exit_code = 9

    def __init__(self) -> None:
        super().__init__(
            "Name and password do not belong together. Write both again; a moderator can make a new password."
        )


class BadInvitation(DetenteError):
    """An invitation that is used, expired or unknown; it is not said which."""

    exit_code = 9

    def __init__(self) -> None:
        super().__init__("This invitation cannot be used: it was used, is too old, or was cut off. Ask for another.")
