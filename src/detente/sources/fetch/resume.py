"""A file on its way: the part that is here, a note of what it is a part of, and whether the whole is right."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """One file: where from, where to, and what the provider's own list says of it."""

    url: str
    to: Path
    size: int | None = None
    md5: str | None = None


def part_path(to: Path) -> Path:
    """Where a file lies until it is whole."""
    return to.with_name(f"{to.name}.part")


def metadata_path(to: Path) -> Path:
    """Where it is noted of what a file, or a part of one, is a copy."""
    return to.with_name(f"{to.name}.source.json")


def read_metadata(note: Path, url: str) -> dict[str, Any]:
    """What was noted of a copy of this address; nothing if it is of another, or unreadable."""
    try:
        known: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) and known.get("url") == url else {}


def write_metadata(note: Path, url: str, response: httpx.Response) -> None:
    """Note address, validators and time of what is coming."""
    told = {
        "url": url,
        "etag": response.headers.get("etag"),
        "modified": response.headers.get("last-modified"),
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    note.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def get_strong_validator(known: Mapping[str, Any]) -> str | None:
    """A validator on which a part may be joined to the rest, for `If-Range`."""
    # A weak tag says that two files mean the same, not that their bytes do: no ground to join halves on.
    etag = known.get("etag")
    return etag if etag and not etag.startswith("W/") else known.get("modified")


def matches_range(response: httpx.Response, have: int) -> bool:
    """Does the answer hold the part that was asked for?"""
    return bool(response.headers.get("content-range", "").startswith(f"bytes {have}-"))


def parse_total_size(response: httpx.Response, have: int) -> int | None:
    """How long the whole file is by the answer's head; None if it does not say."""
    told = response.headers.get("content-range", "").rpartition("/")[2] if have else ""
    if told.isdecimal():
        return int(told)
    length = response.headers.get("content-length", "")
    return have + int(length) if length.isdecimal() else None


def parse_retry_after(response: httpx.Response) -> float | None:
    """How many seconds a busy server asks to wait, whether it says so in seconds or by the clock."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def is_complete(path: Path, wanted: DownloadRequest) -> bool:
    """Is the file as long and of the sum that the provider's list says?"""
    return find_mismatch(path, wanted) is None


def find_mismatch(path: Path, wanted: DownloadRequest) -> str | None:
    """In what a file differs from the provider's list; None if in nothing."""
    if not path.exists():
        return "it holds nothing"
    size = path.stat().st_size
    if wanted.size is not None and size != wanted.size:
        return f"it has {size:,} bytes where the provider's list says {wanted.size:,}"
    if wanted.md5:
        with path.open("rb") as f:
            found = hashlib.file_digest(f, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if found != wanted.md5.lower():
            return f"its MD5 is {found} where the provider's list says {wanted.md5.lower()}"
    return None
