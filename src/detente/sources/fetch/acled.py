"""ACLED: its API with an account of one's own, which its terms ask for; what comes must not be passed on.

A token is had for e-mail address and password (OAuth password grant, client `acled`), holds a day, and is renewed by
its refresh token. It lives in memory alone. Pages hold at most 5,000 rows.
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
from detente.sources.fetch.errors import DamagedDownload, RequestRefused

BASE_URL = "https://acleddata.com"
PAGE_SIZE = 5000
REGISTRATION_HINT = "An account is made at https://acleddata.com/user/register"

COLUMNS = (
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1 actor2 "
    "assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location latitude longitude "
    "geo_precision source source_scale notes fatalities tags timestamp"
).split()


class AcledSession:
    """A token, and how to renew it."""

    def __init__(self, client: DownloadClient) -> None:
        self.client = client
        self.base = os.environ.get("DETENTE_ACLED", BASE_URL).rstrip("/")
        self._who = load_credentials("ACLED", ["email", "password"], REGISTRATION_HINT)
        self._token: Secret | None = None
        self._refresh: Secret | None = None

    def get(self, url: str, params: dict[str, str]) -> httpx.Response:
        """An answer, with the token renewed once if it has expired."""
        for _ in range(2):
            token = self._token or self._login()
            answer = self.client.request("GET", url, params=params, secret={"Authorization": f"Bearer {token.value}"})
            if answer.status_code != 401:
                return answer
            self._token = None
        return answer

    def _login(self) -> Secret:
        url = f"{self.base}/oauth/token"
        if self._refresh is not None:
            form = {"grant_type": "refresh_token", "refresh_token": self._refresh.value, "client_id": "acled"}
            self._refresh = None
            answer = self.client.request("POST", url, form=form)
            if answer.status_code == 200:
                return self._store_tokens(url, answer)
        who = {"username": self._who["email"].value, "password": self._who["password"].value}
        answer = self.client.request("POST", url, form={"grant_type": "password", "client_id": "acled", **who})
        if answer.status_code != 200:
            # The answer may repeat what was sent, so it is not shown.
            raise RequestRefused(
                url,
                answer.status_code,
                "login",
                "Check ACLED_EMAIL and ACLED_PASSWORD; logging in once at acleddata.com shows whether they are right.",
            )
        return self._store_tokens(url, answer)

    def _store_tokens(self, url: str, answer: httpx.Response) -> Secret:
        try:
            told = json.loads(answer.content)
            self._token = Secret(str(told["access_token"]))
        except (ValueError, KeyError, TypeError):
            raise DamagedDownload(url, "the answer to the login holds no token") from None
        self._refresh = Secret(str(told["refresh_token"])) if told.get("refresh_token") else None
        return self._token


def build_query(countries: Sequence[str], first: date, last: date, since: int | None = None) -> dict[str, str]:
    """The question to the API.

    Example:
        >>> build_query(["Pakistan", "Afghanistan"], date(2025, 10, 1), date(2025, 10, 31))["event_date"]
        '2025-10-01|2025-10-31'
    """
    question = {
        "_format": "json",
        "country": "|".join(countries),
        "event_date": f"{first}|{last}",
        "event_date_where": "BETWEEN",
        "limit": str(PAGE_SIZE),
    }
    return question | ({} if since is None else {"timestamp": str(since), "timestamp_where": ">"})


def build_destination(
    folder: Path, countries: Sequence[str], first: date, last: date, *, deleted: bool = False
) -> Path:
    """The file that an answer is kept in."""
    names = ["deleted"] if deleted else [*(c.replace(" ", "-") for c in countries), str(first), str(last)]
    return folder / f"{'_'.join(['acled', *names])}.csv"


def describe_cached(to: Path) -> FetchedFile:
    """A file that was fetched before."""
    return FetchedFile(to, to.name, to.stat().st_size, cached=True)


def fetch(
    client: DownloadClient, countries: Sequence[str], first: date, last: date, folder: Path, *, deleted: bool = False,
    told: DownloadProgress | None = None,
) -> FetchedFile:  # fmt: skip
    """Events of these countries and days as one CSV in the form of an ACLED export.

    Args:
        countries: names as ACLED writes them.
        deleted: the list of events that ACLED has withdrawn, instead of the events.

    Raises:
        NoSecret: no account was given. Refused: it was not accepted, or may not read this.
        Damaged: an answer is not what the API promises.
    """
    session = AcledSession(client)
    kind = "deleted" if deleted else "acled"
    url = f"{session.base}/api/{kind}/read"
    question = {"_format": "json", "limit": str(PAGE_SIZE)} if deleted else build_query(countries, first, last)
    to = build_destination(folder, countries, first, last, deleted=deleted)
    part = to.with_name(f"{to.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as f:
            out, rows, page, columns = csv.writer(f), 0, 1, [] if deleted else COLUMNS
            while True:
                events = _parse_events(url, session.get(url, {**question, "page": str(page)}))
                for event in events:
                    if not rows:
                        # A column that the format does not know yet is kept at the end, and one that is not sent stays away.
                        columns = [c for c in columns if c in event] + [c for c in event if c not in columns]
                        out.writerow(columns)
                    if set(event) != set(columns):
                        raise DamagedDownload(
                            url, f"the columns change from row to row, first at {sorted(set(event) ^ set(columns))}"
                        )
                    out.writerow(["" if event[c] is None else event[c] for c in columns])
                    rows += 1
                if told:
                    told(rows, None)
                if len(events) < PAGE_SIZE:
                    break
                page += 1
            if not rows:
                out.writerow(columns or ["event_id_cnty", "deleted_timestamp"])
        part.replace(to)
    except OSError as e:
        raise CannotWrite(folder, e.strerror or str(e)) from e
    finally:
        part.unlink(missing_ok=True)
    return FetchedFile(to, url, to.stat().st_size, cached=False)


def _parse_events(url: str, answer: httpx.Response) -> list[dict[str, Any]]:
    if answer.status_code != 200:
        remedy = {
            401: "The account was accepted but the token was not: try again later.",
            403: "The account may not read this: complete the profile and accept the terms at acleddata.com, and ask for API access.",
        }.get(answer.status_code, "Check countries and days.")
        raise RequestRefused(url, answer.status_code, answer.reason_phrase, remedy)
    try:
        told = json.loads(answer.content)
        events = told["data"]
        if told.get("success") is False:
            raise ValueError(str(told.get("error") or told.get("message") or "it reports no success")[:200])
        if not isinstance(events, list) or not all(isinstance(e, dict) for e in events):
            raise ValueError("its data are no list of events")
        if "count" in told and int(told["count"]) != len(events):
            raise ValueError(f"{len(events)} rows came where it counts {told['count']}")
    except (ValueError, KeyError, TypeError) as e:
        raise DamagedDownload(url, f"an answer is not what the API promises ({e})") from e
    return events
