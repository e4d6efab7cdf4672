"""What the person who serves decides, handed to the workers by the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import TypeAdapter

ENVIRONMENT_VARIABLE = "DETENTE_SERVE"


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """One workbench.

    `cases` are names or paths of case files; the first is shown at `/`. `private` asks for an account to read.
    `store` is the folder of releases, `uploads` where a reader's files are put before they are read, `cache` where
    prepared cases are kept. `database` is an SQLAlchemy address. `host_names` are the hosts that the workbench answers
    to; empty: any. `proxies` are addresses whose forwarding headers are believed. `address` is what links in feeds
    and citations begin with.
    """

    cases: tuple[str, ...] = ("pakistan-afghanistan",)
    private: bool = False
    store: Path = Path()
    uploads: Path = Path()
    cache: Path = Path()
    database: str = ""
    host_names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    address: str = "http://127.0.0.1:8000"
    open_metrics: bool = False


_ADAPTER = TypeAdapter(ServerConfig)


def default_folder() -> Path:
    """The user's data folder, where comments, accounts and uploads are kept."""
    return Path(platformdirs.user_data_dir("detente", appauthor=False))


def default_cache() -> Path:
    """The user's cache folder, where prepared cases are kept; it may be removed at any time."""
    return Path(platformdirs.user_cache_dir("detente")) / "studies"


def to_environment(settings: ServerConfig) -> None:
    """Put settings where workers find them."""
    os.environ[ENVIRONMENT_VARIABLE] = _ADAPTER.dump_json(settings).decode()


def from_environment() -> ServerConfig:
    """The settings of the process that started this one.

    Raises:
        KeyError: nobody has put them there; start the workbench by `detente serve`.
    """
    return _ADAPTER.validate_json(os.environ[ENVIRONMENT_VARIABLE])
