"""Downloading as a guest should: no hurry, no second helping of what is here already, and no for an answer.

Requests to one host are kept apart; a busy or broken server is asked again after a pause that doubles, or that the
server names (Retry-After). A download that was cut goes on where it stopped if the server still has the same
file (Range and If-Range), and gets its name only when length and checksum are right. Proxies come from the
environment (HTTPS_PROXY, NO_PROXY), as for every other program.
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
# Answers after which it makes sense to ask again: too many requests, or a server in trouble.
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How we behave. Seconds, but for `tries`, which counts tries in a row that brought nothing new."""

    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    apart: float = 0.5
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file that is here now. `cached`: it was here before, and nothing was asked or nothing had changed."""

    path: Path
    url: str
    bytes: int
    cached: bool


class _RetryableError(Exception):
    def __init__(self, why: str, wait: float | None = None) -> None:
        self.why, self.wait = why, wait
        super().__init__(why)


class DownloadClient:
    """A client that remembers when it last asked each host."""

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
        """One small answer, whole. `secret` headers go to this host only, never along with a redirect elsewhere.

        Raises:
            Unreachable: no answer, or a busy one each time. Any other answer is returned, also a refusal.
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
        """Have a file, fetched only if it is not here.

        Args:
            wanted: what and where to.
            refresh: if it is here, ask whether it has changed.
            told: is called with the bytes that are here and the bytes expected, None if not known.

        Raises:
            Unreachable, Refused, Damaged: see there. NotCached: offline. CannotWrite: the disk.
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
        raise AssertionError("the second round returns or raises")

    def _fetch(self, wanted: DownloadRequest, refresh: bool, told: DownloadProgress | None) -> bool:
        """Fill the part file; True if the file that is here already is still the provider's."""
        part, to = resume.part_path(wanted.to), wanted.to
        failures = 0
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                return self._fetch_once(
                    wanted, refresh and not part.exists() and to.is_file() and resume.is_complete(to, wanted), told
                )
            except (_RetryableError, httpx.TransportError) as e:
                # A server that cuts each connection after a while still gets us there.
                moved = part.exists() and part.stat().st_size > before
                failures = 1 if moved else failures + 1
                self._pause(wanted.url, failures, e)

    def _fetch_once(self, wanted: DownloadRequest, conditional: bool, told: DownloadProgress | None) -> bool:
        # The part has a note of its own: a newer file may be on its way while the older one is still here.
        part = resume.part_path(wanted.to)
        note = resume.metadata_path(part)
        known = resume.read_metadata(resume.metadata_path(wanted.to) if conditional else note, wanted.url)
        headers = {"Accept-Encoding": "identity"}
        have = 0
        if conditional and known:
            headers |= {
                k: v
                for k, v in (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("modified")))
                if v
            }
        elif part.exists():
            validator = resume.get_strong_validator(known)
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
                raise _RetryableError("the part that is here does not fit the file")
            if response.status_code not in (200, 206):
                raise _build_refusal(wanted.url, response)
            if "text/html" in response.headers.get("content-type", ""):
                raise RequestRefused(
                    wanted.url,
                    response.status_code,
                    "a web page",
                    "It sent a page for people where data were expected. Open it in a browser: the file may have moved or ask you to log in.",
                )
            goes_on = response.status_code == 206
            total = resume.parse_total_size(response, have if goes_on else 0)
            if goes_on and not resume.matches_range(response, have):
                part.unlink(missing_ok=True)
                raise _RetryableError("it sent another part of the file than was asked for")
            resume.write_metadata(note, wanted.url, response)
            size = have if goes_on else 0
            with part.open("ab" if goes_on else "wb") as out:
                # Not in pieces of our choosing: what waits for the next piece is lost when the connection breaks.
                for piece in response.iter_raw():
                    out.write(piece)
                    size += len(piece)
                    if told:
                        told(size, total or wanted.size)
            if total is not None and size < total:
                raise _RetryableError(f"it ended after {size:,} of {total:,} bytes")
            if total is not None and size > total:
                part.unlink(missing_ok=True)
                raise _RetryableError(f"it sent {size:,} bytes where it had promised {total:,}")
            return False
        finally:
            response.close()

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
        named = e.wait if isinstance(e, _RetryableError) else None
        if failures >= self.manners.tries or (named or 0) > self.manners.longest_wait:
            if named is not None:
                why += f"; it asks to wait {named:,.0f} seconds"
            raise ProviderUnreachable(url, failures, why) from e
        doubled = min(self.manners.longest_wait, self.manners.first_wait * 2.0 ** (failures - 1))
        self._sleep(doubled if named is None else named)

    def _open(self, method: str, url: str, *, params: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None,
              headers: Mapping[str, str] | None = None, secret: Mapping[str, str] | None = None) -> httpx.Response:  # fmt: skip
        target, own = httpx.URL(url, params=dict(params)) if params else httpx.URL(url), httpx.URL(url)
        for _ in range(6):
            self._throttle(target.host)
            stays = (target.scheme, target.host, target.port) == (own.scheme, own.host, own.port)
            if not stays and (secret or form):
                # httpx keeps Authorization from other hosts, but not a token of another name or a password in a form.
                raise RequestRefused(
                    url,
                    302,
                    "sent on to another host",
                    f"It points to {target.host}, to which no secret was sent. Check the address.",
                )
            request = self._client.build_request(
                method, target, data=dict(form) if form else None, headers={**(headers or {}), **(secret or {})}
            )
            response = self._client.send(request, stream=True)
            if response.status_code in RETRY_STATUSES:
                response.close()
                raise _RetryableError(f"it answered {response.status_code}", resume.parse_retry_after(response))
            if not response.has_redirect_location:
                return response
            response.close()
            target = target.join(response.headers["location"])
        raise RequestRefused(url, 310, "redirected in a circle", "Check the address.")

    def _throttle(self, host: str) -> None:
        now = self._clock()
        wait = self._last.get(host, now - self.manners.apart) + self.manners.apart - now
        if wait > 0:
            self._sleep(wait)
        self._last[host] = self._clock()


def _build_refusal(url: str, response: httpx.Response) -> RequestRefused:
    status = response.status_code
    remedy = {
        401: "The token or password was not accepted.",
        403: "Access is not allowed; were the provider's terms accepted for this account?",
        404: "There is no such file; check the version or the days.",
    }.get(status, "Try again later, or open the address in a browser.")
    return RequestRefused(url, status, response.reason_phrase, remedy)
