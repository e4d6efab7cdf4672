"""GDELT event files of version 2 (every 15 minutes) or version 1 (daily), found in the provider's file list.

Every file is checked against the MD5 in the list. A day of version 2 has 96 small archives, a year about 35,000;
with a country filter, only matching rows are stored; the archive is deleted once its rows are.
Source: http://data.gdeltproject.org/gdeltv2/masterfilelist.txt and http://data.gdeltproject.org/events/md5sums
"""

import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.core.errors import CannotWrite
from detente.sources.fetch.client import DownloadClient, DownloadProgress, FetchedFile
from detente.sources.fetch.errors import DamagedDownload, NoFilesListed
from detente.sources.fetch.resume import DownloadRequest

BASE_URL = "http://data.gdeltproject.org"
# Column positions in versions 1 and 2 (58 and 61 columns): actor countries in three-letter CAMEO codes, the place of
# the act in two-letter FIPS 10-4 codes.
ACTOR_COLUMNS = (7, 17)
ACTION_COLUMN = {58: 51, 61: 53}


@dataclass(frozen=True, slots=True)
class ProviderFileList:
    """The provider's list: requested files, and the first and last day of the whole list."""

    wanted: list[DownloadRequest]
    first: date
    last: date


def get_base_url() -> str:
    """Return the provider's address; `DETENTE_GDELT` overrides it with a mirror."""
    return os.environ.get("DETENTE_GDELT", BASE_URL).rstrip("/")


def plan_downloads(
    client: DownloadClient, first: date, last: date, folder: Path, *, daily: bool = False, refresh: bool = False,
    told: DownloadProgress | None = None,
) -> list[DownloadRequest]:  # fmt: skip
    """List the event files from `first` to `last`, both included.

    The list is cached; it is fetched again if it ends before the last requested day.

    Raises:
        NoFilesListed: the list has none of these days. Other errors as in `DownloadClient.download`.
    """
    url = f"{get_base_url()}/events/md5sums" if daily else f"{get_base_url()}/gdeltv2/masterfilelist.txt"
    list_file = folder / ("md5sums.txt" if daily else "masterfilelist.txt")
    client.download(DownloadRequest(url, list_file), refresh=refresh, told=told)
    listed = _select_files(list_file, first, last, folder, daily)
    if listed.last < last and not client.offline and not refresh:
        client.download(DownloadRequest(url, list_file), refresh=True, told=told)
        listed = _select_files(list_file, first, last, folder, daily)
    if not listed.wanted:
        raise NoFilesListed(f"{first} to {last}", url, f"{listed.first} to {listed.last}")
    return listed.wanted


def _select_files(list_file: Path, first: date, last: date, folder: Path, daily: bool) -> ProviderFileList:
    wanted: list[DownloadRequest] = []
    earliest, latest = date.max, date.min
    for url, size, md5, day in _parse_file_list(list_file, daily):
        earliest, latest = min(earliest, day), max(latest, day)
        if first <= day <= last:
            wanted.append(DownloadRequest(url, folder / url.rpartition("/")[2], size, md5))
    return ProviderFileList(wanted, earliest, latest)


def _parse_file_list(list_file: Path, daily: bool) -> Iterator[tuple[str, int | None, str, date]]:
    # The list contains a few truncated lines and files of other kinds; neither is an event file.
    pattern = re.compile(
        r"([0-9a-f]{32})\s+(\d{4})(\d\d)(\d\d)\.export\.CSV\.zip$"
        if daily
        else r"(\d+) ([0-9a-f]{32}) \S+?/(\d{4})(\d\d)(\d\d)\d{6}\.export\.CSV\.zip$"
    )
    with list_file.open(encoding="utf-8", errors="replace") as f:
        for line in f:
            match = pattern.match(line.strip())
            if not match:
                continue
            size, md5 = (None, match[1]) if daily else (int(match[1]), match[2])
            try:
                day = date(*map(int, match.groups()[-3:]))
            except ValueError:
                continue
            name = line.split()[-1].rpartition("/")[2]
            # The list contains the provider's host name; a mirror serves the same file names.
            yield f"{get_base_url()}/{'events' if daily else 'gdeltv2'}/{name}", size, md5, day


def build_destination(wanted: DownloadRequest, countries: Sequence[str]) -> Path:
    """Return the path for the rows of these countries; without countries, the archive's path.

    Example:
        >>> build_destination(DownloadRequest("", Path("20251009000000.export.CSV.zip")), ["pk", "AFG"]).name
        '20251009000000.AFG-PK.export.CSV'
    """
    if not countries:
        return wanted.to
    mark = "-".join(sorted({c.upper() for c in countries}))
    return wanted.to.with_name(f"{wanted.to.name.removesuffix('.export.CSV.zip')}.{mark}.export.CSV")


def fetch(
    client: DownloadClient,
    wanted: DownloadRequest,
    countries: Sequence[str] = (),
    *,
    told: DownloadProgress | None = None,
) -> FetchedFile:
    """Fetch one event file, whole or only the rows of these countries.

    Args:
        countries: the archive is kept if no row matches: the code may be wrong. Two letters for the place of the event (FIPS 10-4: PK, AF), three for an actor (CAMEO: PAK, AFG).
            A row that matches any code is kept, and so is a row with an unexpected number of columns.
    """
    if not countries:
        return client.download(wanted, told=told)
    to = build_destination(wanted, countries)
    if to.is_file():
        return FetchedFile(to, wanted.url, to.stat().st_size, cached=True)
    archive = client.download(wanted, told=told)
    try:
        part = to.with_name(f"{to.name}.part")
        with zipfile.ZipFile(archive.path) as z, part.open("wb") as out:
            for name in z.namelist():
                with z.open(name) as f:
                    out.writelines(filter_rows(f, countries))
        part.replace(to)
        if to.stat().st_size:
            remove_archive(wanted)
    except zipfile.BadZipFile as e:
        archive.path.unlink(missing_ok=True)
        raise DamagedDownload(wanted.url, f"it is not a zip archive ({e})") from e
    except OSError as e:
        raise CannotWrite(to.parent, e.strerror or str(e)) from e
    return FetchedFile(to, wanted.url, to.stat().st_size, cached=False)


def remove_archive(wanted: DownloadRequest) -> None:
    """Remove an archive whose rows are in a file of their own."""
    for file in (wanted.to, wanted.to.with_name(f"{wanted.to.name}.source.json")):
        file.unlink(missing_ok=True)


def filter_rows(lines: Iterable[bytes], countries: Sequence[str]) -> Iterator[bytes]:
    """Yield the lines that match these countries, unchanged.

    Example:
        >>> line = b"\\t".join([b"x"] * 7 + [b"PAK"] + [b"y"] * 53) + b"\\n"
        >>> [len(list(filter_rows(iter([line]), [c]))) for c in ("PAK", "AFG", "PK")]
        [1, 0, 0]
    """
    wanted = {c.upper().encode() for c in countries}
    for line in lines:
        values = line.rstrip(b"\r\n").split(b"\t")
        action = ACTION_COLUMN.get(len(values))
        if action is None or values[action] in wanted or any(values[i] in wanted for i in ACTOR_COLUMNS):
            yield line
