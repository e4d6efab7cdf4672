"""Tokens and passwords from the environment or a private file; they are never displayed."""

import os
import stat
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path

from detente.sources.fetch.errors import InsecureCredentialsFile, MissingCredentials


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that its `repr` and `str` hide.

    Example:
        >>> Secret("letmein")
        Secret()
        >>> f"{Secret('letmein')}"
        'Secret()'
    """

    value: str = field(repr=False)


def credentials_path() -> Path:
    """Return `DETENTE_SECRETS` if set, else `secrets.toml` in the user's configuration folder."""
    named = os.environ.get("DETENTE_SECRETS", "").strip()
    return Path(named).expanduser() if named else user_config_path("detente", appauthor=False) / "secrets.toml"


def load_credentials(provider: str, keys: Sequence[str], where: str) -> dict[str, Secret]:
    """Load a provider's credentials from `PROVIDER_KEY` in the environment, else from `[provider]` in the file.

    Args:
        provider: such as ACLED.
        keys: such as email, password.
        where: how to obtain credentials, for the error message.

    Raises:
        MissingCredentials: one is missing.
        InsecureCredentialsFile: other users can read the file, or it is not TOML.
    """
    variables = [f"{provider.upper()}_{k.upper()}" for k in keys]
    found = {k: os.environ.get(v, "") for k, v in zip(keys, variables, strict=True)}
    if not all(found.values()):
        in_file = _read_credentials_file(provider.lower())
        found = {k: v or in_file.get(k, "") for k, v in found.items()}
    if not all(found.values()):
        raise MissingCredentials(provider, variables, credentials_path(), where)
    return {k: Secret(v) for k, v in found.items()}


def _read_credentials_file(provider: str) -> dict[str, str]:
    file = credentials_path()
    if not file.is_file():
        return {}
    if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InsecureCredentialsFile(file, "other users can read it", f"Run: chmod 600 {file}")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get(provider, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        # The parser's message may quote the line with the secret.
        remedy = 'Write [acled], then email = "..." below it.'
        raise InsecureCredentialsFile(file, "it is not readable TOML", remedy) from None
    return {k: str(v) for k, v in table.items()} if isinstance(table, dict) else {}
