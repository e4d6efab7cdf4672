"""UCDP: the open downloads by version, and the API with a token of one's own.

Versions of the yearly dataset are written 25.1; of the monthly Candidate releases 26.0.1 (January 2026); those that
gather several months 25.01.25.12. The API asks for a token (header `x-ucdp-access-token`; 5,000 questions a
day) and pages by 1,000; its rows are written in the order and form of the published file, so that one reader serves both.
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
from detente.sources.fetch.errors import DamagedDownload, RequestRefused, UnknownUcdpVersion
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
    """Where a version is published, from the downloads' address.

    Example:
        >>> build_download_path("25.1"), build_download_path("26.0.1")
        ('ged/ged251-csv.zip', 'candidateged/GEDEvent_v26_0_1.csv')

    Raises:
        UnknownVersion: it is not written like one.
    """
    if re.fullmatch(r"\d{2}\.\d", version):
        return f"ged/ged{version.replace('.', '')}-csv.zip"
    if re.fullmatch(r"\d{2}\.0\.\d{1,2}|\d{2}\.\d{2}\.\d{2}\.\d{2}", version):
        return f"candidateged/GEDEvent_v{version.replace('.', '_')}.csv"
    raise UnknownUcdpVersion(version, ["25.1", "26.0.1", "25.01.25.12"])


def plan_downloads(versions: Iterable[str], folder: Path) -> list[DownloadRequest]:
    """The files of these versions. `DETENTE_UCDP_DOWNLOADS` names a mirror."""
    base = os.environ.get("DETENTE_UCDP_DOWNLOADS", DOWNLOADS_URL).rstrip("/")
    return [DownloadRequest(f"{base}/{(a := build_download_path(v))}", folder / Path(a).name) for v in versions]


def fetch_from_api(
    client: DownloadClient, version: str, folder: Path, *, countries: Sequence[int] = (), first: date | None = None,
    last: date | None = None, told: DownloadProgress | None = None,
) -> FetchedFile:  # fmt: skip
    """Events of a version by country and day, page by page; pages that have come are kept until all have.

    Args:
        countries: Gleditsch and Ward's numbers, such as 770 for Pakistan; all if none.
        first, last: days of the events, both included.

    Raises:
        NoSecret: no token. Refused: it was not accepted. Damaged: not as many rows came as were promised.
    """
    build_download_path(version)
    token = load_credentials("UCDP", ["token"], "UCDP gives tokens on request: https://ucdp.uu.se/apidocs/")["token"]
    asked = {"pagesize": str(PAGE_SIZE)}
    if countries:
        asked["Country"] = ",".join(map(str, countries))
    if first:
        asked["StartDate"] = str(first)
    if last:
        asked["EndDate"] = str(last)
    base = os.environ.get("DETENTE_UCDP_API", API_URL).rstrip("/")
    url = f"{base}/gedevents/{version}"
    name = "_".join(
        ["GEDEvent_api", f"v{version.replace('.', '_')}", *map(str, countries), *map(str, filter(None, (first, last)))]
    )
    to = folder / f"{name}.csv"
    pages = folder / f"{name}.pages"
    try:
        pages.mkdir(parents=True, exist_ok=True)
        total, number = None, 0
        while total is None or number * PAGE_SIZE < total:
            kept = pages / f"{number:06d}.json"
            page = _read_cached_page(kept)
            if page is None:
                answer = client.request(
                    "GET", url, params={**asked, "page": str(number)}, secret={"x-ucdp-access-token": token.value}
                )
                if answer.status_code != 200:
                    raise RequestRefused(
                        url,
                        answer.status_code,
                        answer.reason_phrase,
                        "Is UCDP_TOKEN right and not expired? Ask UCDP for a new one."
                        if answer.status_code in (401, 403)
                        else "Check version, countries and days.",
                    )
                page = _parse_page(url, answer.content)
                kept.write_bytes(answer.content)
            if total is not None and page["TotalCount"] != total:
                raise DamagedDownload(
                    url,
                    f"it promised {total:,} rows first and {page['TotalCount']:,} later, so it was changed meanwhile; remove {pages} and fetch again",
                )
            total, number = page["TotalCount"], number + 1
            if told:
                told(min(number * PAGE_SIZE, total), total)
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
            raise ValueError("it is no list of events with a count")
    except (ValueError, KeyError, TypeError) as e:
        raise DamagedDownload(url, f"a page is not what the API promises ({e})") from e
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
        raise DamagedDownload(url, f"{rows:,} rows came where {total:,} were promised")
    part.replace(to)


def _format_value(column: str, value: object) -> object:
    # The files write 2010-05-13 00:00:00.000, the API 2010-05-13T00:00:00.
    if column in ("date_start", "date_end") and isinstance(value, str):
        day, _, clock = value.partition("T")
        return f"{day} {clock or '00:00:00'}.000" if "." not in clock else f"{day} {clock}"
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else value
