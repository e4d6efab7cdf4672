"""UCDP: public downloads by version, and the API with a personal token.

Versions: 25.1 is a yearly dataset, 26.0.1 the Candidate release of January 2026, and 25.01.25.12 one of several
months. The API requires a token (header `x-ucdp-access-token`; 5,000 requests a day) and has pages of 1,000 rows,
which are written in the format of the published file, so that one reader serves both.
Source: https://ucdp.uu.se/downloads/ and https://ucdp.uu.se/apidocs/
"""

import csv
import json
import os
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from detente.core.errors import CannotWrite
from detente.sources.fetch.client import DownloadClient, DownloadProgress, FetchedFile
from detente.sources.fetch.credentials import load_credentials
from detente.sources.fetch.errors import DamagedDownload, NothingFound, RequestRefused, UnknownUcdpVersion
from detente.sources.fetch.resume import DownloadRequest

DOWNLOADS_URL = "https://ucdp.uu.se/downloads"
API_URL = "https://ucdpapi.pcr.uu.se/api"
PAGE_SIZE = 1000

COLUMNS = (
    "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name dyad_dset_id dyad_new_id "
    "dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b number_of_sources source_article source_office "
    "source_date source_headline source_original where_prec where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt "
    "priogrid_gid country country_id region event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown "
    "best high low gwnoa gwnob"
).split()


def build_download_path(version: str) -> str:
    """Return the path of a version below the address of the downloads.

    Example:
        >>> build_download_path("25.1"), build_download_path("26.0.1")
        ('ged/ged251-csv.zip', 'candidateged/GEDEvent_v26_0_1.csv')

    Raises:
        UnknownUcdpVersion: the text is not a version.
    """
    if re.fullmatch(r"\d{2}\.\d", version):
        return f"ged/ged{version.replace('.', '')}-csv.zip"
    if re.fullmatch(r"\d{2}\.0\.\d{1,2}|\d{2}\.\d{2}\.\d{2}\.\d{2}", version):
        return f"candidateged/GEDEvent_v{version.replace('.', '_')}.csv"
    raise UnknownUcdpVersion(version, ["25.1", "26.0.1", "25.01.25.12"])


def plan_downloads(versions: Iterable[str], folder: Path) -> list[DownloadRequest]:
    """List the files of these versions; `DETENTE_UCDP_DOWNLOADS` names a mirror."""
    base = os.environ.get("DETENTE_UCDP_DOWNLOADS", DOWNLOADS_URL).rstrip("/")
    return [DownloadRequest(f"{base}/{(a := build_download_path(v))}", folder / Path(a).name) for v in versions]


def fetch_from_api(
    client: DownloadClient, version: str, folder: Path, *, countries: Sequence[int] = (), first: date | None = None,
    last: date | None = None, told: DownloadProgress | None = None,
) -> FetchedFile:  # fmt: skip
    """Fetch a version's events by country and day. Fetched pages are cached until all are complete.

    Args:
        countries: Gleditsch-Ward numbers, such as 770 for Pakistan; empty means all.
        first, last: days of the events, both included.
        told: callback for progress: rows fetched and rows in total.

    Raises:
        MissingCredentials: no token. RequestRefused: it was rejected. DamagedDownload: the number of rows is wrong.
        NothingFound: there is no such event.
    """
    build_download_path(version)  # rejects an invalid version
    token = load_credentials("UCDP", ["token"], "Request a token at https://ucdp.uu.se/apidocs/.")["token"]
    optional = {"Country": ",".join(map(str, countries)), "StartDate": first, "EndDate": last}
    query = {"pagesize": str(PAGE_SIZE), **{k: str(v) for k, v in optional.items() if v}}
    base = os.environ.get("DETENTE_UCDP_API", API_URL).rstrip("/")
    url = f"{base}/gedevents/{version}"
    # The store reads the filter from the name: a file of some countries replaces no others (`parse_api_filter`).
    name = f"GEDEvent_api_v{version.replace('.', '_')}"
    name += "".join(["_countries", *(f"-{c}" for c in countries)]) if countries else ""
    name += (f"_from-{first}" if first else "") + (f"_to-{last}" if last else "")
    to = folder / f"{name}.csv"
    pages = folder / f"{name}.pages"
    try:
        pages.mkdir(parents=True, exist_ok=True)
        total, number = None, 0
        while total is None or number * PAGE_SIZE < total:
            page_file = pages / f"{number:06d}.json"
            page = _read_cached_page(page_file)
            if page is None:
                response = client.request(
                    "GET", url, params={**query, "page": str(number)}, secret={"x-ucdp-access-token": token.value}
                )
                status = response.status_code
                if status != 200:
                    expired = "UCDP_TOKEN may be wrong or expired; request a new one from UCDP."
                    remedy = expired if status in (401, 403) else "Check version, countries and days."
                    raise RequestRefused(url, status, response.reason_phrase, remedy)
                page = _parse_page(url, response.content)
                page_file.write_bytes(response.content)
            if total is not None and page["TotalCount"] != total:
                changed = f"the number of rows changed from {total:,} to {page['TotalCount']:,} during the download"
                raise DamagedDownload(url, f"{changed}; delete {pages} and fetch again")
            total, number = page["TotalCount"], number + 1
            if told:
                told(min(number * PAGE_SIZE, total), total)
        if not total:
            for file in pages.iterdir():
                file.unlink()
            pages.rmdir()
            asked = " ".join(f"{k} {v}" for k, v in optional.items() if v)
            raise NothingFound(f"version {version}{f', {asked}' if asked else ''}, at {url}")
        _write_csv(url, to, [pages / f"{n:06d}.json" for n in range(number)], total)
        for file in pages.iterdir():
            file.unlink()
        pages.rmdir()
    except OSError as e:
        raise CannotWrite(folder, e.strerror or str(e)) from e
    return FetchedFile(to, url, to.stat().st_size, cached=False)


def _read_cached_page(file: Path) -> dict[str, Any] | None:
    try:
        return _parse_page(str(file), file.read_bytes())
    except (OSError, DamagedDownload):
        return None


def _parse_page(url: str, data: bytes) -> dict[str, Any]:
    try:
        page = json.loads(data)
        rows = page["Result"]
        if not isinstance(page["TotalCount"], int) or not all(isinstance(r, dict) and "id" in r for r in rows):
            raise ValueError("it is not a list of events with a count")
    except (ValueError, KeyError, TypeError) as e:
        raise DamagedDownload(url, f"a page is not in the format of the API ({e})") from e
    return {"TotalCount": page["TotalCount"], "Result": rows}


def _write_csv(url: str, to: Path, pages: Sequence[Path], total: int) -> None:
    part, rows = to.with_name(f"{to.name}.part"), 0
    with part.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(COLUMNS)
        for file in pages:
            for event in _parse_page(url, file.read_bytes())["Result"]:
                out.writerow([_format_value(c, event.get(c)) for c in COLUMNS])
                rows += 1
    if rows != total:
        part.unlink()
        raise DamagedDownload(url, f"{rows:,} rows received instead of {total:,}")
    part.replace(to)


def _format_value(column: str, value: object) -> object:
    # The files write 2010-05-13 00:00:00.000, the API 2010-05-13T00:00:00.
    if column in ("date_start", "date_end") and isinstance(value, str):
        day, _, clock = value.partition("T")
        return f"{day} {clock or '00:00:00'}.000" if "." not in clock else f"{day} {clock}"
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else value
