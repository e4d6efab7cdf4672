"""ACLED's API. It requires a personal account; its terms forbid redistribution.

E-mail address and password give a token (OAuth password grant, client `acled`) that is valid for a day and renewed by
a refresh token. Tokens are kept in memory only. Pages have at most 5,000 rows.
Source: https://acleddata.com/api-documentation/getting-started
"""

import csv
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from detente.core.errors import CannotWrite
from detente.sources.fetch.client import DownloadClient, DownloadProgress, FetchedFile
from detente.sources.fetch.credentials import Secret, load_credentials
from detente.sources.fetch.errors import DamagedDownload, NothingFound, RequestRefused

BASE_URL = "https://acleddata.com"
PAGE_SIZE = 5000
REGISTRATION_HINT = "Register at https://acleddata.com/user/register."

COLUMNS = (
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1 actor2 "
    "assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location latitude longitude "
    "geo_precision source source_scale notes fatalities tags timestamp"
).split()


class AcledSession:
    """An API session: a token and its renewal."""

    def __init__(self, client: DownloadClient) -> None:
        self.client = client
        self.base = os.environ.get("DETENTE_ACLED", BASE_URL).rstrip("/")
        self._credentials = load_credentials("ACLED", ["email", "password"], REGISTRATION_HINT)
        self._token: Secret | None = None
        self._refresh: Secret | None = None

    def get(self, url: str, params: dict[str, str]) -> httpx.Response:
        """Send a GET request; renew an expired token once."""
        for _ in range(2):
            token = self._token or self._login()
            response = self.client.request("GET", url, params=params, secret={"Authorization": f"Bearer {token.value}"})
            if response.status_code != 401:
                return response
            self._token = None
        return response

    def _login(self) -> Secret:
        url = f"{self.base}/oauth/token"
        if self._refresh is not None:
            form = {"grant_type": "refresh_token", "refresh_token": self._refresh.value, "client_id": "acled"}
            self._refresh = None
            response = self.client.request("POST", url, form=form)
            if response.status_code == 200:
                return self._store_tokens(url, response)
        user = {"username": self._credentials["email"].value, "password": self._credentials["password"].value}
        response = self.client.request("POST", url, form={"grant_type": "password", "client_id": "acled", **user})
        if response.status_code != 200:
            # The response may repeat the password, so the error does not show it.
            remedy = "Check ACLED_EMAIL and ACLED_PASSWORD by logging in at acleddata.com."
            raise RequestRefused(url, response.status_code, "login", remedy)
        return self._store_tokens(url, response)

    def _store_tokens(self, url: str, response: httpx.Response) -> Secret:
        try:
            tokens = json.loads(response.content)
            self._token = Secret(str(tokens["access_token"]))
        except (ValueError, KeyError, TypeError):
            raise DamagedDownload(url, "the login response contains no token") from None
        self._refresh = Secret(str(tokens["refresh_token"])) if tokens.get("refresh_token") else None
        return self._token


def build_query(countries: Sequence[str], first: date, last: date, since: int | None = None) -> dict[str, str]:
    """Build the query parameters of an API request.

    Example:
        >>> build_query(["Pakistan", "Afghanistan"], date(2025, 10, 1), date(2025, 10, 31))["event_date"]
        '2025-10-01|2025-10-31'
    """
    query = {
        "_format": "json",
        "country": "|".join(countries),
        "event_date": f"{first}|{last}",
        "event_date_where": "BETWEEN",
        "limit": str(PAGE_SIZE),
    }
    return query | ({} if since is None else {"timestamp": str(since), "timestamp_where": ">"})


def build_destination(
    folder: Path, countries: Sequence[str], first: date, last: date, *, deleted: bool = False
) -> Path:
    """Return the path under which a result is stored."""
    names = ["deleted"] if deleted else [*(c.replace(" ", "-") for c in countries), str(first), str(last)]
    return folder / f"{'_'.join(['acled', *names])}.csv"


def describe_cached(to: Path) -> FetchedFile:
    """Describe a file that was fetched in an earlier run."""
    return FetchedFile(to, to.name, to.stat().st_size, cached=True)


def fetch(
    client: DownloadClient, countries: Sequence[str], first: date, last: date, folder: Path, *, deleted: bool = False,
    told: DownloadProgress | None = None,
) -> FetchedFile:  # fmt: skip
    """Fetch the events of countries and days as one CSV in the format of an ACLED export.

    Args:
        countries: names as ACLED spells them.
        deleted: fetch the list of events that ACLED has deleted instead.
        told: callback for progress: rows fetched, and None for the unknown total.

    Raises:
        MissingCredentials: no account is configured. RequestRefused: it was rejected or lacks access.
        DamagedDownload: a response is not in the format of the API. NothingFound: it has no such event.
    """
    session = AcledSession(client)
    kind = "deleted" if deleted else "acled"
    url = f"{session.base}/api/{kind}/read"
    query = {"_format": "json", "limit": str(PAGE_SIZE)} if deleted else build_query(countries, first, last)
    to = build_destination(folder, countries, first, last, deleted=deleted)
    part = to.with_name(f"{to.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as f:
            out, rows, page, columns = csv.writer(f), 0, 1, [] if deleted else COLUMNS
            while True:
                events = _parse_events(url, session.get(url, {**query, "page": str(page)}))
                for event in events:
                    if not rows:
                        # New columns go to the end; columns that ACLED does not send are left out.
                        columns = [c for c in columns if c in event] + [c for c in event if c not in columns]
                        out.writerow(columns)
                    if changed := sorted(set(event) ^ set(columns)):
                        raise DamagedDownload(url, f"the columns change from row to row, first at {changed}")
                    out.writerow(["" if event[c] is None else event[c] for c in columns])
                    rows += 1
                if told:
                    told(rows, None)
                if len(events) < PAGE_SIZE:
                    break
                page += 1
            if not rows and not deleted:
                raise NothingFound(f"{' and '.join(countries)}, {first} to {last}, at {url}")
            if not rows:
                out.writerow(columns or ["event_id_cnty", "deleted_timestamp"])
        part.replace(to)
    except OSError as e:
        raise CannotWrite(folder, e.strerror or str(e)) from e
    finally:
        part.unlink(missing_ok=True)
    return FetchedFile(to, url, to.stat().st_size, cached=False)


def _parse_events(url: str, response: httpx.Response) -> list[dict[str, Any]]:
    if response.status_code != 200:
        remedy = {
            401: "The login succeeded but the token was rejected: try again later.",
            403: "The account lacks access: accept the terms and request API access at acleddata.com.",
        }.get(response.status_code, "Check countries and days.")
        raise RequestRefused(url, response.status_code, response.reason_phrase, remedy)
    try:
        content = json.loads(response.content)
        events = content["data"]
        if content.get("success") is False:
            raise ValueError(str(content.get("error") or content.get("message") or "success is false")[:200])
        if not isinstance(events, list) or not all(isinstance(e, dict) for e in events):
            raise ValueError("data is not a list of events")
        if "count" in content and int(content["count"]) != len(events):
            raise ValueError(f"{len(events)} rows received, count is {content['count']}")
    except (ValueError, KeyError, TypeError) as e:
        raise DamagedDownload(url, f"a response is not in the format of the API ({e})") from e
    return events
