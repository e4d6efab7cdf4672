"""A PostgreSQL server for tests; it listens on a socket in a temporary folder and opens no port."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import URL

_numbers = count()


def find_binaries() -> Path | None:
    """Return the folder of the newest `initdb` and `postgres`, or None without PostgreSQL."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    if debian:
        return debian[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def run_server(bin_: Path) -> Iterator[Path]:
    """Start a server and yield the folder of its socket; stop and remove it at the end."""
    home = Path(tempfile.mkdtemp(prefix="detente-pg-"))
    # PostgreSQL refuses to run as root, so tests run by root use an unprivileged account.
    user = _find_unprivileged_uid() if os.getuid() == 0 else None
    if user:
        os.chown(home, user, -1)
    data, quiet = home / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    try:
        options = "-U tester --auth=trust --encoding=UTF8 --locale=C --no-sync"
        init = [bin_ / "initdb", "-D", data, *options.split()]
        subprocess.run(init, check=True, user=user, cwd=home, **quiet)  # type: ignore[call-overload]
        # Tests do not need to survive a power cut (fsync).
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off -c max_connections=200"
        start = [bin_ / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", home / "log", "-o", options, "start"]
        subprocess.run(start, check=True, user=user, cwd=home, **quiet)  # type: ignore[call-overload]
        try:
            yield home
        finally:
            stop = [bin_ / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"]
            subprocess.run(stop, check=False, user=user, cwd=home, **quiet)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def new_database(home: Path) -> URL:
    """Return the URL of an empty schema on the server whose socket is in `home`.

    To a test a schema is a database of its own. Making and removing one takes milliseconds; a database is a folder of 300 files.
    """
    name = f"t{next(_numbers)}"
    with psycopg.connect(host=str(home), user="tester", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    query = {"host": str(home), "options": f"-csearch_path={name}"}
    return URL.create("postgresql+psycopg", username="tester", database="postgres", query=query)


def _find_unprivileged_uid() -> int:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise LookupError("No account 'postgres' or 'nobody' to run PostgreSQL. Create one, or do not test as root.")
