"""Why a file that was sent is not taken."""

from detente.core.errors import DetenteError


class UploadRefused(DetenteError):
    """A file, its name or its archive is not taken; nothing of it was kept."""

    exit_code = 5

    def __init__(self, name: str, why: str, remedy: str) -> None:
        self.name, self.why, self.remedy = name, why, remedy
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[:80])
        super().__init__(f"{shown!r} is not taken: {why}. {remedy}")


class NoSuchUpload(DetenteError):
    """There is no upload of that name: it was never there, or was cleared away."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("There is no such upload: it was never there, or has been cleared away. Send the file again.")
