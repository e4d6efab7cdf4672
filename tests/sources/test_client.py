"""Downloads from a local server that truncates, misreports, stalls, redirects and refuses."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from detente.core.errors import CannotWrite, DetenteError
from detente.sources.fetch.client import DownloadClient, RetryPolicy
from detente.sources.fetch.errors import DamagedDownload, NotCached, ProviderUnreachable, RequestRefused
from detente.sources.fetch.resume import DownloadRequest
from support.fake_providers import CannedResponse, ReceivedRequest, ResponseFunction, run_provider, serve_file

BODY = bytes(range(256)) * 400  # 102,400 bytes
SUM = hashlib.md5(BODY).hexdigest()


class RecordedSleep:
    """Records the seconds of each pause instead of sleeping."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def sleep() -> RecordedSleep:
    return RecordedSleep()


def make_client(sleep: RecordedSleep, **changes: float) -> DownloadClient:
    return DownloadClient(RetryPolicy(**{"apart": 0.0, "patience": 5.0, **changes}), sleep=sleep)  # type: ignore[arg-type]


def test_download_is_cached(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A file is downloaded once and then taken from disk."""
    progress: list[tuple[int, int | None]] = []
    with run_provider(serve_file(BODY)) as p, make_client(sleep) as client:
        wanted = DownloadRequest(f"{p.url}/a.csv", tmp_path / "deep/a.csv", len(BODY), SUM)
        first = client.download(wanted, told=lambda n, total: progress.append((n, total)))
        again = client.download(wanted)
    assert wanted.to.read_bytes() == BODY
    assert (first.cached, again.cached, len(p.asked)) == (False, True, 1)
    assert progress[-1] == (len(BODY), len(BODY))
    assert sorted(x.name for x in wanted.to.parent.iterdir()) == ["a.csv", "a.csv.source.json"]


def test_interrupted_download_resumes(tmp_path: Path, sleep: RecordedSleep) -> None:
    """An interrupted download resumes where it stopped."""
    with run_provider(serve_file(BODY, cuts=[40_000, 30_000])) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert [a.headers.get("range") for a in p.asked] == [None, "bytes=40000-", "bytes=70000-"]
    assert p.asked[1].headers["if-range"] == '"one"'


def test_download_resumes_in_later_run(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A download resumes in a later run."""
    with run_provider(serve_file(BODY, cuts=[40_000, 0])) as p:
        with make_client(sleep, tries=1) as client, pytest.raises(ProviderUnreachable):
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
        with make_client(sleep) as client:
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert p.asked[-1].headers["range"] == "bytes=40000-"


def test_parts_of_different_files_never_join(tmp_path: Path, sleep: RecordedSleep) -> None:
    """Parts of two versions of a file are not joined."""
    now: list[ResponseFunction] = [serve_file(b"old" * 30_000, '"old"', cuts=[50_000])]
    with run_provider(lambda a: now[0](a)) as p, make_client(sleep, tries=1) as client:
        with pytest.raises(ProviderUnreachable):
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
        now[0] = serve_file(BODY, '"new"')
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_weak_validator_restarts_download(tmp_path: Path, sleep: RecordedSleep, etag: str | None) -> None:
    """Without a strong validator a download restarts."""
    with run_provider(serve_file(BODY, etag, cuts=[40_000])) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert [a.headers.get("range") for a in p.asked] == [None, None]


def test_complete_part_is_only_renamed(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A complete partial file is only renamed."""
    with run_provider(serve_file(BODY, cuts=[40_000])) as p:
        with make_client(sleep, tries=1) as client, pytest.raises(ProviderUnreachable):
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
        (tmp_path / "a.part").write_bytes(BODY)
        with make_client(sleep) as client:
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert len(p.asked) == 2


def test_ignored_range_restarts_download(tmp_path: Path, sleep: RecordedSleep) -> None:
    """If the server ignores the range, the file is written from the start."""
    answers = [
        CannedResponse(BODY, headers={"ETag": '"one"'}, cut=40_000),
        CannedResponse(BODY, headers={"ETag": '"one"'}),
    ]
    with run_provider(lambda a: answers.pop(0)) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY


def test_wrong_range_is_discarded(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A range other than the requested one is discarded."""
    size = len(BODY)
    answers = [
        CannedResponse(BODY, headers={"ETag": '"one"'}, cut=40_000),
        CannedResponse(BODY[10:], 206, {"Content-Range": f"bytes 10-{size - 1}/{size}"}),
        CannedResponse(BODY),
    ]
    with run_provider(lambda a: answers.pop(0)) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY


@pytest.mark.parametrize("length", [len(BODY) + 500, len(BODY) - 500])
def test_wrong_length_creates_no_file(tmp_path: Path, sleep: RecordedSleep, length: int) -> None:
    """A response of the wrong length creates no file."""
    with (
        run_provider(lambda a: CannedResponse(BODY, length=length)) as p,
        make_client(sleep, tries=3) as client,
        pytest.raises(DetenteError),
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a", size=len(BODY) if length < len(BODY) else None))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "wrong", [DownloadRequest("", Path(), len(BODY) - 1), DownloadRequest("", Path(), None, "0" * 32)]
)
def test_mismatch_is_retried_once(tmp_path: Path, sleep: RecordedSleep, wrong: DownloadRequest) -> None:
    """A file that differs from the provider's list is fetched twice, then rejected."""
    with (
        run_provider(serve_file(BODY)) as p,
        make_client(sleep) as client,
        pytest.raises(DamagedDownload, match="list"),
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a", wrong.size, wrong.md5))
    assert len(p.asked) == 2
    assert not list(tmp_path.glob("a*[!n]"))


def test_changed_cached_file_is_refetched(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A cached file that fails its checksum is fetched again."""
    (tmp_path / "a").write_bytes(BODY[:-1])
    with run_provider(serve_file(BODY)) as p, make_client(sleep) as client:
        assert not client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a", md5=SUM)).cached
    assert (tmp_path / "a").read_bytes() == BODY


def test_retry_waits_follow_server(tmp_path: Path, sleep: RecordedSleep) -> None:
    """Pauses follow Retry-After, and otherwise double."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    answers = [
        CannedResponse(status=429, headers={"Retry-After": "7"}),
        CannedResponse(status=503, headers={"Retry-After": later}),
        CannedResponse(status=500),
        CannedResponse(status=502),
        CannedResponse(BODY),
    ]
    with run_provider(lambda a: answers.pop(0)) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert sleep.waits[0] == 7
    assert 40 < sleep.waits[1] <= 50
    assert sleep.waits[2:] == [4.0, 8.0]


@pytest.mark.parametrize(
    "answer", [CannedResponse(status=500), CannedResponse(status=429, headers={"Retry-After": "86400"})]
)
def test_retries_end_with_reason(tmp_path: Path, sleep: RecordedSleep, answer: CannedResponse) -> None:
    """Retries end, and the error gives the reason."""
    with (
        run_provider(lambda a: answer) as p,
        make_client(sleep, tries=3) as client,
        pytest.raises(ProviderUnreachable) as refusal,
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert len(p.asked) == (3 if answer.status == 500 else 1)
    assert str(answer.status) in refusal.value.why
    assert ("86,400" in refusal.value.why) == (answer.status == 429)


def test_unreachable_server_is_named(tmp_path: Path, sleep: RecordedSleep) -> None:
    """The error names a server that cannot be reached."""
    with (
        make_client(sleep, tries=2) as client,
        pytest.raises(ProviderUnreachable) as refusal,
    ):
        client.download(DownloadRequest("http://127.0.0.1:9/a", tmp_path / "a"))
    assert (refusal.value.url, refusal.value.tries) == ("http://127.0.0.1:9/a", 2)


@pytest.mark.parametrize(("status", "remedy"), [(404, "version"), (403, "terms"), (401, "password"), (410, "later")])
def test_refusal_is_not_retried(tmp_path: Path, sleep: RecordedSleep, status: int, remedy: str) -> None:
    """A refusal is reported after one request."""
    with (
        run_provider(lambda a: CannedResponse(b"no", status)) as p,
        make_client(sleep) as client,
        pytest.raises(RequestRefused, match=remedy) as refusal,
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (refusal.value.status, len(p.asked)) == (status, 1)
    assert list(tmp_path.iterdir()) == []


def test_html_page_is_refused(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A web page is not stored as data."""
    page = CannedResponse(b"<html>Log in</html>", headers={"Content-Type": "text/html; charset=utf-8"})
    with run_provider(lambda a: page) as p, make_client(sleep) as client, pytest.raises(RequestRefused, match="login"):
        client.download(DownloadRequest(f"{p.url}/a.csv", tmp_path / "a.csv"))
    assert list(tmp_path.iterdir()) == []


def test_redirects_are_followed_without_loops(tmp_path: Path, sleep: RecordedSleep) -> None:
    """Redirects are followed; a loop is refused."""

    def moved(asked: ReceivedRequest) -> CannedResponse:
        to = {"/old": "/new", "/circle": "/circle"}.get(asked.path)
        return CannedResponse(status=302, headers={"Location": to}) if to else CannedResponse(BODY)

    with run_provider(moved) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/old", tmp_path / "a"))
        with pytest.raises(RequestRefused, match="redirects"):
            client.download(DownloadRequest(f"{p.url}/circle", tmp_path / "b"))
    assert (tmp_path / "a").read_bytes() == BODY


def test_redirect_never_leaks_credentials(sleep: RecordedSleep) -> None:
    """Credentials are not sent to a redirect's other host."""
    with run_provider(lambda a: CannedResponse(b"{}")) as other_host:
        redirect = CannedResponse(status=302, headers={"Location": f"{other_host.url}/catch"})
        with run_provider(lambda a: redirect) as p, make_client(sleep) as client:
            for secret, form in (({"x-ucdp-access-token": "s3cret"}, None), (None, {"password": "s3cret"})):
                with pytest.raises(RequestRefused) as refusal:
                    client.request("POST" if form else "GET", f"{p.url}/a", secret=secret, form=form)
                assert "s3cret" not in str(refusal.value)
        assert other_host.asked == []


def test_requests_are_throttled_per_host(tmp_path: Path) -> None:
    """Requests to one host are spaced in time."""
    clock = [100.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    with (
        run_provider(serve_file(BODY)) as p,
        DownloadClient(RetryPolicy(apart=2.0), sleep=sleep, clock=lambda: clock[0]) as client,
    ):
        for name in "abc":
            client.download(DownloadRequest(f"{p.url}/{name}", tmp_path / name))
            clock[0] += 0.5
    assert waits == [1.5, 1.5]


def test_offline_sends_no_request(tmp_path: Path, sleep: RecordedSleep) -> None:
    """Offline, no request is sent."""
    (tmp_path / "here").write_bytes(BODY)
    with run_provider(serve_file(BODY)) as p, DownloadClient(offline=True, sleep=sleep) as client:
        assert client.download(DownloadRequest(f"{p.url}/here", tmp_path / "here")).cached
        with pytest.raises(NotCached):
            client.download(DownloadRequest(f"{p.url}/there", tmp_path / "there"))
        with pytest.raises(NotCached):
            client.request("GET", f"{p.url}/q")
    assert p.asked == []


def test_refresh_fetches_only_changes(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A refresh downloads only a changed file."""
    now: list[ResponseFunction] = [serve_file(b"first", '"1"')]
    with run_provider(lambda a: now[0](a)) as p, make_client(sleep) as client:
        wanted = DownloadRequest(f"{p.url}/a", tmp_path / "a")
        client.download(wanted)
        assert client.download(wanted, refresh=True).cached
        now[0] = serve_file(BODY, '"2"', cuts=[1000])
        assert not client.download(wanted, refresh=True).cached
    assert wanted.to.read_bytes() == BODY


def test_old_file_stays_during_update(tmp_path: Path, sleep: RecordedSleep) -> None:
    """The older file stays until the newer one is complete."""
    now: list[ResponseFunction] = [serve_file(b"first", '"1"')]
    with run_provider(lambda a: now[0](a)) as p, make_client(sleep, tries=1) as client:
        wanted = DownloadRequest(f"{p.url}/a", tmp_path / "a")
        client.download(wanted)
        now[0] = serve_file(BODY, '"2"', cuts=[1000])
        with pytest.raises(ProviderUnreachable):
            client.download(wanted, refresh=True)
        assert wanted.to.read_bytes() == b"first"
        # The partial file is lost: its metadata must not validate the old file.
        (tmp_path / "a.part").unlink()
        client.download(wanted, refresh=True)
    assert wanted.to.read_bytes() == BODY


def test_client_uses_environment_proxy(tmp_path: Path, sleep: RecordedSleep, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy from the environment is used."""
    with run_provider(serve_file(BODY)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with make_client(sleep) as client:
            client.download(DownloadRequest("http://provider.invalid/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert proxy.asked[0].target == "http://provider.invalid/a"


def test_unwritable_folder_is_reported(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A folder that cannot be written is reported."""
    (tmp_path / "file").write_text("x")
    with run_provider(serve_file(BODY)) as p, make_client(sleep) as client, pytest.raises(CannotWrite):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "file/a"))


def _serve_two_versions(first: bytes, second: bytes, **second_headers: str) -> ResponseFunction:
    """A server that cuts the first answer and then sends the rest of another file, whatever `If-Range` says."""
    asked = 0

    def answer(request: ReceivedRequest) -> CannedResponse:
        nonlocal asked
        asked += 1
        if asked == 1:
            return CannedResponse(first, headers={"ETag": '"one"'}, cut=len(first) // 2)
        if "range" in request.headers:
            have = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {have}-{len(second) - 1}/{len(second)}"
            return CannedResponse(second[have:], 206, {"Content-Range": span, **second_headers})
        return CannedResponse(second, headers=second_headers)

    return answer


@pytest.mark.parametrize("changed", ["etag", "length"])
def test_parts_of_two_files_are_not_joined(tmp_path: Path, sleep: RecordedSleep, changed: str) -> None:
    """A rest with another ETag or another whole length is not joined to the first part."""
    first, second = b"A" * 1000, b"B" * (1000 if changed == "etag" else 1200)
    headers = {"ETag": '"two"'} if changed == "etag" else {}
    with run_provider(_serve_two_versions(first, second, **headers)) as p, make_client(sleep) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == second


@pytest.mark.parametrize("length", ["declared", "unknown"])
def test_download_over_limit_is_refused(tmp_path: Path, sleep: RecordedSleep, length: str) -> None:
    """A file over the limit is refused, whether or not its length is declared, and is not tried again."""

    def answer(_request: ReceivedRequest) -> CannedResponse:
        return CannedResponse(BODY, length=None if length == "declared" else 50_000)

    with (
        run_provider(answer) as p,
        make_client(sleep, most_bytes=40_000) as client,
        pytest.raises(RequestRefused) as error,
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert "40,000" in error.value.why
    assert len(p.asked) == 1
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/"])
def test_redirect_to_other_scheme_is_refused(tmp_path: Path, sleep: RecordedSleep, target: str) -> None:
    """A redirect to another scheme is refused at once and named as such."""

    def answer(_request: ReceivedRequest) -> CannedResponse:
        return CannedResponse(status=302, headers={"Location": target})

    with run_provider(answer) as p, make_client(sleep) as client, pytest.raises(RequestRefused) as error:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert "redirect" in error.value.why
    assert len(p.asked) == 1


def test_redirect_keeps_encryption(tmp_path: Path, sleep: RecordedSleep) -> None:
    """A redirect from https to http is refused before anything is asked there."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://data.example.org/a"})

    client = make_client(sleep)
    client._client = httpx.Client(transport=httpx.MockTransport(answer))
    with client, pytest.raises(RequestRefused):
        client.download(DownloadRequest("https://data.example.org/a", tmp_path / "a"))
    assert asked == ["https://data.example.org/a"]
