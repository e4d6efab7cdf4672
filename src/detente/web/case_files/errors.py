"""Errors of cases written in the browser. No message shows a folder of the server."""

from detente.cases.errors import BadCase
from detente.core.errors import DetenteError


class CaseTextInvalid(DetenteError):
    """The text is not a valid case file: the key, its value, why, and the remedy, as the loader gives them."""

    exit_code = 4

    def __init__(self, key: str, value: str, why: str, remedy: str) -> None:
        self.key, self.value, self.why, self.remedy = key, value, why, remedy
        super().__init__(f"Key {key}, value {value}: {why}. {remedy}")


class CaseChangedMeanwhile(DetenteError):
    """Somebody else has saved a version since the text was opened."""

    exit_code = 6

    def __init__(self, number: int, author: str) -> None:
        self.number, self.author = number, author
        super().__init__(
            f"{author} saved version {number} since you opened this text, so yours was not saved. "
            "Compare the two, then save again."
        )


class CaseExists(DetenteError):
    """A new case has the id of one that was written here."""

    exit_code = 6

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(f"A case {case!r} was written here already. Write another id, or edit that case.")


class CaseNotEditable(DetenteError):
    """A case that comes with the server or its settings; it can be copied."""

    exit_code = 6

    def __init__(self, case: str) -> None:
        self.case = case
        super().__init__(
            f"The case {case!r} comes with this server, so it cannot be changed here. Copy it under another id."
        )


def hide_folders(error: BadCase, *folders: str) -> CaseTextInvalid:
    """Return the loader's error without the folders of the server."""
    value = repr(error.value) if isinstance(error.value, str) else str(error.value)
    texts = [error.why, error.remedy, value if len(value) <= 200 else value[:197] + "..."]
    for folder in folders:
        texts = [t.replace(folder, "the case's folder") for t in texts]
    return CaseTextInvalid(error.key, texts[2], texts[0], texts[1])
