"""A real PostgreSQL server for tests, without a port: it listens on a socket in a folder of its own."""

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
    """The folder of `initdb` and `postgres`, newest version first; None where PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    if debian:
        return debian[0].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


@contextmanager
def run_server(bin_: Path) -> Iterator[Path]:
    """Start a server and give the folder of its socket; it is stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="detente-pg-"))
    # PostgreSQL refuses to run as root, so a root that tests lends it an account without rights.
    user = _find_unprivileged_uid() if os.getuid() == 0 else None
    if user:
        os.chown(home, user, -1)
    data, quiet = home / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    try:
        init = [
            bin_ / "initdb",
            "-D",
            data,
            "-U",
            "tester",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(init, check=True, user=user, cwd=home, **quiet)  # type: ignore[call-overload]
        # Tests look at what is kept, not at whether it survives a power cut.
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
    """The address of an empty database on the server whose socket is in `home`."""
    name = f"t{next(_numbers)}"
    with psycopg.connect(host=str(home), user="tester", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return URL.create("postgresql+psycopg", username="tester", database=name, query={"host": str(home)})


def _find_unprivileged_uid() -> int:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise LookupError("no account 'postgres' or 'nobody' to run PostgreSQL as")
