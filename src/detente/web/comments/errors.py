"""Errors of comments. None of them leaves a change in the database."""

from detente.core.errors import DetenteError


class BadComment(DetenteError):
    """A text that cannot be stored as a comment or as a reason."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The text was not saved: {why}. Enter 1 to 5,000 characters.")


class NoSubject(DetenteError):
    """The subject of a comment does not exist."""

    exit_code = 2

    def __init__(self, case: str, kind: str, key: str) -> None:
        self.case, self.kind, self.key = case, kind, key
        super().__init__(
            f"There is no {kind[:20]} {key[:80]!r} in the case {case[:80]!r} on this server. "
            "Use the form on the page of the subject."
        )


class NoComment(DetenteError):
    """No comment has this number."""

    exit_code = 2

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"There is no comment {number}. See /comments for the latest.")


class CommentActionForbidden(DetenteError):
    """The account may not do this to the comment."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"Not allowed: {why}.")
