"""What can go wrong with the database. No message holds a password: addresses are shown without it."""

from sqlalchemy import URL

from detente.core.errors import DetenteError


class BadDatabaseUrl(DetenteError):
    """The address of the database cannot be used. The address itself is not repeated: it may hold a password."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"DETENTE_DATABASE_URL cannot be used: {why}. Write sqlite:////FOLDER/FILE or "
            "postgresql://NAME:PASSWORD@HOST/DATABASE, or unset it for a file in your data folder."
        )


class NoDriver(DetenteError):
    """PostgreSQL is named and its driver is not installed."""

    exit_code = 9

    def __init__(self) -> None:
        super().__init__(
            "DETENTE_DATABASE_URL names PostgreSQL, and its driver is not installed. "
            "Install it: pip install 'detente[postgres]'."
        )


class DatabaseUnreachable(DetenteError):
    """The database does not answer or refuses."""

    exit_code = 9

    def __init__(self, url: URL, why: str) -> None:
        self.url, self.why = url.render_as_string(hide_password=True), why
        super().__init__(
            f"The database {self.url} cannot be used: {why}. Check that it runs, that the name and password are "
            "right, and that the folder of a file can be written to."
        )


class NewerDatabase(DetenteError):
    """The database was made by a later package than this one."""

    exit_code = 9

    def __init__(self, url: URL, revision: str, known: str) -> None:
        self.url, self.revision, self.known = url.render_as_string(hide_password=True), revision, known
        super().__init__(
            f"The database {self.url} is at step {revision!r}, which this package does not know; its last is {known!r}. "
            "Nothing was changed. Use the package that made it, or a later one."
        )
