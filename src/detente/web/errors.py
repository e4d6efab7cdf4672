"""The page model of an error."""

from dataclasses import dataclass


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
