"""Tests of the checks before a file is read."""

import gzip
import stat
import zipfile
from pathlib import Path

import pytest

from detente.web.uploads.archive_check import check_archive
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import MIB
from detente.web.uploads.model import check_file_name


def write_zip(path: Path, entries: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, content)
    return path


def test_zip_is_limited_by_declared_size(tmp_path: Path) -> None:
    """A zip archive over the limit by its own directory is rejected."""
    bomb = write_zip(tmp_path / "b.zip", {f"{i}.csv": b"0" * MIB for i in range(5)})
    assert bomb.stat().st_size < MIB // 20
    check_archive(bomb, most=5 * MIB)
    with pytest.raises(UploadRefused, match="more than 4 MiB"):
        check_archive(bomb, most=4 * MIB)


def test_gzip_is_limited_by_unpacked_size(tmp_path: Path) -> None:
    """A gzip file is unpacked up to the limit, since it does not declare its size."""
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(b"0" * (5 * MIB)))
    check_archive(path, most=5 * MIB)
    with pytest.raises(UploadRefused, match="more than 4 MiB"):
        check_archive(path, most=4 * MIB)


def test_spreadsheet_has_lower_limit(tmp_path: Path) -> None:
    """Spreadsheets have a lower limit than other archives."""
    sheet = write_zip(tmp_path / "s.xlsx", {"[Content_Types].xml": b"0" * (3 * MIB)})
    with pytest.raises(UploadRefused, match="more than 2 MiB"):
        check_archive(sheet, most=100 * MIB, most_sheet=2 * MIB)


@pytest.mark.parametrize("name", ["../x.csv", "/etc/passwd", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_zip_with_outside_paths_is_rejected(tmp_path: Path, name: str) -> None:
    """Entries with absolute or parent paths are rejected."""
    with pytest.raises(UploadRefused, match="leads out"):
        check_archive(write_zip(tmp_path / "o.zip", {name: b"x"}))


def test_zip_with_link_is_rejected(tmp_path: Path) -> None:
    """An entry that is a symbolic link is rejected."""
    with pytest.raises(UploadRefused, match="is a link"):
        check_archive(write_zip(tmp_path / "l.zip", {"x.csv": b"/etc/passwd"}, stat.S_IFLNK | 0o777))


def test_symbolic_link_is_rejected(tmp_path: Path) -> None:
    """A link to a valid file is rejected."""
    (tmp_path / "true.csv").write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "true.csv")
    with pytest.raises(UploadRefused, match="is a link"):
        check_archive(tmp_path / "link.csv")


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 and nothing", gzip.compress(b"0" * 9999, mtime=0)[:-9]], ids=["zip", "gzip"]
)
def test_damaged_archive_is_rejected(tmp_path: Path, content: bytes) -> None:
    """Broken zip and gzip data are rejected with the advice to send them again."""
    (tmp_path / "d.zip").write_bytes(content)
    with pytest.raises(UploadRefused, match="damaged"):
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
def test_check_file_name_rejects_unsafe_names(name: str) -> None:
    """Paths, hidden, long and unprintable names and other file types are rejected."""
    with pytest.raises(UploadRefused):
        check_file_name(name)
