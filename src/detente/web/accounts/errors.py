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


class NameUnavailable(DetenteError):
    """A name that an account has, or that somebody asked for; the message does not reveal which."""

    exit_code = 2

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"The name {name!r} is not available. Choose another.")


class SignUpClosed(DetenteError):
    """Strangers cannot make accounts here, or not in this way."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("Accounts are made by invitation here. Ask an administrator for one.")


class SignUpFull(DetenteError):
    """The day's largest number of sign-ups or requests is reached, or too many requests wait."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("No more accounts can be asked for today. Nothing was stored; try again tomorrow.")


class BadSignUpSetting(DetenteError):
    """A setting that is not one of the allowed values."""

    exit_code = 2

    def __init__(self, name: str, value: str, remedy: str) -> None:
        self.name, self.value = name, value
        super().__init__(f"The setting {name!r} cannot be {value[:40]!r}: {remedy}. Nothing was changed.")


class BadReason(DetenteError):
    """A reason that is missing or too long."""

    exit_code = 2

    def __init__(self, length: int, longest: int) -> None:
        self.length, self.longest = length, longest
        super().__init__(f"The reason has {length} characters. Give one of 1 to {longest} characters.")


class NoAccountRequest(DetenteError):
    """A request for an account that is settled or never was."""

    exit_code = 3

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__("Somebody has decided about this request already. Load the page again.")


class UnknownRole(DetenteError):
    """A role that no account can have."""

    exit_code = 2

    def __init__(self, role: str, roles: Sequence[str]) -> None:
        self.role = role
        super().__init__(f"There is no role {role[:40]!r}. Choose one of: {', '.join(roles)}.")


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
