"""Server settings, passed to the workers in an environment variable."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from pydantic import TypeAdapter

from detente.store.paths import has_content

ENVIRONMENT_VARIABLE = "DETENTE_SERVE"


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Settings of one workbench.

    `cases` are names or paths of case files; the first comes first on `/`. `private` requires an account for reading.
    `case_folder` holds the cases that editors write in the browser. `store` is the folder of releases, which need not exist; the served cases read it if `read_store`. `uploads` is the
    folder of uploaded files before they are read, `cache` that of prepared cases. Relative folders become absolute.
    `database` is an SQLAlchemy URL. `host_names` are the accepted hosts beside `address` and this machine; `*`: any. `proxies` are addresses whose
    forwarding headers are trusted. `address` is the public base URL of links in feeds and citations. `open_metrics`
    serves metrics to everybody, not only to moderators. With `review` a change of a record counts only after a second person
    accepted it. `first_account` is the hash of the token of the first account.
    """

    cases: tuple[str, ...] = ("pakistan-afghanistan",)
    private: bool = False
    store: Path = Path()
    read_store: bool = True
    uploads: Path = Path()
    case_folder: Path = Path()
    cache: Path | None = None
    database: str = ""
    host_names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    address: str = "http://127.0.0.1:8000"
    open_metrics: bool = False
    review: bool = False
    first_account: str = ""

    def __post_init__(self) -> None:
        # Workers that read uploads run in a folder of their own, where a relative path would lead elsewhere.
        for name in ("store", "uploads", "case_folder", "cache"):
            path: Path | None = getattr(self, name)
            if path is not None and path != Path():
                object.__setattr__(self, name, path.absolute())

    @property
    def notes_store(self) -> Path | None:
        """The store beside which the journals of the served cases lie, whether or not it exists; None if they read none."""
        return self.store if self.read_store and self.store != Path() else None

    @property
    def case_store(self) -> Path | None:
        """The store that the served cases read; None if there is none, or they read none."""
        return self.store if self.notes_store is not None and has_content(self.store) else None


LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def allowed_hosts(settings: ServerConfig) -> tuple[str, ...]:
    """Return the host names that are answered: a foreign page can make its own name point here and read what it finds.

    Example:
        >>> allowed_hosts(ServerConfig(address="https://desk.example.org"))
        ('desk.example.org', 'localhost', '127.0.0.1', '[::1]')
    """
    own = urlsplit(settings.address).hostname or ""
    return tuple(dict.fromkeys((*settings.host_names, f"[{own}]" if ":" in own else own, *LOOPBACK_NAMES)))


_ADAPTER = TypeAdapter(ServerConfig)


def default_folder() -> Path:
    """Return the user's data folder for comments, accounts and uploads."""
    return Path(platformdirs.user_data_dir("detente", appauthor=False))


def to_environment(settings: ServerConfig) -> None:
    """Store settings in the environment for the workers."""
    os.environ[ENVIRONMENT_VARIABLE] = _ADAPTER.dump_json(settings).decode()


def from_environment() -> ServerConfig:
    """Load the settings that the parent process stored.

    Raises:
        KeyError: the variable is not set; start the workbench with `detente serve`.
    """
    return _ADAPTER.validate_json(os.environ[ENVIRONMENT_VARIABLE])
