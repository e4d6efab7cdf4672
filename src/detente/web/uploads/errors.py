"""Errors of uploads."""

from detente.core.errors import DetenteError


class UploadRefused(DetenteError):
    """A file is rejected for its name, content or archive; nothing of it was stored."""

    exit_code = 5

    def __init__(self, name: str, why: str, remedy: str) -> None:
        self.name, self.why, self.remedy = name, why, remedy
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[:80])
        super().__init__(f"{shown!r} was rejected: {why}. {remedy}")


class NoSuchUpload(DetenteError):
    """No upload has this id: it never existed or was removed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("There is no such upload; it may have been removed. Send the file again.")
