"""Downloads against a server on this machine that cuts, lies, stalls, moves and refuses."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from detente.core.errors import CannotWrite, DetenteError
from detente.sources.fetch.client import DownloadClient, RetryPolicy
from detente.sources.fetch.errors import DamagedDownload, NotCached, ProviderUnreachable, RequestRefused
from detente.sources.fetch.resume import DownloadRequest
from support.fake_providers import CannedResponse, ReceivedRequest, ResponseFunction, run_provider, serve_file

BODY = bytes(range(256)) * 400  # 102,400 bytes
SUM = hashlib.md5(BODY).hexdigest()


class Patience:
    """Counts the seconds that would have been waited."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def waited() -> Patience:
    return Patience()


def polite(waited: Patience, **changes: float) -> DownloadClient:
    return DownloadClient(RetryPolicy(**{"apart": 0.0, "patience": 5.0, **changes}), sleep=waited)  # type: ignore[arg-type]


def test_a_file_arrives_whole_and_is_not_fetched_twice(tmp_path: Path, waited: Patience) -> None:
    seen: list[tuple[int, int | None]] = []
    with run_provider(serve_file(BODY)) as p, polite(waited) as client:
        wanted = DownloadRequest(f"{p.url}/a.csv", tmp_path / "deep/a.csv", len(BODY), SUM)
        first = client.download(wanted, told=lambda n, total: seen.append((n, total)))
        again = client.download(wanted)
    assert wanted.to.read_bytes() == BODY
    assert (first.cached, again.cached, len(p.asked)) == (False, True, 1)
    assert seen[-1] == (len(BODY), len(BODY))
    assert sorted(x.name for x in wanted.to.parent.iterdir()) == ["a.csv", "a.csv.source.json"]


def test_a_cut_download_goes_on_where_it_stopped(tmp_path: Path, waited: Patience) -> None:
    with run_provider(serve_file(BODY, cuts=[40_000, 30_000])) as p, polite(waited) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert [a.headers.get("range") for a in p.asked] == [None, "bytes=40000-", "bytes=70000-"]
    assert p.asked[1].headers["if-range"] == '"one"'


def test_a_download_goes_on_in_a_later_run(tmp_path: Path, waited: Patience) -> None:
    with run_provider(serve_file(BODY, cuts=[40_000, 0])) as p:
        with polite(waited, tries=1) as client, pytest.raises(ProviderUnreachable, match="go on from there"):
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
        with polite(waited) as client:
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert p.asked[-1].headers["range"] == "bytes=40000-"


def test_halves_of_two_different_files_are_never_joined(tmp_path: Path, waited: Patience) -> None:
    now: list[ResponseFunction] = [serve_file(b"old" * 30_000, '"old"', cuts=[50_000])]
    with run_provider(lambda a: now[0](a)) as p, polite(waited, tries=1) as client:
        with pytest.raises(ProviderUnreachable):
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
        now[0] = serve_file(BODY, '"new"')
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_sure_sign_of_sameness_a_download_begins_anew(
    tmp_path: Path, waited: Patience, etag: str | None
) -> None:
    with run_provider(serve_file(BODY, etag, cuts=[40_000])) as p, polite(waited) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert [a.headers.get("range") for a in p.asked] == [None, None]


def test_a_program_killed_after_the_last_byte_only_gives_the_name(tmp_path: Path, waited: Patience) -> None:
    with run_provider(serve_file(BODY, cuts=[40_000])) as p:
        with polite(waited, tries=1) as client, pytest.raises(ProviderUnreachable):
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
        (tmp_path / "a.part").write_bytes(BODY)
        with polite(waited) as client:
            client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert len(p.asked) == 2


def test_a_server_that_ignores_the_range_is_taken_from_the_start(tmp_path: Path, waited: Patience) -> None:
    answers = [
        CannedResponse(BODY, headers={"ETag": '"one"'}, cut=40_000),
        CannedResponse(BODY, headers={"ETag": '"one"'}),
    ]
    with run_provider(lambda a: answers.pop(0)) as p, polite(waited) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY


def test_another_part_than_was_asked_for_is_not_put_in_its_place(tmp_path: Path, waited: Patience) -> None:
    size = len(BODY)
    answers = [
        CannedResponse(BODY, headers={"ETag": '"one"'}, cut=40_000),
        CannedResponse(BODY[10:], 206, {"Content-Range": f"bytes 10-{size - 1}/{size}"}),
        CannedResponse(BODY),
    ]
    with run_provider(lambda a: answers.pop(0)) as p, polite(waited) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY


@pytest.mark.parametrize("length", [len(BODY) + 500, len(BODY) - 500])
def test_a_wrong_length_never_becomes_a_file(tmp_path: Path, waited: Patience, length: int) -> None:
    with (
        run_provider(lambda a: CannedResponse(BODY, length=length)) as p,
        polite(waited, tries=3) as client,
        pytest.raises(DetenteError),
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a", size=len(BODY) if length < len(BODY) else None))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "wrong", [DownloadRequest("", Path(), len(BODY) - 1), DownloadRequest("", Path(), None, "0" * 32)]
)
def test_what_does_not_fit_the_providers_list_is_fetched_once_more_and_then_refused(
    tmp_path: Path, waited: Patience, wrong: DownloadRequest
) -> None:
    with (
        run_provider(serve_file(BODY)) as p,
        polite(waited) as client,
        pytest.raises(DamagedDownload, match="where the provider's list says"),
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a", wrong.size, wrong.md5))
    assert len(p.asked) == 2
    assert not list(tmp_path.glob("a*[!n]"))


def test_a_kept_file_that_no_longer_fits_its_checksum_is_fetched_again(tmp_path: Path, waited: Patience) -> None:
    (tmp_path / "a").write_bytes(BODY[:-1])
    with run_provider(serve_file(BODY)) as p, polite(waited) as client:
        assert not client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a", md5=SUM)).cached
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_busy_server_is_given_the_time_it_asks_for_and_else_ever_more(tmp_path: Path, waited: Patience) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    answers = [
        CannedResponse(status=429, headers={"Retry-After": "7"}),
        CannedResponse(status=503, headers={"Retry-After": later}),
        CannedResponse(status=500),
        CannedResponse(status=502),
        CannedResponse(BODY),
    ]
    with run_provider(lambda a: answers.pop(0)) as p, polite(waited) as client:
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert waited.waits[0] == 7
    assert 40 < waited.waits[1] <= 50
    assert waited.waits[2:] == [4.0, 8.0]


@pytest.mark.parametrize(
    "answer", [CannedResponse(status=500), CannedResponse(status=429, headers={"Retry-After": "86400"})]
)
def test_patience_ends_and_the_message_says_why(tmp_path: Path, waited: Patience, answer: CannedResponse) -> None:
    with (
        run_provider(lambda a: answer) as p,
        polite(waited, tries=3) as client,
        pytest.raises(ProviderUnreachable, match=f"it answered {answer.status}") as refusal,
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert len(p.asked) == (3 if answer.status == 500 else 1)
    assert ("86,400 seconds" in str(refusal.value)) == (answer.status == 429)


def test_a_server_that_is_not_there_is_named(tmp_path: Path, waited: Patience) -> None:
    with (
        polite(waited, tries=2) as client,
        pytest.raises(ProviderUnreachable, match=r"127\.0\.0\.1:9/a could not be fetched in 2"),
    ):
        client.download(DownloadRequest("http://127.0.0.1:9/a", tmp_path / "a"))


@pytest.mark.parametrize(
    ("status", "told"), [(404, "no such file"), (403, "terms"), (401, "not accepted"), (410, "later")]
)
def test_no_is_taken_for_an_answer(tmp_path: Path, waited: Patience, status: int, told: str) -> None:
    with (
        run_provider(lambda a: CannedResponse(b"no", status)) as p,
        polite(waited) as client,
        pytest.raises(RequestRefused, match=told),
    ):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "a"))
    assert len(p.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_page_for_people_is_not_taken_for_data(tmp_path: Path, waited: Patience) -> None:
    page = CannedResponse(b"<html>Log in</html>", headers={"Content-Type": "text/html; charset=utf-8"})
    with run_provider(lambda a: page) as p, polite(waited) as client, pytest.raises(RequestRefused, match="log in"):
        client.download(DownloadRequest(f"{p.url}/a.csv", tmp_path / "a.csv"))
    assert list(tmp_path.iterdir()) == []


def test_redirects_are_followed_to_the_file_but_not_in_circles(tmp_path: Path, waited: Patience) -> None:
    def moved(asked: ReceivedRequest) -> CannedResponse:
        to = {"/old": "/new", "/circle": "/circle"}.get(asked.path)
        return CannedResponse(status=302, headers={"Location": to}) if to else CannedResponse(BODY)

    with run_provider(moved) as p, polite(waited) as client:
        client.download(DownloadRequest(f"{p.url}/old", tmp_path / "a"))
        with pytest.raises(RequestRefused, match="in a circle"):
            client.download(DownloadRequest(f"{p.url}/circle", tmp_path / "b"))
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_secret_does_not_follow_a_redirect_to_another_host(waited: Patience) -> None:
    with run_provider(lambda a: CannedResponse(b"{}")) as elsewhere:
        away = CannedResponse(status=302, headers={"Location": f"{elsewhere.url}/catch"})
        with run_provider(lambda a: away) as p, polite(waited) as client:
            for secret, form in (({"x-ucdp-access-token": "s3cret"}, None), (None, {"password": "s3cret"})):
                with pytest.raises(RequestRefused) as refusal:
                    client.request("POST" if form else "GET", f"{p.url}/a", secret=secret, form=form)
                assert "s3cret" not in str(refusal.value)
        assert elsewhere.asked == []


def test_requests_to_one_host_are_kept_apart(tmp_path: Path) -> None:
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


def test_offline_nothing_is_asked(tmp_path: Path, waited: Patience) -> None:
    (tmp_path / "here").write_bytes(BODY)
    with run_provider(serve_file(BODY)) as p, DownloadClient(offline=True, sleep=waited) as client:
        assert client.download(DownloadRequest(f"{p.url}/here", tmp_path / "here")).cached
        with pytest.raises(NotCached, match="without --offline"):
            client.download(DownloadRequest(f"{p.url}/there", tmp_path / "there"))
        with pytest.raises(NotCached):
            client.request("GET", f"{p.url}/q")
    assert p.asked == []


def test_a_refresh_fetches_what_has_changed_and_leaves_what_has_not(tmp_path: Path, waited: Patience) -> None:
    now: list[ResponseFunction] = [serve_file(b"first", '"1"')]
    with run_provider(lambda a: now[0](a)) as p, polite(waited) as client:
        wanted = DownloadRequest(f"{p.url}/a", tmp_path / "a")
        client.download(wanted)
        assert client.download(wanted, refresh=True).cached
        now[0] = serve_file(BODY, '"2"', cuts=[1000])
        assert not client.download(wanted, refresh=True).cached
    assert wanted.to.read_bytes() == BODY


def test_while_a_newer_file_is_on_its_way_the_older_one_stays(tmp_path: Path, waited: Patience) -> None:
    now: list[ResponseFunction] = [serve_file(b"first", '"1"')]
    with run_provider(lambda a: now[0](a)) as p, polite(waited, tries=1) as client:
        wanted = DownloadRequest(f"{p.url}/a", tmp_path / "a")
        client.download(wanted)
        now[0] = serve_file(BODY, '"2"', cuts=[1000])
        with pytest.raises(ProviderUnreachable):
            client.download(wanted, refresh=True)
        assert wanted.to.read_bytes() == b"first"
        # The part was lost: the note of the new file must not vouch for the old one.
        (tmp_path / "a.part").unlink()
        client.download(wanted, refresh=True)
    assert wanted.to.read_bytes() == BODY


def test_a_proxy_of_the_environment_is_used(tmp_path: Path, waited: Patience, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_provider(serve_file(BODY)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with polite(waited) as client:
            client.download(DownloadRequest("http://provider.invalid/a", tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == BODY
    assert proxy.asked[0].target == "http://provider.invalid/a"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, waited: Patience) -> None:
    (tmp_path / "file").write_text("x")
    with run_provider(serve_file(BODY)) as p, polite(waited) as client, pytest.raises(CannotWrite):
        client.download(DownloadRequest(f"{p.url}/a", tmp_path / "file/a"))
