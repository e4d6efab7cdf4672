"""Case files: an error names file, key, value and remedy."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from detente.brief.build import BriefRequest, build_brief
from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.cases.errors import BadCase, UnknownCase
from detente.cases.load import load_case_data
from detente.core.errors import NoSuchFile
from support.small_case import write_case_folder


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (swap('title = "Pak', "title = Pak"), ["line 5", "TOML", "title = Pak"]),
        (swap("[countries]", "colour = 3\n[countries]"), ["key colour", "value 3", "Remove the key"]),
        (swap('question = "How', 'querstion = "How'), ["question", "Add the key"]),
        (swap("latitude = 34.12", 'latitude = "north"'), ["crossings.0.latitude", "'north'", "Correct the value"]),
        (swap("latitude = 34.12", "latitude = 340.12"), ["crossings.0.latitude", "340.12"]),
        (swap('role = "mediator"', 'role = "mediater"'), ["role", "'mediater'", "allowed"]),
        (swap('role = "host"\nnote', 'role = "target"\nnote'), ["cast", "role 'target'"]),
        (lambda t: t.replace('role = "group"', 'role = "other"'), ["cast", "role 'group'"]),
        (
            swap('ucdp = ["TTP"]', 'ucdp = ["Government of Pakistan"]'),
            ["aliases.ucdp", "'Government of Pakistan'", "twice"],
        ),
        (swap('key = "JUA"', 'key = "TTP"'), ["cast", "'TTP'", "twice"]),
        (
            swap("from = 2023-01-01", "from = 2022-12-01"),
            ["windows", "'2023 to mid-2024'", "'takeover to 2022'"],
        ),
        (swap("to = 2021-12-09", "to = 2021-10-09"), ["regimes.1", "before it begins"]),
        (swap("coverage = 0.83", "coverage = 0.0"), ["windows.0.coverage", "0.0"]),
        (swap('of = "target"', ""), ["civilians", "of = 'target'"]),
        (swap('crossings = ["torkham"]', 'crossings = ["torkam"]'), ["crossing_events", "'torkam'"]),
        (swap("chronology.csv", "chronologie.csv"), ["key chronology", "no such file"]),
        (swap("geometry.geojson", "CODEBOOK.md"), ["key geometry", "not GeoJSON"]),
        (swap('"DL-20251019-01"]', '"DL-20251019-99"]'), ["truce_events", "'DL-20251019-99'", "no such event"]),
        (swap('event = "DL-20251012-02"', 'event = "DL-20251012-99"'), ["crossing_events", "'DL-20251012-99'"]),
        (swap('"linkage", ', '"linkages", '), ["demands.0.claims", "'linkages'", "Nearest: 'linkage'"]),
    ],
)
def test_invalid_case_file_names_key_and_value(tmp_path: Path, change: Callable[[str], str], parts: list[str]) -> None:
    """The error for an invalid case file names file, key, value and remedy."""
    path = write_case_folder(tmp_path)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(BadCase) as refusal:
        build_brief(BriefRequest(str(path)))
    error = refusal.value
    assert error.file == str(path)
    assert error.remedy
    assert all(part in str(error) for part in parts)


def test_case_file_must_be_utf8(tmp_path: Path) -> None:
    """A case file that is not UTF-8 is rejected."""
    path = write_case_folder(tmp_path)
    path.write_bytes(path.read_bytes().replace("ü".encode(), b"\xfc", 1))
    with pytest.raises(BadCase, match="not UTF-8"):
        load_case_file(str(path))


def test_unknown_case_suggests_nearest_shipped() -> None:
    """The error for an unknown case suggests the nearest shipped case."""
    with pytest.raises(UnknownCase) as refusal:
        load_case_file("pakistan-afganistan")
    assert refusal.value.near == ["pakistan-afghanistan"]
    assert refusal.value.known == list(find_shipped_cases())


def test_missing_case_file_is_reported(tmp_path: Path) -> None:
    """A path without a file raises an error about the case file."""
    with pytest.raises(NoSuchFile, match=r"none\.toml"):
        load_case_file(str(tmp_path / "none.toml"))


def test_copied_case_gives_shipped_events(tmp_path: Path) -> None:
    """A copied case gives the same events as the shipped one."""
    copied, ours = (
        load_case_data(load_case_file(str(write_case_folder(tmp_path)))),
        load_case_data(load_case_file("pakistan-afghanistan")),
    )
    assert copied.events == ours.events
    assert copied.release.sha256 == ours.release.sha256


def test_flagship_has_required_content() -> None:
    """The flagship has the required regimes, crossings and demands."""
    case = load_case_file("pakistan-afghanistan")
    regimes = {(r.kind, r.first) for r in case.regimes}
    assert ("takeover", date(2021, 8, 15)) in regimes
    assert {k for k, _ in regimes} == {"takeover", "truce", "fighting"}
    assert {c.key for c in case.crossings} == {"torkham", "chaman", "ghulam-khan", "kharlachi", "angoor-adda"}
    assert [len(d.claims) for d in case.demands] == [5, 4]


def test_case_file_accepts_the_old_coverage_key(tmp_path: Path) -> None:
    """Case files written before the key was renamed still load, with a warning that names the new key."""
    path = write_case_folder(tmp_path)
    text = re.sub(r"(\nto = .*\n)coverage = ", r"\1density = ", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    with pytest.warns(FutureWarning, match="is called coverage now"):
        old = load_case_file(str(path))
    assert [w.coverage for w in old.windows] == [w.coverage for w in load_case_file("pakistan-afghanistan").windows]


@pytest.mark.parametrize("key", ["../x", "/tmp/x", "X", "a b", "a" * 61, "", "data", "ask"])
def test_case_id_is_a_plain_word(tmp_path: Path, key: str) -> None:
    """The id names files and addresses, so it cannot lead elsewhere or hide a page of the server."""
    path = write_case_folder(tmp_path)
    path.write_text(
        path.read_text(encoding="utf-8").replace('id = "pakistan-afghanistan"', f'id = "{key}"', 1), "utf-8"
    )
    with pytest.raises(BadCase) as error:
        load_case_file(str(path))
    assert (error.value.key, error.value.value) == ("id", key)


@pytest.mark.parametrize("key", ["chronology", "geometry"])
@pytest.mark.parametrize("how", ["parent", "absolute", "link", "null"])
def test_case_path_stays_in_its_folder(tmp_path: Path, key: str, how: str) -> None:
    """A path that leads out of the case file's folder is refused: by its parts, from the root, or by a link."""
    (tmp_path / "case").mkdir()
    case = write_case_folder(tmp_path / "case")
    data = case.parent / "pakistan_afghanistan"
    secret = tmp_path / "secret.csv"
    secret.write_bytes((data / "chronology.csv").read_bytes())
    (case.parent / "link.csv").symlink_to(secret)
    path = {"parent": "../secret.csv", "absolute": str(secret), "link": "link.csv", "null": "a\\u0000b"}[how]
    old = {"chronology": "chronology.csv", "geometry": "geometry.geojson"}[key]
    change = swap(f'{key} = "pakistan_afghanistan/{old}"', f'{key} = "{path}"')
    case.write_text(change(case.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(BadCase) as error:
        load_case_file(str(case))
    assert error.value.key == key


@pytest.mark.parametrize("name", ["../ged.csv", "/etc/passwd", "a/../../ged.csv"])
def test_release_of_case_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    """A release that a case names lies in its folder too."""
    (tmp_path / "case").mkdir()
    case = write_case_folder(tmp_path / "case")
    text = case.read_text(encoding="utf-8")
    for line in ('chronology = "pakistan_afghanistan/chronology.csv"', 'links = "pakistan_afghanistan/responds_to.csv"',
                 'renamed = "pakistan_afghanistan/chronology_renamed.csv"',
                 'background = "pakistan_afghanistan/background.toml"'):  # fmt: skip
        text = swap(line, "")(text)
    brought = f'[[brought]]\nsource = "ucdp"\nfiles = ["{name}"]\nwhere = "https://ucdp.uu.se/downloads/"\n'
    case.write_text(text + "\n" + brought, encoding="utf-8")
    with pytest.raises(BadCase) as error:
        load_case_file(str(case))
    assert error.value.key == "brought.ucdp.files"


def test_commands_name_case_by_its_file() -> None:
    """A command names a shipped case by its id, and a case of the user by its file, without the folder."""
    case = load_case_file("pakistan-afghanistan")
    assert case.command_name == "pakistan-afghanistan"
    assert case.model_copy(update={"file": Path("work/my-case.toml")}).command_name == "my-case.toml"
