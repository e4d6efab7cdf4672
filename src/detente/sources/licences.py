"""Licence of each source, and what to cite."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms of a source: licence and citation, in words. `open`: its rows may be shown to anybody."""

    terms: str
    cite: str
    open: bool = False


UNKNOWN = Licence("as its provider states", "See its provider.")
CHRONOLOGY = Licence("CC BY 4.0", "Compiled for this project from the public reports that each event names.", open=True)
_BY_SOURCE = {
    "ucdp": Licence("CC BY 4.0", "Sundberg and Melander 2013; Hegre et al. 2020.", open=True),
    "acled": Licence("ACLED's terms of use: rows may not be passed on", "Raleigh, Kishi and Linke 2023."),
    "gdelt": Licence("free use with attribution", "Leetaru and Schrodt 2013.", open=True),
}


def licence_of(source: str) -> Licence:
    """The licence of a provider's data; `UNKNOWN` where none is on file.

    Example:
        >>> licence_of("ucdp").terms, licence_of("my table").terms
        ('CC BY 4.0', 'as its provider states')
    """
    return _BY_SOURCE.get(source, UNKNOWN)
