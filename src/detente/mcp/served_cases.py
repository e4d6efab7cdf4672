"""The cases that a server offers, each opened when a tool first asks for it.

An opened case is kept while its file and the store stay as they are, so that an event added to the store is in the next result.
"""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from cachetools import LRUCache

from detente.api.case import DEFAULT_CASE, Case, open_case
from detente.cases.case_file import CaseFile, load_case_file
from detente.mcp.arguments import parse_day
from detente.mcp.errors import UnservedCase
from detente.store.paths import LOG_FOLDER

OPEN_CASES = 4
"""Cases kept in memory: those used last, each day of knowledge by itself."""


class CaseRegistry:
    """The cases of one server.

    Args:
        names: shipped names, or paths of case files; the first is the default where the flagship is not among them.
        store: folder of releases to read, None for none. opened: cases that are open already, by id; as known today.
        cache: False keeps results in memory only.

    Raises:
        UnknownCase, NoSuchFile, BadCase: a name that cannot be used.

    Example:
        >>> CaseRegistry(["pakistan-afghanistan"], store=None).ids
        ('pakistan-afghanistan',)
    """

    def __init__(
        self, names: list[str], *, store: Path | None, opened: Mapping[str, Case] | None = None, cache: bool = True
    ) -> None:
        files = {name: load_case_file(name) for name in names}
        self.store, self.cache = store, cache
        self._names = {f.id: name for name, f in files.items()}
        self._opened = dict(opened or {})
        self._cases: LRUCache[tuple[object, ...], Case] = LRUCache(OPEN_CASES)
        self._lock = Lock()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the served cases."""
        return tuple(self._names)

    @property
    def default(self) -> str:
        """The case of a call that names none: the flagship, else the first."""
        return DEFAULT_CASE if DEFAULT_CASE in self._names else self.ids[0]

    def find(self, case: str) -> str:
        """Return the id of a served case, the default for an empty name.

        Raises:
            UnservedCase: it is not served; names those that are.
        """
        if case and case not in self._names:
            raise UnservedCase(case, self.ids)
        return case or self.default

    def file(self, case: str) -> CaseFile:
        """Return the case file of a served case.

        Raises:
            UnservedCase: it is not served.
        """
        return load_case_file(self._names[self.find(case)])

    def open(self, case: str, as_of: str = "") -> Case:
        """Open a served case as known on a day, or return it if it is open.

        Args:
            as_of: the day as YYYY-MM-DD; all that is known if empty.

        Raises:
            UnservedCase: it is not served. BadArgument: `as_of` is not a date. AsOfOutOfRange: it is outside the case's days.
            MissingUserData: the case needs releases that are missing.
        """
        key, day = self.find(case), parse_day("as_of", as_of)
        if day is None and key in self._opened:
            return self._opened[key]
        name = self._names[key]
        file = load_case_file(name)
        inputs = (
            file.file,
            file.folder / file.chronology if file.chronology else None,
            self.store and self.store / LOG_FOLDER,
        )
        stamp = (key, day, *map(_modified, inputs))
        with self._lock:
            if stamp not in self._cases:
                self._cases[stamp] = open_case(name, as_of=day, store=self.store, cache=self.cache)
            return self._cases[stamp]


def _modified(path: Path | None) -> int:
    """Return when a file or folder was last changed, in nanoseconds; 0 if there is none."""
    try:
        return path.stat().st_mtime_ns if path else 0
    except OSError:
        return 0
