"""What can go wrong with a comment; whatever was refused changed nothing."""

from detente.core.errors import DetenteError


class BadComment(DetenteError):
    """A text that cannot be kept as a comment, or a reason that cannot be kept as one."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The text cannot be kept: {why}. Nothing was changed. Write between 1 and 5,000 characters.")


class NoSubject(DetenteError):
    """A comment about something that is not here."""

    exit_code = 2

    def __init__(self, case: str, kind: str, key: str) -> None:
        self.case, self.kind, self.key = case, kind, key
        super().__init__(
            f"There is no {kind[:20]} {key[:80]!r} in the case {case[:80]!r} here, so nothing can be said of it. "
            "Write from the page of what you mean."
        )


class NoComment(DetenteError):
    """No comment has this number."""

    exit_code = 2

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"There is no comment {number}. The latest are at /comments.")


class CommentActionForbidden(DetenteError):
    """Somebody may not do this to this comment."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"That was not done: {why}.")
