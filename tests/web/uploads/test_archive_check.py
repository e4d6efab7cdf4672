"""What is refused before anything of a file is read."""

import gzip
import stat
import zipfile
from pathlib import Path

import pytest

from detente.web.uploads.archive_check import check_archive
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import MIB
from detente.web.uploads.model import check_file_name


def zipped(path: Path, inside: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in inside.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, content)
    return path


def test_an_archive_that_unpacks_to_too_much_is_refused_by_what_it_says(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "b.zip", {f"{i}.csv": b"0" * MIB for i in range(5)})
    assert bomb.stat().st_size < MIB // 20
    check_archive(bomb, most=5 * MIB)
    with pytest.raises(UploadRefused, match="larger than 4 MiB"):
        check_archive(bomb, most=4 * MIB)


def test_gzip_which_does_not_say_its_size_is_unpacked_no_further_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(b"0" * (5 * MIB)))
    check_archive(path, most=5 * MIB)
    with pytest.raises(UploadRefused, match="larger than 4 MiB"):
        check_archive(path, most=4 * MIB)


def test_a_spreadsheet_may_unpack_to_less_than_other_archives(tmp_path: Path) -> None:
    sheet = zipped(tmp_path / "s.xlsx", {"[Content_Types].xml": b"0" * (3 * MIB)})
    with pytest.raises(UploadRefused, match="larger than 2 MiB"):
        check_archive(sheet, most=100 * MIB, most_sheet=2 * MIB)


@pytest.mark.parametrize("name", ["../x.csv", "/etc/passwd", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_an_archive_whose_names_lead_out_of_it_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UploadRefused, match="leads out of it"):
        check_archive(zipped(tmp_path / "o.zip", {name: b"x"}))


def test_an_archive_that_holds_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UploadRefused, match="is a link"):
        check_archive(zipped(tmp_path / "l.zip", {"x.csv": b"/etc/passwd"}, stat.S_IFLNK | 0o777))


def test_a_link_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "true.csv").write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "true.csv")
    with pytest.raises(UploadRefused, match="no plain file"):
        check_archive(tmp_path / "link.csv")


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 and nothing", gzip.compress(b"0" * 9999, mtime=0)[:-9]], ids=["zip", "gzip"]
)
def test_a_damaged_archive_is_told_as_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d.zip").write_bytes(content)
    with pytest.raises(UploadRefused, match=r"cannot be opened|end early"):
        check_archive(tmp_path / "d.zip")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../a.csv",
        "a/b.csv",
        "a\\b.csv",
        ".hidden.csv",
        "a" * 130 + ".csv",
        "a\x00.csv",
        "a\n.csv",
        "a.exe",
        "a",
        "é" * 110 + ".csv",
    ],
)
def test_a_name_that_leads_elsewhere_or_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(UploadRefused):
        check_file_name(name)
