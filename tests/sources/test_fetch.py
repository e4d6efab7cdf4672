"""UCDP, GDELT and ACLED downloads, replayed by a local server in the providers' formats."""

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.core.errors import DetenteError
from detente.events.errors import UnknownCountryCode
from detente.sources.fetch import acled, gdelt, ucdp
from detente.sources.fetch.client import DownloadClient, RetryPolicy
from detente.sources.fetch.credentials import Secret, load_credentials
from detente.sources.fetch.errors import (
    DamagedDownload,
    InsecureCredentialsFile,
    MissingCredentials,
    NoFilesListed,
    NothingFound,
    RequestRefused,
    UnknownUcdpVersion,
)
from detente.sources.ucdp import parse_api_filter
from support.fake_providers import CannedResponse, ReceivedRequest, run_provider

DAY = date(2025, 10, 9)


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the user's own credentials, and direct every provider to an unused local address."""
    for name in ("UCDP_TOKEN", "ACLED_EMAIL", "ACLED_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DETENTE_SECRETS", str(tmp_path / "secrets.toml"))
    for name in ("DETENTE_UCDP_DOWNLOADS", "DETENTE_UCDP_API", "DETENTE_GDELT", "DETENTE_ACLED"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def make_client() -> DownloadClient:
    return DownloadClient(RetryPolicy(apart=0, patience=5, tries=3), sleep=lambda s: None)


def run_fetch(*args: str) -> Result:
    return CliRunner().invoke(cli, ["fetch", *args])


# ---- UCDP


def test_ucdp_version_paths() -> None:
    """Each version has the path under which UCDP publishes it."""
    paths = {v: ucdp.build_download_path(v) for v in ("24.1", "26.0.1", "23.0.10", "25.01.25.12")}
    assert paths == {
        "24.1": "ged/ged241-csv.zip",
        "26.0.1": "candidateged/GEDEvent_v26_0_1.csv",
        "23.0.10": "candidateged/GEDEvent_v23_0_10.csv",
        "25.01.25.12": "candidateged/GEDEvent_v25_01_25_12.csv",
    }
    for wrong in ("25", "25.1.", "latest", "../25.1", "2025.1"):
        with pytest.raises(UnknownUcdpVersion) as refusal:
            ucdp.build_download_path(wrong)
        assert refusal.value.version == wrong


def test_ucdp_fetches_public_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version is fetched from the public downloads."""
    with run_provider(lambda a: CannedResponse(b"id,relid\n1,x\n")) as p:
        monkeypatch.setenv("DETENTE_UCDP_DOWNLOADS", p.url)
        content = json.loads(run_fetch("ucdp", "26.0.1", "--out", str(tmp_path), "--json").stdout)
    assert [a.path for a in p.asked] == ["/candidateged/GEDEvent_v26_0_1.csv"]
    assert Path(content["files"][0]["file"]).read_bytes() == b"id,relid\n1,x\n"


def make_ucdp_api(
    total: int, token: str = "t0ken", page: int = ucdp.PAGE_SIZE
) -> Callable[[ReceivedRequest], CannedResponse]:
    def respond(asked: ReceivedRequest) -> CannedResponse:
        if asked.headers.get("x-ucdp-access-token") != token:
            return CannedResponse(b'{"message": "Access token missing or expired"}', 401)
        start = int(asked.query["page"]) * page
        rows = [
            {"id": i, "relid": f"AFG-2024-1-{i}", "year": 2024, "active_year": True, "code_status": "Clear",
             "date_start": "2024-05-13T00:00:00", "date_end": "2024-05-13T00:00:00", "best": 3, "gwnob": None,
             "source_headline": 'He said "no", twice', "latitude": 34.5}
            for i in range(start, min(start + page, total))
        ]  # fmt: skip
        content = {
            "TotalCount": total,
            "TotalPages": -(-total // page),
            "PreviousPageUrl": "",
            "NextPageUrl": "",
            "Result": rows,
        }
        return CannedResponse(json.dumps(content).encode())

    return respond


def test_ucdp_api_writes_published_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API's pages become one file in the published format."""
    monkeypatch.setenv("UCDP_TOKEN", "t0ken")
    with run_provider(make_ucdp_api(2300)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_UCDP_API", p.url)
        found = ucdp.fetch_from_api(
            client, "25.1", tmp_path, countries=[770, 700], first=date(2024, 1, 1), last=date(2024, 12, 31)
        )
    assert [a.query["page"] for a in p.asked] == ["0", "1", "2"]
    assert p.asked[0].path == "/gedevents/25.1"
    assert p.asked[0].query | {"page": ""} == {
        "pagesize": "1000", "page": "", "Country": "770,700", "StartDate": "2024-01-01", "EndDate": "2024-12-31",
    }  # fmt: skip
    with found.path.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert list(rows[0]) == list(ucdp.COLUMNS)
    assert [int(r["id"]) for r in rows] == list(range(2300))
    assert rows[7]["date_start"] == "2024-05-13 00:00:00.000"
    assert (rows[7]["active_year"], rows[7]["gwnob"], rows[7]["source_headline"]) == ("TRUE", "", 'He said "no", twice')
    assert [x.name for x in tmp_path.iterdir()] == [found.path.name]
    assert parse_api_filter(found.path.name) == (("770", "700"), date(2024, 1, 1), date(2024, 12, 31))


def test_ucdp_columns_match_published_file() -> None:
    """The columns are those of the published file."""
    file = Path(__file__).parents[3] / "shared/data/ucdp/GEDEvent_v26_0_1.csv"
    if not file.is_file():
        pytest.skip("needs the UCDP file ../shared/data/ucdp/GEDEvent_v26_0_1.csv")
    with file.open(encoding="utf-8", newline="") as f:
        assert next(csv.reader(f)) == list(ucdp.COLUMNS)


def test_ucdp_api_resumes_after_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages fetched before an error are not requested again."""
    monkeypatch.setenv("UCDP_TOKEN", "t0ken")
    whole = make_ucdp_api(2300)
    broken = [True]

    def respond(asked: ReceivedRequest) -> CannedResponse:
        return CannedResponse(status=400) if broken[0] and asked.query["page"] == "2" else whole(asked)

    with run_provider(respond) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_UCDP_API", p.url)
        with pytest.raises(RequestRefused):
            ucdp.fetch_from_api(client, "25.1", tmp_path)
        broken[0] = False
        found = ucdp.fetch_from_api(client, "25.1", tmp_path)
    assert [a.query["page"] for a in p.asked] == ["0", "1", "2", "2"]
    assert found.path.read_text().count("\n") == 2301


@pytest.mark.parametrize("fault", ["fewer rows", "another total", "no JSON", "no rows"])
def test_ucdp_api_rejects_inconsistent_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Inconsistent pages are rejected and leave no file."""
    monkeypatch.setenv("UCDP_TOKEN", "t0ken")
    whole = make_ucdp_api(2300)

    def respond(asked: ReceivedRequest) -> CannedResponse:
        if asked.query["page"] != "1":
            return whole(asked)
        content = json.loads(whole(asked).body)
        if fault == "fewer rows":
            content["Result"].pop()
        elif fault == "another total":
            content["TotalCount"] += 5
        elif fault == "no rows":
            content = {"message": "ok"}
        return CannedResponse(b"<oops>" if fault == "no JSON" else json.dumps(content).encode())

    with run_provider(respond) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_UCDP_API", p.url)
        with pytest.raises(DamagedDownload):
            ucdp.fetch_from_api(client, "25.1", tmp_path)
    assert not list(tmp_path.glob("*.csv"))


def test_expired_token_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An expired token is reported without its value."""
    monkeypatch.setenv("UCDP_TOKEN", "0ld-t0ken")
    with run_provider(make_ucdp_api(5)) as p:
        monkeypatch.setenv("DETENTE_UCDP_API", p.url)
        result = run_fetch("ucdp", "25.1", "--api", "--out", str(tmp_path))
    assert isinstance(result.exception, RequestRefused)
    assert "UCDP_TOKEN" in str(result.exception)
    assert "0ld-t0ken" not in str(result.exception) + result.output


# ---- Credentials


def test_credentials_come_from_private_file(tmp_path: Path) -> None:
    """Credentials come from a private file and are not displayed."""
    with pytest.raises(MissingCredentials) as refusal:
        load_credentials("ACLED", ["email", "password"], "")
    assert refusal.value.variables == ["ACLED_EMAIL", "ACLED_PASSWORD"]
    file = tmp_path / "secrets.toml"
    file.write_text('[acled]\nemail = "a@example.org"\npassword = "letmein"\n')
    file.chmod(0o600)
    found = load_credentials("ACLED", ["email", "password"], "")
    assert found["password"].value == "letmein"
    assert "letmein" not in f"{found} {found['password']!s}"


def test_environment_overrides_credentials_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment overrides the file."""
    (tmp_path / "secrets.toml").write_text('[ucdp]\ntoken = "file"\n')
    (tmp_path / "secrets.toml").chmod(0o600)
    assert load_credentials("UCDP", ["token"], "") == {"token": Secret("file")}
    monkeypatch.setenv("UCDP_TOKEN", "environment")
    assert load_credentials("UCDP", ["token"], "") == {"token": Secret("environment")}


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_shared_credentials_file_is_refused(tmp_path: Path) -> None:
    """A file that other users can read is refused."""
    file = tmp_path / "secrets.toml"
    file.write_text('[ucdp]\ntoken = "letmein"\n')
    file.chmod(0o644)
    with pytest.raises(InsecureCredentialsFile, match="chmod 600"):
        load_credentials("UCDP", ["token"], "")


def test_invalid_credentials_file_hides_content(tmp_path: Path) -> None:
    """An invalid file is reported without its content."""
    file = tmp_path / "secrets.toml"
    file.write_text("token = letmein\n")
    file.chmod(0o600)
    with pytest.raises(InsecureCredentialsFile) as refusal:
        load_credentials("UCDP", ["token"], "")
    assert "letmein" not in f"{refusal.value} {refusal.value.__cause__}"


# ---- GDELT


def gdelt_row(actor1: str = "", actor2: str = "", action: str = "", columns: int = 61, key: int = 1) -> bytes:
    values = [str(key).encode()] + [b""] * (columns - 1)
    values[7], values[17], values[{61: 53, 58: 51}[columns]] = actor1.encode(), actor2.encode(), action.encode()
    return b"\t".join(values) + b"\n"


def archive(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, body)
    return out.getvalue()


ROWS = [
    gdelt_row("PAK", key=1),
    gdelt_row("USA", "AFG", key=2),
    gdelt_row(action="PK", key=3),
    gdelt_row("IND", "USA", "IN", key=4),
]


class Gdelt:
    """Fake server: a file list with other kinds of file and a truncated line, and one archive per 15 minutes or day."""

    def __init__(self, stamps: list[str], daily: bool = False) -> None:
        self.files = {}
        for s in stamps:
            name = f"{s}.export.CSV"
            self.files[f"/{'events' if daily else 'gdeltv2'}/{name}.zip"] = archive(name, b"".join(ROWS))
        lines = []
        for path, data in self.files.items():
            md5 = hashlib.md5(data).hexdigest()
            if daily:
                lines.append(f"{md5}  {path.rpartition('/')[2]}")
            else:
                stem = f"http://data.gdeltproject.org{path}"
                lines += [
                    f"{len(data)} {md5} {stem}",
                    f"99 {md5} {stem.replace('export', 'mentions')}",
                    "150383 297a16b493de7cf6ca809a7cc31d0b93 http://data",
                ]
        self.list = ("\n".join(lines) + "\n").encode()
        self.missing: set[str] = set()

    def __call__(self, asked: ReceivedRequest) -> CannedResponse:
        if asked.path in ("/gdeltv2/masterfilelist.txt", "/events/md5sums"):
            return CannedResponse(self.list, headers={"ETag": f'"{len(self.list)}"'})
        if asked.path in self.files and asked.path not in self.missing:
            return CannedResponse(self.files[asked.path])
        return CannedResponse(status=404)


STAMPS = ["20251008234500", "20251009000000", "20251009001500", "20251009003000", "20251010000000"]


@pytest.mark.parametrize("daily", [False, True], ids=["version 2", "version 1"])
def test_gdelt_plans_and_verifies_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, daily: bool) -> None:
    """The files of a day are found in the list, verified and cached."""
    server = Gdelt(["20251008", "20251009", "20251010"] if daily else STAMPS, daily)
    with run_provider(server) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        wanted = gdelt.plan_downloads(client, DAY, DAY, tmp_path, daily=daily)
        assert [w.to.name[:8] for w in wanted] == ["20251009"] * (1 if daily else 3)
        for w in wanted:
            found = gdelt.fetch(client, w)
            assert hashlib.md5(found.path.read_bytes()).hexdigest() == w.md5
        asked = len(p.asked)
        for w in gdelt.plan_downloads(client, DAY, DAY, tmp_path, daily=daily):
            assert gdelt.fetch(client, w).cached
        assert len(p.asked) == asked


@pytest.mark.parametrize(
    ("countries", "keys"), [(["PAK"], [1]), (["pak", "afg"], [1, 2]), (["PK"], [3]), (["AFG", "PK", "PAK"], [1, 2, 3]), (["FRA"], [])]
)  # fmt: skip
def test_gdelt_keeps_only_country_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, countries: list[str], keys: list[int]
) -> None:
    """With countries, only their rows are stored, unchanged."""
    with run_provider(Gdelt(STAMPS)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        w = gdelt.plan_downloads(client, DAY, DAY, tmp_path)[0]
        found = gdelt.fetch(client, w, countries)
        assert found.path.read_bytes() == b"".join(ROWS[k - 1] for k in keys)
        assert gdelt.fetch(client, w, countries).cached
    # An archive without a matching row is kept: the code may be wrong.
    assert bool(list(tmp_path.glob("*.zip"))) == (not keys)


def test_gdelt_command_tells_nothing_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A country without a row is told, exits otherwise than 0, and leaves the archives."""
    args = ("gdelt", "--from", "2025-10-09", "--to", "2025-10-09", "--out", str(tmp_path))
    with run_provider(Gdelt(STAMPS)) as p:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        result = run_fetch(*args, "--country", "FR")
        assert isinstance(result.exception, NothingFound)
        assert len(list(tmp_path.glob("*.zip"))) == 3
        found = run_fetch(*args, "--country", "PK", "--json")
        assert len(json.loads(found.stdout)["files"]) == 3
    assert list(tmp_path.glob("*.zip")) == []


@pytest.mark.parametrize(
    ("args", "right"),
    [
        (("gdelt", "--from", "2025-10-09", "--to", "2025-10-09", "--country", "UA"), "UP"),
        (("gdelt", "--from", "2025-10-09", "--to", "2025-10-09", "--country", "Pakistan"), "PK"),
        (("ucdp", "25.1", "--api", "--country", "PAK"), "770"),
        (("acled", "--from", "2025-10-09", "--to", "2025-10-09", "--country", "PAK"), "'Pakistan'"),
    ],
)
def test_wrong_country_code_names_right_one(args: tuple[str, ...], right: str) -> None:
    """A code of another system is answered with the provider's own."""
    error = run_fetch(*args).exception
    assert isinstance(error, UnknownCountryCode)
    assert (error.right, error.exit_code) == (right, 2)


@pytest.mark.usefixtures("account")
def test_acled_command_tells_nothing_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No event at all is an error, and no empty file stays."""
    with run_provider(Acled(0)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_ACLED", p.url)
        with pytest.raises(NothingFound):
            acled.fetch(client, ["Pakistan"], DAY, DAY, tmp_path)
    assert list(tmp_path.glob("acled*")) == []


def test_ucdp_api_tells_nothing_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No event at all is an error, and no empty file stays."""
    monkeypatch.setenv("UCDP_TOKEN", "t0ken")
    with run_provider(make_ucdp_api(0)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_UCDP_API", p.url)
        with pytest.raises(NothingFound):
            ucdp.fetch_from_api(client, "25.1", tmp_path, countries=[770])
    assert list(tmp_path.iterdir()) == []


def test_filter_rows_uses_codebook_columns() -> None:
    """The filter uses the columns that the codebook names."""
    file = Path(__file__).parents[3] / "shared/data/gdelt/sample.export.CSV"
    if not file.is_file():
        pytest.skip("needs the GDELT sample ../shared/data/gdelt/sample.export.CSV")
    lines = file.read_bytes().splitlines(keepends=True)
    found = list(gdelt.filter_rows(lines, ["PAK", "PK"]))
    by_hand = [x for x in lines if b"PAK" in (v := x.split(b"\t"))[7:18:10] or v[53] == b"PK"]
    assert found == by_hand
    assert len(found) > 10


def test_filter_rows_keeps_odd_rows() -> None:
    """A row with an unexpected number of columns is kept."""
    odd = b"1\tshort line\n"
    assert list(gdelt.filter_rows([odd, gdelt_row("USA"), gdelt_row("PAK", columns=58)], ["PAK"])) == [
        odd,
        gdelt_row("PAK", columns=58),
    ]


def test_gdelt_reports_unlisted_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unlisted days are reported with the listed period."""
    with run_provider(Gdelt(STAMPS)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        with pytest.raises(NoFilesListed, match="2025-10-08 to 2025-10-10"):
            gdelt.plan_downloads(client, date(2014, 1, 1), date(2014, 1, 2), tmp_path)


def test_gdelt_refreshes_old_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that ends too early is fetched again."""
    with run_provider(Gdelt(STAMPS)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        gdelt.plan_downloads(client, DAY, DAY, tmp_path)
    with run_provider(Gdelt([*STAMPS, "20251201000000"])) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        assert len(gdelt.plan_downloads(client, date(2025, 12, 1), date(2025, 12, 1), tmp_path)) == 1


def test_gdelt_refuses_damaged_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged archive is fetched twice, then rejected."""
    server = Gdelt(STAMPS)
    path = "/gdeltv2/20251009000000.export.CSV.zip"
    good = server.files[path]
    server.files[path] = good[:-1] + b"?"
    with run_provider(server) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        w = gdelt.plan_downloads(client, DAY, DAY, tmp_path)[0]
        with pytest.raises(DamagedDownload, match="MD5"):
            gdelt.fetch(client, w, ["PAK"])
    assert sum(a.path == path for a in p.asked) == 2
    assert [x.name for x in tmp_path.iterdir() if x.name.startswith("2025") and not x.name.endswith(".json")] == []


def test_gdelt_reports_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file is reported, and the others are fetched."""
    server = Gdelt(STAMPS)
    server.missing.add("/gdeltv2/20251009001500.export.CSV.zip")
    with run_provider(server) as p:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        result = run_fetch("gdelt", "--from", "2025-10-09", "--to", "2025-10-09", "--out", str(tmp_path), "--json")
    content = json.loads(result.stdout)
    assert (len(content["files"]), len(content["missing"])) == (2, 1)
    assert isinstance(result.exception, DetenteError)
    assert result.exception.exit_code == 10


def test_gdelt_dry_run_fetches_list_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dry run fetches only the list."""
    with run_provider(Gdelt(STAMPS)) as p:
        monkeypatch.setenv("DETENTE_GDELT", p.url)
        result = run_fetch(
            "gdelt", "--from", "2025-10-09", "--to", "2025-10-09", "--out", str(tmp_path), "--dry-run", "--json"
        )
    assert len(json.loads(result.stdout)["would_fetch"]) == 3
    assert [a.path for a in p.asked] == ["/gdeltv2/masterfilelist.txt"]


# ---- ACLED


class Acled:
    """Fake server: it issues tokens that expire after `life` requests, and serves pages of 5,000 rows."""

    def __init__(self, rows: int, life: int = 10**6) -> None:
        self.rows, self.life = rows, life
        self.token, self.left, self.logins = "", 0, list[str]()
        self.refresh_works = True

    def __call__(self, asked: ReceivedRequest) -> CannedResponse:
        if asked.path == "/oauth/token":
            grant = asked.body.get("grant_type", "")
            self.logins.append(grant)
            right = {
                "password": (asked.body.get("username"), asked.body.get("password")) == ("a@example.org", "p&ss wörd"),
                "refresh_token": self.refresh_works and asked.body.get("refresh_token") == f"r-{self.token}",
            }.get(grant, False)
            if not right or asked.body.get("client_id") != "acled":
                return CannedResponse(json.dumps({"error": "invalid_grant", "sent": asked.body}).encode(), 400)
            self.token, self.left = f"token-{len(self.logins)}", self.life
            content = {
                "token_type": "Bearer",
                "expires_in": 86400,
                "access_token": self.token,
                "refresh_token": f"r-{self.token}",
            }
            return CannedResponse(json.dumps(content).encode())
        if asked.headers.get("authorization") != f"Bearer {self.token}" or self.left <= 0:
            return CannedResponse(b'{"message": "The resource owner or authorization server denied the request."}', 401)
        self.left -= 1
        page = int(asked.query["page"])
        span = range((page - 1) * acled.PAGE_SIZE, min(page * acled.PAGE_SIZE, self.rows))
        data = [
            dict.fromkeys(acled.COLUMNS, "")
            | {"event_id_cnty": f"PAK{i}", "event_date": "2025-10-09", "notes": 'a "quoted", note\nof two lines'}
            for i in span
        ]
        return CannedResponse(json.dumps({"status": 200, "success": True, "count": len(data), "data": data}).encode())


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACLED_EMAIL", "a@example.org")
    monkeypatch.setenv("ACLED_PASSWORD", "p&ss wörd")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("rows", [3, 5000, 11_000])
def test_acled_merges_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """All pages become one file in the format of an export."""
    with run_provider(Acled(rows)) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_ACLED", p.url)
        found = acled.fetch(client, ["Pakistan", "Afghanistan"], DAY, DAY, tmp_path)
    with found.path.open(encoding="utf-8", newline="") as f:
        read = list(csv.reader(f))
    assert read[0] == list(acled.COLUMNS)
    assert [r[0] for r in read[1:]] == [f"PAK{i}" for i in range(rows)]
    question = p.asked[1].query
    assert (question["country"], question["event_date"], question["event_date_where"]) == (
        "Pakistan|Afghanistan",
        "2025-10-09|2025-10-09",
        "BETWEEN",
    )


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("refresh", [True, False], ids=["renewed", "logged in again"])
def test_acled_renews_expired_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refresh: bool) -> None:
    """A token that expires between pages is renewed without loss."""
    server = Acled(11_000, life=2)
    server.refresh_works = refresh
    with run_provider(server) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_ACLED", p.url)
        found = acled.fetch(client, ["Pakistan"], DAY, DAY, tmp_path)
    assert server.logins == ["password", "refresh_token"] + ["password"] * (not refresh)
    with found.path.open(encoding="utf-8", newline="") as f:
        assert [r[0] for r in csv.reader(f)][1:] == [f"PAK{i}" for i in range(11_000)]


def test_wrong_password_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password is reported without its value."""
    monkeypatch.setenv("ACLED_EMAIL", "a@example.org")
    monkeypatch.setenv("ACLED_PASSWORD", "wr0ng-s3cret")
    with run_provider(Acled(3)) as p:
        monkeypatch.setenv("DETENTE_ACLED", p.url)
        result = run_fetch(
            "acled", "--country", "Pakistan", "--from", "2025-10-09", "--to", "2025-10-09", "--out", str(tmp_path)
        )
    assert isinstance(result.exception, RequestRefused)
    chain = f"{result.exception} {result.exception.__cause__} {result.exception.__context__} {result.output}"
    assert "ACLED_PASSWORD" in chain
    assert "wr0ng-s3cret" not in chain
    assert list(tmp_path.glob("acled*")) == []


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (CannedResponse(b"{}", 403), RequestRefused, "terms"),
        (CannedResponse(b'{"success": false, "error": "bad country"}'), DamagedDownload, "format"),
        (
            CannedResponse(b'{"success": true, "count": 9, "data": []}'),
            DamagedDownload,
            "0 rows.* 9",
        ),
        (
            CannedResponse(b'{"success": true, "count": 2, "data": [{"a": 1}, {"b": 2}]}'),
            DamagedDownload,
            "columns change",
        ),
        (CannedResponse(b"<html>"), DamagedDownload, "format"),
    ],
)
def test_acled_rejects_invalid_response(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: CannedResponse, error: type[DetenteError], why: str
) -> None:
    """A response that is not a list of events is rejected."""
    good = Acled(3)
    with run_provider(lambda a: good(a) if a.path == "/oauth/token" else answer) as p, make_client() as client:
        monkeypatch.setenv("DETENTE_ACLED", p.url)
        with pytest.raises(error, match=why):
            acled.fetch(client, ["Pakistan"], DAY, DAY, tmp_path)
    assert list(tmp_path.glob("acled*")) == []


# ---- The command


def test_acled_command_names_missing_credentials(tmp_path: Path) -> None:
    """Without an account, the error names the variables to set."""
    result = run_fetch(
        "acled", "--country", "Pakistan", "--from", "2025-10-09", "--to", "2025-10-09", "--out", str(tmp_path)
    )
    assert isinstance(result.exception, MissingCredentials)
    assert result.exception.variables == ["ACLED_EMAIL", "ACLED_PASSWORD"]


@pytest.mark.parametrize(
    "args",
    [
        ["ucdp", "25.1", "--country", "770"],
        ["gdelt", "--from", "2025-10-09", "--to", "2025-10-08"],
        ["acled", "--from", "2025-10-09", "--to", "2025-10-09"],
    ],
)
def test_fetch_rejects_invalid_arguments(args: list[str]) -> None:
    """Invalid arguments are rejected before any request."""
    assert run_fetch(*args).exit_code == 2


def test_ucdp_dry_run_lists_files(tmp_path: Path) -> None:
    """A dry run lists addresses and files."""
    result = run_fetch("ucdp", "25.1", "26.0.1", "--dry-run", "--json", "--out", str(tmp_path))
    assert [Path(r["url"]).name for r in json.loads(result.stdout)["would_fetch"]] == [
        "ged251-csv.zip",
        "GEDEvent_v26_0_1.csv",
    ]
    assert list(tmp_path.iterdir()) == []
