"""Tokens and passwords: from the environment or from a file that nobody else can read; never shown."""

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
    """A value that does not show itself.

    Example:
        >>> Secret("letmein")
        Secret()
        >>> f"{Secret('letmein')}"
        'Secret()'
    """

    value: str = field(repr=False)


def credentials_path() -> Path:
    """`DETENTE_SECRETS` if it is set, else `secrets.toml` in the user's configuration folder."""
    named = os.environ.get("DETENTE_SECRETS", "").strip()
    return Path(named).expanduser() if named else user_config_path("detente", appauthor=False) / "secrets.toml"


def load_credentials(provider: str, keys: Sequence[str], where: str) -> dict[str, Secret]:
    """A provider's secrets: each from `PROVIDER_KEY` in the environment, else from the file's `[provider]`.

    Args:
        provider: such as ACLED.
        keys: such as email, password.
        where: how to come by one, for the message.

    Raises:
        NoSecret: one is missing. OpenSecret: others can read the file, or it is no TOML.
    """
    variables = [f"{provider.upper()}_{k.upper()}" for k in keys]
    found = {k: os.environ.get(v, "") for k, v in zip(keys, variables, strict=True)}
    if not all(found.values()):
        kept = _read_credentials_file(provider.lower())
        found = {k: v or kept.get(k, "") for k, v in found.items()}
    if not all(found.values()):
        raise MissingCredentials(provider, variables, credentials_path(), where)
    return {k: Secret(v) for k, v in found.items()}


def _read_credentials_file(provider: str) -> dict[str, str]:
    file = credentials_path()
    if not file.is_file():
        return {}
    if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InsecureCredentialsFile(file, "others on this machine can read it", f"chmod 600 {file}")
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8")).get(provider, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        # What the parser says may quote the line, and with it the secret.
        raise InsecureCredentialsFile(
            file, "it cannot be read as TOML", 'Write [acled], then email = "..." below it.'
        ) from None
    return {k: str(v) for k, v in told.items()} if isinstance(told, dict) else {}
