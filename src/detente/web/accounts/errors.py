"""Errors of accounts. No message reveals to a stranger whether a name exists."""

from collections.abc import Sequence

from detente.core.errors import DetenteError, nearest, quoted_choices


class BadAccountName(DetenteError):
    """A name that no account can have."""

    exit_code = 2

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name[:60]!r} is not a valid account name. Use 2 to 40 letters of one script or digits, separated at most by "
            "dots, hyphens, underscores and single spaces."
        )


class NameTaken(DetenteError):
    """Another account has this name, perhaps in another case or width."""

    exit_code = 2

    def __init__(self, name: str, taken: str) -> None:
        self.name, self.taken = name, taken
        super().__init__(f"The name {name!r} is taken (as {taken!r}). Choose another.")


class NoAccount(DetenteError):
    """The command line names an account that does not exist."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.near = name, nearest(name, known)
        super().__init__(
            f"There is no account {name!r}. Nearest: {quoted_choices(self.near)}; `detente user list` shows all."
        )


class LastAdmin(DetenteError):
    """The account is the only administrator, so it must stay one."""

    exit_code = 2

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is the only administrator. Make another account an administrator first.")


class WeakPassword(DetenteError):
    """A password that is too short, too long or easy to guess."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"This password cannot be used: {why}. Use four random words, for example.")


class InvalidCredentials(DetenteError):
    """Name and password do not match; the message does not reveal which of them is wrong."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("Wrong name or password. Try again.")


class BadInvitation(DetenteError):
    """An invitation that is used, expired or unknown; the message does not reveal which."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("This invitation is used, expired or incomplete. Ask for a new one.")
