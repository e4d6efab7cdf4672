"""Errors of the database. Messages show database URLs without their password."""

from sqlalchemy import URL

from detente.core.errors import DetenteError


class BadDatabaseUrl(DetenteError):
    """The database URL cannot be used. The message does not repeat it, since it may contain a password."""

    exit_code = 2

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"Cannot use DETENTE_DATABASE_URL: {why}. Set it to sqlite:////FOLDER/FILE or "
            "postgresql://NAME:PASSWORD@HOST/DATABASE, or unset it for a file in your data folder."
        )


class DatabaseUnreachable(DetenteError):
    """The database does not respond or refuses the connection."""

    exit_code = 10

    def __init__(self, url: URL, why: str) -> None:
        self.url, self.why = url.render_as_string(hide_password=True), why
        super().__init__(
            f"The database {self.url} cannot be used: {why}. Check that the server runs, that name and password are "
            "correct, and that the folder of a database file is writable."
        )


class NewerDatabase(DetenteError):
    """A later version of the package has migrated the database."""

    exit_code = 10

    def __init__(self, url: URL, revision: str, known: str) -> None:
        self.url, self.revision, self.known = url.render_as_string(hide_password=True), revision, known
        super().__init__(
            f"The database {self.url} is at migration {revision!r}; the last one known here is {known!r}. "
            "Nothing was changed; upgrade the package."
        )
