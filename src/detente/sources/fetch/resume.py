"""Partial downloads: their paths, metadata, and the check of the complete file."""

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
    """One file: address, destination, and size and MD5 from the provider's list."""

    url: str
    to: Path
    size: int | None = None
    md5: str | None = None


def part_path(to: Path) -> Path:
    """Return the path of an incomplete file."""
    return to.with_name(f"{to.name}.part")


def metadata_path(to: Path) -> Path:
    """Return the path of the metadata of a complete or partial file."""
    return to.with_name(f"{to.name}.source.json")


def read_metadata(file: Path, url: str) -> dict[str, Any]:
    """Return the metadata of a copy of this address; empty if the file is unreadable or has another address."""
    try:
        metadata: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return metadata if isinstance(metadata, dict) and metadata.get("url") == url else {}


def write_metadata(file: Path, url: str, response: httpx.Response, total: int | None) -> None:
    """Write address, validators, whole length in bytes and time of a response."""
    metadata = {
        "url": url,
        "etag": response.headers.get("etag"),
        "modified": response.headers.get("last-modified"),
        "length": total,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    file.write_text(json.dumps(metadata, indent=1) + "\n", encoding="utf-8")


def get_strong_validator(metadata: Mapping[str, Any]) -> str | None:
    """Return the validator for `If-Range`. A weak ETag does not promise identical bytes, so it is not used."""
    etag = metadata.get("etag")
    return etag if etag and not etag.startswith("W/") else metadata.get("modified")


def matches_range(response: httpx.Response, have: int) -> bool:
    """Return whether the response starts at byte `have`."""
    return bool(response.headers.get("content-range", "").startswith(f"bytes {have}-"))


def is_same_file(response: httpx.Response, metadata: Mapping[str, Any], total: int | None) -> bool:
    """Return whether a part of a file comes from the file that the metadata describe.

    A server may ignore `If-Range` and send the rest of another version, so its validators and length are compared again.
    """
    sent = (
        ("etag", response.headers.get("etag")),
        ("modified", response.headers.get("last-modified")),
        ("length", total),
    )
    return all(now is None or metadata.get(key) in (None, now) for key, now in sent)


def parse_total_size(response: httpx.Response, have: int) -> int | None:
    """Parse the size of the whole file in bytes from the headers; None if unknown."""
    size = response.headers.get("content-range", "").rpartition("/")[2] if have else ""
    if size.isdecimal():
        return int(size)
    length = response.headers.get("content-length", "")
    return have + int(length) if length.isdecimal() else None


def parse_retry_after(response: httpx.Response) -> float | None:
    """Parse the seconds to wait from Retry-After, which holds seconds or a date; None if absent."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def is_complete(path: Path, wanted: DownloadRequest) -> bool:
    """Return whether size and MD5 of the file match the provider's list."""
    return find_mismatch(path, wanted) is None


def find_mismatch(path: Path, wanted: DownloadRequest) -> str | None:
    """Describe how a file differs from the provider's list; None if it matches."""
    if not path.exists():
        return "it is empty"
    size = path.stat().st_size
    if wanted.size is not None and size != wanted.size:
        return f"it has {size:,} bytes, the provider's list says {wanted.size:,}"
    if wanted.md5:
        with path.open("rb") as f:
            md5 = hashlib.file_digest(f, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if md5 != wanted.md5.lower():
            return f"its MD5 is {md5}, the provider's list says {wanted.md5.lower()}"
    return None
