"""The page model of an error, and errors in words for a reader who has a browser and no command line."""

import re
from dataclasses import dataclass

from detente.cases.errors import MissingUserData
from detente.core.errors import DetenteError
from detente.store.errors import NoStore

_COMMAND = re.compile(
    r"detente (answer|brief|cache|case|events|explain|fetch|forecast|glossary|ingest|measure|serve|status|store|user|whatif)\b"
    r"| --[a-z]|DETENTE_|pip install"
)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An error for a reader.

    Fields:
        status: of HTTP. title: a few words. what: the message: what happened and what to do. onward: pages that come
            nearest, each as its address and name.
    """

    status: int
    title: str
    what: str
    onward: tuple[tuple[str, str], ...] = ()


def describe_for_browser(error: DetenteError) -> str:
    """Return an error's message without the sentences that tell what to type; the rest stays as it is.

    Example:
        >>> describe_for_browser(DetenteError("The file is too large. Split it, or read it with `detente ingest`."))
        'The file is too large.'
    """
    if isinstance(error, MissingUserData):
        return f"The case {error.case!r} needs {error.source.upper()} data, and none was added here. {error.where} Then add the file on the page Data."
    if isinstance(error, NoStore):
        return "No data were added here yet. Add a file on the page Data."
    sentences = re.split(r"(?<=[.!?]) ", str(error))
    kept = [s for s in sentences if not _COMMAND.search(s)]
    return " ".join(kept) or "This cannot be done in the browser. Ask those who run this workbench."
