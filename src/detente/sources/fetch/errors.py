"""Errors of downloads. Files fetched earlier are kept, and no message contains a secret."""

from collections.abc import Sequence
from pathlib import Path

from detente.core.errors import DetenteError, quoted_choices


class ProviderUnreachable(DetenteError):
    """The provider gave no complete response in any attempt."""

    exit_code = 10

    def __init__(self, url: str, tries: int, why: str) -> None:
        self.url, self.tries, self.why = url, tries, why
        super().__init__(
            f"{url} could not be fetched in {tries} tries; last error: {why}. "
            "Run the same command again to resume; behind a proxy, set HTTPS_PROXY."
        )


class RequestRefused(DetenteError):
    """The provider refused the request."""

    exit_code = 10

    def __init__(self, url: str, status: int, why: str, remedy: str) -> None:
        self.url, self.status, self.why = url, status, why
        super().__init__(f"{url} refused the request: {status}{f' ({why})' if why else ''}. {remedy}")


class DamagedDownload(DetenteError):
    """The received data differ from what the provider announced."""

    exit_code = 10

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(
            f"{url} is damaged: {why}. Try again later; if it persists, the provider's file or list is wrong."
        )


class MissingCredentials(DetenteError):
    """A required token or password is not configured."""

    exit_code = 10

    def __init__(self, provider: str, variables: Sequence[str], file: Path, where: str) -> None:
        self.provider, self.variables, self.file = provider, list(variables), file
        super().__init__(
            f"{provider} requires credentials: set {' and '.join(variables)}, or write them to {file} "
            f"(readable by you only) under [{provider.lower()}]. {where}"
        )


class InsecureCredentialsFile(DetenteError):
    """Other users can read the credentials file, or it is unreadable."""

    exit_code = 10

    def __init__(self, file: Path, why: str, remedy: str) -> None:
        self.file, self.why = file, why
        super().__init__(f"{file}: {why}, so no credentials were used. {remedy}")


class NotCached(DetenteError):
    """The file is not on disk, and downloads are disabled."""

    exit_code = 10

    def __init__(self, what: str, folder: Path) -> None:
        self.what, self.folder = what, folder
        super().__init__(f"{what} is not in {folder}, and --offline forbids downloads. Run once without --offline.")


class UnknownUcdpVersion(DetenteError):
    """The text is not a UCDP version."""

    exit_code = 3

    def __init__(self, version: str, forms: Sequence[str]) -> None:
        self.version = version
        super().__init__(f"{version!r} is not a version of UCDP GED. Write it like {quoted_choices(forms)}.")


class NoFilesListed(DetenteError):
    """The provider lists no file for the request."""

    exit_code = 10

    def __init__(self, what: str, url: str, listed: str) -> None:
        self.what, self.url = what, url
        super().__init__(f"{url} lists no file for {what}. Choose days within {listed}.")


class NothingFound(DetenteError):
    """The provider answered, and holds no row for the request."""

    exit_code = 10

    def __init__(self, what: str, kept: str = "") -> None:
        self.what = what
        super().__init__(f"No row was found for {what}. Check the countries and the days.{f' {kept}' if kept else ''}")
