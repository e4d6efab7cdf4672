"""Download client with rate limiting, retries, resumption and checksums.

Requests to one host are spaced in time. After a retryable error the client waits for a doubling pause, or for the
server's Retry-After. An interrupted download resumes if the server still has the same file (Range and If-Range); a
file gets its final name only when length and checksum match. Proxies come from HTTPS_PROXY and NO_PROXY.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from detente.core.errors import CannotWrite
from detente.core.version import __version__
from detente.sources.fetch import resume
from detente.sources.fetch.errors import DamagedDownload, NotCached, ProviderUnreachable, RequestRefused
from detente.sources.fetch.resume import DownloadRequest

DownloadProgress = Callable[[int, int | None], None]
# Temporary conditions: too many requests, timeouts, server errors.
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Limits of retries, in seconds; `tries` counts consecutive attempts without new data.

    `apart` is the interval between requests to one host, `patience` the timeout of one request. `most_bytes` is the largest
    file that is downloaded.
    """

    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    apart: float = 0.5
    patience: float = 60.0
    most_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file on disk. `cached`: it was already there and nothing was downloaded."""

    path: Path
    url: str
    bytes: int
    cached: bool


class _RetryableError(Exception):
    def __init__(self, why: str, wait: float | None = None) -> None:
        self.why, self.wait = why, wait
        super().__init__(why)


class DownloadClient:
    """HTTP client that remembers the time of the last request to each host."""

    def __init__(
        self,
        manners: RetryPolicy | None = None,
        *,
        offline: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.manners, self.offline = manners or RetryPolicy(), offline
        self._sleep, self._clock = sleep, clock
        self._last: dict[str, float] = {}
        agent = f"detente/{__version__} (research; conflict event data)"
        self._client = httpx.Client(headers={"User-Agent": agent}, timeout=self.manners.patience)

    def __enter__(self) -> "DownloadClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        secret: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Return one small response, also a refusal. `secret` headers go to this host only, never to a redirect's host.

        Raises:
            ProviderUnreachable: every attempt failed or got a retryable status. NotCached: offline.
        """

        def once() -> httpx.Response:
            response = self._open(method, url, params=params, form=form, secret=secret)
            try:
                response.read()
            finally:
                response.close()
            return response

        return self._retry(url, once)

    def download(
        self, wanted: DownloadRequest, *, refresh: bool = False, told: DownloadProgress | None = None
    ) -> FetchedFile:
        """Download a file unless it is already on disk.

        Args:
            wanted: address and destination.
            refresh: if the file is on disk, ask the server whether it has changed.
            told: callback for progress: bytes received, and bytes expected or None if unknown.

        Raises:
            ProviderUnreachable, RequestRefused, DamagedDownload: the server failed.
            NotCached: offline. CannotWrite: the disk failed.
        """
        to = wanted.to
        if to.is_file() and not refresh and resume.is_complete(to, wanted):
            return FetchedFile(to, wanted.url, to.stat().st_size, cached=True)
        if self.offline:
            raise NotCached(to.name, to.parent)
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            for last in (False, True):
                if self._fetch(wanted, refresh, told):
                    return FetchedFile(to, wanted.url, to.stat().st_size, cached=True)
                part = resume.part_path(to)
                fault = resume.find_mismatch(part, wanted)
                if fault is None:
                    resume.metadata_path(part).replace(resume.metadata_path(to))
                    part.replace(to)
                    return FetchedFile(to, wanted.url, to.stat().st_size, cached=False)
                part.unlink(missing_ok=True)
                if last:
                    raise DamagedDownload(wanted.url, fault)
        except OSError as e:
            raise CannotWrite(to.parent, e.strerror or str(e)) from e
        raise AssertionError("the second attempt returns or raises")

    def _fetch(self, wanted: DownloadRequest, refresh: bool, told: DownloadProgress | None) -> bool:
        """Complete the partial file; return True if the file on disk is still current."""
        part, to = resume.part_path(wanted.to), wanted.to
        failures = 0
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                conditional = refresh and not part.exists() and to.is_file() and resume.is_complete(to, wanted)
                return self._fetch_once(wanted, conditional, told)
            except (_RetryableError, httpx.TransportError) as e:
                # A server may cut every connection after a while; progress resets the count.
                progressed = part.exists() and part.stat().st_size > before
                failures = 1 if progressed else failures + 1
                self._pause(wanted.url, failures, e)

    def _fetch_once(self, wanted: DownloadRequest, conditional: bool, told: DownloadProgress | None) -> bool:
        # The partial file has its own metadata: it may belong to a newer version than the file on disk.
        part = resume.part_path(wanted.to)
        metadata_file = resume.metadata_path(part)
        metadata = resume.read_metadata(resume.metadata_path(wanted.to) if conditional else metadata_file, wanted.url)
        headers = {"Accept-Encoding": "identity"}
        have = 0
        if conditional and metadata:
            validators = {"If-None-Match": metadata.get("etag"), "If-Modified-Since": metadata.get("modified")}
            headers |= {k: v for k, v in validators.items() if v}
        elif part.exists():
            validator = resume.get_strong_validator(metadata)
            have = part.stat().st_size if validator else 0
            if have and validator:
                headers |= {"Range": f"bytes={have}-", "If-Range": validator}
        response = self._open("GET", wanted.url, headers=headers)
        try:
            if response.status_code == 304:
                return True
            if response.status_code == 416:
                total = response.headers.get("content-range", "").rpartition("/")[2]
                if total == str(have):
                    return False
                part.unlink(missing_ok=True)
                raise _RetryableError("the partial file does not match the file on the server")
            if response.status_code not in (200, 206):
                raise _build_refusal(wanted.url, response)
            if "text/html" in response.headers.get("content-type", ""):
                remedy = "Expected data: open the address in a browser; the file may have moved or require a login."
                raise RequestRefused(wanted.url, response.status_code, "a web page", remedy)
            resumed = response.status_code == 206
            size = have if resumed else 0
            total = resume.parse_total_size(response, size)
            if resumed and not (
                resume.matches_range(response, have) and resume.is_same_file(response, metadata, total)
            ):
                part.unlink(missing_ok=True)
                raise _RetryableError("the server sent a part of another file")
            self._refuse_if_larger(wanted.url, response.status_code, total or 0)
            resume.write_metadata(metadata_file, wanted.url, response, total)
            with part.open("ab" if resumed else "wb") as out:
                # Chunks as they arrive: bytes buffered for a fixed chunk size would be lost with the connection.
                for chunk in response.iter_raw():
                    out.write(chunk)
                    size += len(chunk)
                    self._refuse_if_larger(wanted.url, response.status_code, size)
                    if told:
                        told(size, total or wanted.size)
            if total is not None and size < total:
                raise _RetryableError(f"the connection ended after {size:,} of {total:,} bytes")
            if total is not None and size > total:
                part.unlink(missing_ok=True)
                raise _RetryableError(f"the server sent {size:,} bytes instead of {total:,}")
            return False
        finally:
            response.close()

    def _refuse_if_larger(self, url: str, status: int, size: int) -> None:
        if size > self.manners.most_bytes:
            why = f"it is larger than {self.manners.most_bytes:,} bytes"
            raise RequestRefused(url, status, why, "No known release is; check the address.")

    def _retry(self, url: str, once: Callable[[], httpx.Response]) -> httpx.Response:
        if self.offline:
            raise NotCached(url, Path("the cache"))
        failures = 0
        while True:
            try:
                return once()
            except (_RetryableError, httpx.TransportError) as e:
                failures += 1
                self._pause(url, failures, e)

    def _pause(self, url: str, failures: int, e: Exception) -> None:
        why = e.why if isinstance(e, _RetryableError) else f"{type(e).__name__}: {e}".rstrip(": ")
        requested = e.wait if isinstance(e, _RetryableError) else None
        if failures >= self.manners.tries or (requested or 0) > self.manners.longest_wait:
            if requested is not None:
                why += f"; the server asks to wait {requested:,.0f} seconds"
            raise ProviderUnreachable(url, failures, why) from e
        doubled = min(self.manners.longest_wait, self.manners.first_wait * 2.0 ** (failures - 1))
        self._sleep(doubled if requested is None else requested)

    def _open(self, method: str, url: str, *, params: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None,
              headers: Mapping[str, str] | None = None, secret: Mapping[str, str] | None = None) -> httpx.Response:  # fmt: skip
        target, origin = httpx.URL(url, params=dict(params)) if params else httpx.URL(url), httpx.URL(url)
        for _ in range(6):
            self._throttle(target.host)
            same_origin = (target.scheme, target.host, target.port) == (origin.scheme, origin.host, origin.port)
            if not same_origin and (secret or form):
                # httpx withholds only Authorization from other hosts, not custom token headers or form passwords.
                remedy = f"No credentials were sent to {target.host}; check the address."
                raise RequestRefused(url, 302, "redirect to another host", remedy)
            request = self._client.build_request(
                method, target, data=dict(form) if form else None, headers={**(headers or {}), **(secret or {})}
            )
            response = self._client.send(request, stream=True)
            if response.status_code in RETRY_STATUSES:
                response.close()
                raise _RetryableError(f"status {response.status_code}", resume.parse_retry_after(response))
            if not response.has_redirect_location:
                return response
            response.close()
            before, target = target, target.join(response.headers["location"])
            if target.scheme not in ("http", "https") or (before.scheme == "https" and target.scheme == "http"):
                remedy = "Nothing was fetched from there; check the address."
                why = f"redirect from {before.scheme} to {target.scheme}, which anybody on the way can change"
                raise RequestRefused(url, response.status_code, why, remedy)
        raise RequestRefused(url, 310, "too many redirects", "Check the address.")

    def _throttle(self, host: str) -> None:
        now = self._clock()
        wait = self._last.get(host, now - self.manners.apart) + self.manners.apart - now
        if wait > 0:
            self._sleep(wait)
        self._last[host] = self._clock()


def _build_refusal(url: str, response: httpx.Response) -> RequestRefused:
    status = response.status_code
    remedy = {
        401: "Check the token or password.",
        403: "Access is not allowed; check that the account has accepted the provider's terms.",
        404: "The file does not exist; check the version or the days.",
    }.get(status, "Try again later, or open the address in a browser.")
    return RequestRefused(url, status, response.reason_phrase, remedy)
