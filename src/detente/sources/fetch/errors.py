"""What can go wrong on the way; nothing that was fetched before is lost, and no secret is ever told."""

from collections.abc import Sequence
from pathlib import Path

from detente.core.errors import DetenteError, quoted_choices


class ProviderUnreachable(DetenteError):
    """The provider did not answer, or not to the end, however often it was asked."""

    exit_code = 9

    def __init__(self, url: str, tries: int, why: str) -> None:
        self.url, self.tries, self.why = url, tries, why
        super().__init__(
            f"{url} could not be fetched in {tries} tries; the last one: {why}. What had come is kept. "
            "Run the same command again to go on from there; behind a proxy, set HTTPS_PROXY."
        )


class RequestRefused(DetenteError):
    """The provider answered, and the answer is no."""

    exit_code = 9

    def __init__(self, url: str, status: int, why: str, remedy: str) -> None:
        self.url, self.status, self.why = url, status, why
        super().__init__(f"{url} answered {status}{f' ({why})' if why else ''}. {remedy}")


class DamagedDownload(DetenteError):
    """What came is not what the provider says it should be."""

    exit_code = 9

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(
            f"{url} came damaged, twice: {why}. Nothing of it was kept. Try again later; if it stays so, the "
            "provider's list or file is wrong."
        )


class MissingCredentials(DetenteError):
    """A token or password is needed that nobody gave."""

    exit_code = 9

    def __init__(self, provider: str, variables: Sequence[str], file: Path, where: str) -> None:
        self.provider, self.variables, self.file = provider, list(variables), file
        super().__init__(
            f"{provider} asks who you are. Set {' and '.join(variables)}, or write them to {file} (readable by you alone), "
            f"under [{provider.lower()}]. {where}"
        )


class InsecureCredentialsFile(DetenteError):
    """The file of secrets can be read by others, or cannot be read at all."""

    exit_code = 9

    def __init__(self, file: Path, why: str, remedy: str) -> None:
        self.file, self.why = file, why
        super().__init__(f"{file}: {why}. No secret was used. {remedy}")


class NotCached(DetenteError):
    """Nothing may be fetched, and the file is not here."""

    exit_code = 9

    def __init__(self, what: str, folder: Path) -> None:
        self.what, self.folder = what, folder
        super().__init__(
            f"{what} is not in {folder}, and --offline forbids to fetch it. Run it once without --offline."
        )


class UnknownUcdpVersion(DetenteError):
    """No release is named like that."""

    exit_code = 3

    def __init__(self, version: str, forms: Sequence[str]) -> None:
        self.version = version
        super().__init__(f"{version!r} is no version of UCDP GED. They are written like {quoted_choices(forms)}.")


class NoFilesListed(DetenteError):
    """The provider lists no file for what was asked."""

    exit_code = 9

    def __init__(self, what: str, url: str, listed: str) -> None:
        self.what, self.url = what, url
        super().__init__(f"{url} lists no file for {what}; it lists {listed}. Ask for other days.")
