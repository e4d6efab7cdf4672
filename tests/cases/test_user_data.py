"""Cases from user data, aliases that depend on day and country, and new case files."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cases.actors import UnknownActor, list_known_names, map_unambiguous_names, resolve_actors
from detente.cases.case_file import load_case_file
from detente.cases.errors import BadCase, MissingUserData
from detente.cases.load import load_case_data
from detente.cli.main import cli
from support.provider_rows import change_row, encode_file, make_rows
from support.small_case import write_case_folder

# Files in a folder are still read, with a warning; test_data_door.py tests the store.
pytestmark = pytest.mark.filterwarnings("ignore:Case .* reads .* files from:FutureWarning")

FLAGSHIP = load_case_file("pakistan-afghanistan")
PKK = load_case_file("turkiye-iraq-pkk")

TURKEY = {
    "side_a": "Government of Turkey", "side_a_new_id": "115", "side_b": "PKK", "side_b_new_id": "323", "country": "Turkey", "year": "2026",
    "country_id": "640", "adm_1": "Hakkari province", "where_coordinates": "Yüksekova town", "date_start": "2026-01-05 00:00:00.000",
    "date_end": "2026-01-05 00:00:00.000",
}  # fmt: skip
IRAQ = {**TURKEY, "country": "Iraq", "country_id": "645", "adm_1": "Duhok governorate"}


@pytest.fixture
def ucdp_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write two synthetic months of UCDP Candidate into a data folder; the second corrects one event of the first."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path))
    a, b, c, d, e, f = make_rows("ucdp-49", 6)
    civilians = {**IRAQ, "type_of_violence": "3", "side_b": "Civilians", "side_b_new_id": "1"}
    unknown = {**IRAQ, "side_a": "PKKK", "side_a_new_id": "9", "side_b": "IS", "side_b_new_id": "234"}
    (tmp_path / "ucdp").mkdir()
    (tmp_path / "ucdp/GEDEvent_v26_0_1.csv").write_bytes(
        encode_file("ucdp-49", [change_row("ucdp-49", a, **TURKEY), change_row("ucdp-49", b, **IRAQ), change_row("ucdp-49", c, **civilians),
                         change_row("ucdp-49", d, **unknown), e, change_row("ucdp-49", f, **TURKEY, best="many")])
    )  # fmt: skip
    later = {"date_start": "2026-02-20 00:00:00.000", "date_end": "2026-02-20 00:00:00.000"}
    (tmp_path / "ucdp/GEDEvent_v26_0_2.csv").write_bytes(
        encode_file("ucdp-49", [change_row("ucdp-49", a, **TURKEY, best="6"), change_row("ucdp-49", e, **{**IRAQ, **later, "side_a": "115"})])
    )  # fmt: skip
    return tmp_path


def test_missing_user_data_names_source_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for missing user data names the source, the folder and where to get the file."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path))
    with pytest.raises(MissingUserData) as refusal:
        load_case_data(PKK)
    error = refusal.value
    assert (error.case, error.source, error.folder) == (PKK.id, "ucdp", tmp_path / "ucdp")
    assert "https://ucdp.uu.se/downloads/" in error.where


def test_user_data_rows_are_accounted_for(ucdp_files: Path) -> None:
    """Every row is an event, elsewhere, superseded, later or rejected."""
    g = load_case_data(PKK)
    assert (len(g.events), g.elsewhere, g.superseded, g.later, len(g.set_aside), g.rows) == (4, 1, 1, 0, 2, 8)
    faults = {f.column: f for s in g.set_aside for f in s.faults}
    assert faults["best"].value == "many"
    assert faults["initiator"].value == "PKKK"
    assert "Nearest: 'PKK'" in faults["initiator"].remedy
    assert {(e.initiators, e.recipients, g.channel(e)) for e in g.events} == {
        (("TUR", "PKK"), (), "attack"),
        (("TUR", "PKK"), (), "strike"),
        (("TUR",), ("IRQ_CIV",), "strike"),
    }


def test_later_release_applies_from_publication(ucdp_files: Path) -> None:
    """A later release applies from its day of publication."""
    old, new = load_case_data(PKK, date(2026, 3, 1)), load_case_data(PKK)
    assert (old.later, len(old.events), old.rows) == (2, 3, 8)
    (corrected,) = {e.id for e in old.events} - {e.id for e in new.events if e.tolls.best == 5}
    assert (old.event(corrected).tolls.best, new.event(corrected).tolls.best) == (5, 6)
    assert new.as_of == date(2026, 3, 31)


def test_days_without_release_are_not_covered(ucdp_files: Path) -> None:
    """Days that no release covers are not observed."""
    g = load_case_data(PKK)
    assert g.coverage.days(date(2015, 7, 20), date(2026, 12, 31)) == 31 + 28
    assert not g.coverage.watched(date(2025, 12, 31))
    assert g.watched_to == date(2026, 2, 28)
    assert load_case_data(PKK, date(2026, 3, 1)).watched_to == date(2026, 1, 31)


@pytest.mark.parametrize(
    "command",
    ["case show", "case show --set-aside", "case show --unassigned", "events", "measure rates", "measure counts", "measure episodes",
     "measure truces", "measure crossings"],
)  # fmt: skip
@pytest.mark.parametrize("case", ["turkiye-iraq-pkk", "rwanda-drcongo-fdlr"])
def test_commands_accept_user_data(ucdp_files: Path, case: str, command: str) -> None:
    """The commands work on a case from user data."""
    verb, *options = command.split(" --")
    done = CliRunner().invoke(cli, [*verb.split(), case, *(f"--{o}" for o in options)], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout


def test_counts_by_year_mark_uncollected_years(ucdp_files: Path) -> None:
    """A year without its file has no count, and of one collected in part the days are told."""
    done = CliRunner().invoke(cli, ["measure", "counts", "turkiye-iraq-pkk"], catch_exceptions=False)
    heading, strike = (line.split() for line in done.stdout.splitlines() if line.startswith(("channel", "strike")))
    years = dict(zip(heading, strike, strict=True))
    assert (years["2025"], years["2026*"], years["total"]) == ("–", "3", "3")
    assert "Days collected: 59 of 90 in 2026." in done.stdout


@pytest.mark.parametrize("measure", ["counts", "rates"])
def test_unrecorded_kinds_are_not_zero(ucdp_files: Path, measure: str) -> None:
    """Of a kind that the source does not record the number is unknown; of one that it records, zero is a count."""
    done = CliRunner().invoke(cli, ["measure", measure, "turkiye-iraq-pkk"], catch_exceptions=False)
    last = {
        line.split()[0]: line.split()[-1] for line in done.stdout.splitlines() if line.startswith(("pres", "clash"))
    }
    assert last == {"pressure": "–", "clash": "0"}


def test_status_shows_no_zero_for_unknown_days(ucdp_files: Path) -> None:
    """Before the first file nothing was collected: the earlier count is a dash, and the text says how many days are known."""
    command = ["status", "turkiye-iraq-pkk", "--as-of", "2026-03-01"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    (strike,) = (line.split() for line in done.stdout.splitlines() if line.startswith("strike"))
    assert strike == ["strike", "2", "–"]
    assert "1 of the 30 days from 3 December 2025 to 1 January 2026" in " ".join(done.stdout.split())


def test_relation_without_recorded_words_is_empty(ucdp_files: Path) -> None:
    """A source of deadly violence alone gives no index of relations, as in Python."""
    for options in ([], ["--json"]):
        done = CliRunner().invoke(cli, ["measure", "relation", "turkiye-iraq-pkk", *options], catch_exceptions=False)
        assert json.loads(done.stdout)["weeks"] == [] if options else "No index" in done.stdout


def test_user_data_keeps_its_licence(ucdp_files: Path) -> None:
    """User data is cited with its own licence."""
    from detente.brief.build import build_datasets
    from detente.claims.context import ClaimContext

    first, *_ = build_datasets(ClaimContext(load_case_data(PKK)))
    assert (first.name.split(":")[0], first.licence) == ("UCDP", "CC BY 4.0")
    assert "Compiled for this project" not in first.cite
    ours, *_ = build_datasets(ClaimContext(load_case_data(FLAGSHIP)))
    assert "Compiled for this project" in ours.cite


def test_brief_without_map_says_so(ucdp_files: Path) -> None:
    """The brief of a case without a map says that distances are unknown."""
    from detente.brief.build import BriefRequest, build_brief
    from detente.brief.render.markdown import render_markdown

    document = build_brief(BriefRequest("turkiye-iraq-pkk", checks=False))
    assert all(p.key != "map" for p in document.pictures)
    (nearer,) = [e for s in document.sections for f in s.points for e in f.estimates if e.key == "nearer"]
    assert not nearer.enough
    assert "without a map" in nearer.why_not
    assert render_markdown(document).startswith(f"# {document.question}")


def test_unknown_names_are_listed_with_nearest(ucdp_files: Path) -> None:
    """Unknown names are listed with the nearest known names."""
    done = CliRunner().invoke(
        cli, ["case", "show", "turkiye-iraq-pkk", "--strangers", "--json"], catch_exceptions=False
    )
    (unknown,) = json.loads(done.stdout)
    assert (unknown["name"], unknown["rows"], unknown["nearest"][0]) == ("PKKK", 1, "PKK")


def test_distance_without_map_is_rejected(ucdp_files: Path) -> None:
    """Distances are rejected for a case without a map."""
    done = CliRunner().invoke(cli, ["measure", "distance", "turkiye-iraq-pkk"])
    assert isinstance(done.exception, BadCase)
    assert "without a map" in str(done.exception)


@pytest.mark.parametrize(
    ("source", "name", "day", "country", "key"),
    [
        ("ucdp", "Government of Afghanistan", date(2022, 1, 1), "AFG", "AFG"),
        ("ucdp", "Taleban", date(2021, 8, 14), "AFG", "AFG"),
        ("ucdp", "Government of Afghanistan", date(2021, 8, 14), "AFG", None),
        ("ucdp", "Taleban", date(2022, 1, 1), "AFG", None),
        ("gdelt", "PAKMIL", date(2022, 1, 1), "PAK", "PAK"),
        ("gdelt", "PAKREB", date(2022, 1, 1), "PAK", None),
    ],
)
def test_name_resolves_by_day(source: str, name: str, day: date, country: str, key: str | None) -> None:
    """A name resolves to the actor that it meant on that day."""
    if key is None:
        with pytest.raises(UnknownActor):
            resolve_actors(FLAGSHIP, source, (name,), "row 2", day=day, country=country)
    else:
        assert resolve_actors(FLAGSHIP, source, (name,), "row 2", day=day, country=country) == (key,)


def test_civilians_codes_prefixes_and_allies_resolve() -> None:
    """Civilians resolve by country; codes, prefixes and lists of allies resolve too."""
    day = date(2025, 1, 1)
    civilians = [resolve_actors(PKK, "ucdp", ("Civilians",), "", day=day, country=c) for c in ("TUR", "IRQ")]
    assert civilians == [("TUR_CIV",), ("IRQ_CIV",)]
    with pytest.raises(UnknownActor):
        resolve_actors(PKK, "ucdp", ("Civilians",), "", day=day, country="SYR")
    assert resolve_actors(PKK, "ucdp", ("A new spelling",), "", day=day, codes=("115",)) == ("TUR",)
    assert resolve_actors(PKK, "ucdp", ("XXX645",), "", day=day) == ("UNK",)
    assert resolve_actors(PKK, "acled", ("Military Forces of Turkey (2016-)",), "", day=day) == ("TUR",)
    assert resolve_actors(PKK, "ucdp", ("Government of Iraq, Government of Iran",), "", day=day) == ("IRQ", "IRN")
    with pytest.raises(UnknownActor):
        resolve_actors(PKK, "ucdp", ("Government of Iraq, Somebody",), "", day=day)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('{ name = "Civilians", in = "IRQ" }', '{ name = "Civilians" }', "'Civilians'"),
        ('ucdp = ["KDP"]', 'ucdp = [{ nam = "KDP" }]', "nam"),
        ('title = "Türkiye, Iraq and the PKK"', 'title = "T"\nchronology = "x.csv"', "both"),
    ],
)
def test_invalid_cast_or_source_is_rejected(tmp_path: Path, old: str, new: str, part: str) -> None:
    """A case file with an invalid cast or source is rejected."""
    text = PKK.file.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "case.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadCase) as refusal:
        load_case_file(str(tmp_path / "case.toml"))
    assert part in str(refusal.value)


def test_unambiguous_names_exclude_conditional_names() -> None:
    """Names that depend on day or country are not among the unambiguous names."""
    known = map_unambiguous_names(PKK, "ucdp")
    assert known["PKK"] == known["323"] == "PKK"
    assert not {"Civilians", "XXX*"} & set(known)
    assert {"Civilians", "XXX*"} <= set(list_known_names(PKK, "ucdp"))


def test_name_may_change_actor_over_time(tmp_path: Path) -> None:
    """One name may mean two actors at different times."""
    path = write_case_folder(tmp_path)
    text = path.read_text(encoding="utf-8").replace(
        'ucdp = ["TTP"]', 'ucdp = ["TTP", { name = "Taleban", from = 2021-08-15 }]'
    )
    path.write_text(text, encoding="utf-8")
    case = load_case_file(str(path))
    assert [resolve_actors(case, "ucdp", ("Taleban",), "", day=d) for d in (date(2021, 8, 14), date(2022, 1, 1))] == [
        ("AFG",),
        ("TTP",),
    ]


def test_new_case_lists_actors_from_release(ucdp_files: Path, tmp_path: Path) -> None:
    """A new case lists all actors of a release, with the target's main opponent as group."""
    out = tmp_path / "mine.toml"
    args = [
        "case",
        "new",
        "mine",
        "--target",
        "Türkiye",
        "--host",
        "IRQ",
        "--data",
        str(ucdp_files / "ucdp/GEDEvent_v26_0_1.csv"),
        "--out",
        str(out),
    ]
    done = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert done.exit_code == 0
    case = load_case_file(str(out))
    assert {(a.name, a.role) for a in case.cast if a.role in ("target", "host", "group")} == {
        ("Türkiye", "target"), ("Iraq", "host"), ("PKK", "group"),
    }  # fmt: skip
    assert {"PKKK", "IS"} <= {a.name for a in case.cast if a.role == "other"}
    assert "DECIDE" in out.read_text(encoding="utf-8")
    g = load_case_data(case)
    assert (len(g.events), g.elsewhere) == (4, 1)
    before = out.read_bytes()
    again = CliRunner().invoke(cli, args)
    assert again.exit_code != 0
    assert out.read_bytes() == before


def test_new_case_works_without_data(tmp_path: Path) -> None:
    """A new case without data needs its days, and an unknown country is rejected with suggestions."""
    out = tmp_path / "mine.toml"
    args = ["case", "new", "a-name", "--target", "COL", "--host", "Venezuela", "--out", str(out)]
    assert CliRunner().invoke(cli, args).exit_code == 2
    days = ["--from", "2016-11-24", "--to", "2025-12-31"]
    assert CliRunner().invoke(cli, [*args, *days]).exit_code == 0
    case = load_case_file(str(out))
    assert (case.id, case.first, case.last) == ("a-name", date(2016, 11, 24), date(2025, 12, 31))
    bad = CliRunner().invoke(cli, ["case", "new", 'a "name"', "--target", "COL", "--host", "VEN", "--out", str(out)])
    assert (bad.exit_code, "cannot name a case" in bad.output) == (2, True)
    done = CliRunner().invoke(
        cli, ["case", "new", "x", "--target", "Columbia", "--host", "VEN", *days, "--out", str(tmp_path / "x.toml")]
    )
    assert "colombia" in str(done.exception)
    assert not (tmp_path / "x.toml").exists()


def test_new_case_folder_can_be_moved(ucdp_files: Path, tmp_path: Path) -> None:
    """A release in the case's folder is named by its relative path, so the folder is read elsewhere too."""
    folder = tmp_path / "before"
    folder.mkdir()
    shutil.copy(ucdp_files / "ucdp/GEDEvent_v26_0_1.csv", folder)
    args = ["case", "new", "mine", "--target", "TUR", "--host", "IRQ", "--out", str(folder / "mine.toml")]
    done = CliRunner().invoke(cli, [*args, "--data", str(folder / "GEDEvent_v26_0_1.csv")], catch_exceptions=False)
    assert done.exit_code == 0
    folder.rename(tmp_path / "after")
    case = load_case_file(str(tmp_path / "after/mine.toml"))
    assert case.brought[0].files == ("GEDEvent_v26_0_1.csv",)
    assert len(load_case_data(case).events) == 4


def test_new_case_names_no_file_elsewhere(ucdp_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release outside the case's folder and the data folder gives its actors, and is not named in the file."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "elsewhere"))
    (tmp_path / "cases").mkdir()
    args = ["case", "new", "mine", "--target", "TUR", "--host", "IRQ", "--out", str(tmp_path / "cases/mine.toml")]
    release = str(ucdp_files / "ucdp/GEDEvent_v26_0_1.csv")
    done = CliRunner().invoke(cli, [*args, "--data", release], catch_exceptions=False)
    assert done.exit_code == 0
    assert release in done.stderr
    case = load_case_file(str(tmp_path / "cases/mine.toml"))
    assert case.brought[0].files == ()
    assert "PKK" in {a.name for a in case.cast}


@pytest.mark.parametrize(
    ("name", "target", "host", "gaps"),
    [
        (
            "03b-acled-yem-sau.csv",
            "YEM",
            "SAU",
            ["Yemen (the target)", "fights Yemen", "Saudi Arabia: the release", "1 rejected"],
        ),
        ("28-drc-rwanda-extract.csv", "COD", "RWA", ["fights DR Congo and is named in an event in Rwanda"]),
    ],
)
def test_new_case_invents_nothing(tmp_path: Path, name: str, target: str, host: str, gaps: list[str]) -> None:
    """Days come from plausible rows, labels hold no years, and what was not found is listed."""
    file = Path(__file__).parents[3] / "shared/data/hard" / name
    if not file.is_file():
        pytest.skip("needs the folder ../shared/data/hard")
    out = tmp_path / "mine.toml"
    args = ["case", "new", "mine", "--target", target, "--host", host, "--data", str(file), "--out", str(out), "--json"]
    told = json.loads(CliRunner().invoke(cli, args, catch_exceptions=False).stdout)
    case = load_case_file(str(out))
    assert 2000 < case.first.year <= case.last.year < 2027
    assert not any("(20" in a.name for a in case.cast)
    assert all(any(part in gap for gap in told["not_found"]) for part in gaps)
    assert len(told["not_found"]) == len(gaps) + 1
    wrong = [
        "case",
        "new",
        "x",
        "--target",
        "FRA",
        "--host",
        "ESP",
        "--data",
        str(file),
        "--out",
        str(tmp_path / "x.toml"),
    ]
    assert isinstance(CliRunner().invoke(cli, wrong).exception, BadCase)
    assert not (tmp_path / "x.toml").exists()


def write_two_months(folder: Path) -> Path:
    """Write UCDP's files of October 2023 and January 2026, whose first events are on the 4th and the 9th."""
    folder.mkdir()
    for name, day, key in (("GEDEvent_v23_0_10.csv", "2023-10-04", "1"), ("GEDEvent_v26_0_1.csv", "2026-01-09", "2")):
        at = {"date_start": f"{day} 00:00:00.000", "date_end": f"{day} 00:00:00.000", "year": day[:4], "id": key}
        row = change_row("ucdp-49", make_rows("ucdp-49", 1)[0], **{**TURKEY, **at})
        (folder / name).write_bytes(encode_file("ucdp-49", [row]))
    return folder


def new_case(out: Path, *args: str) -> Result:
    start = ["case", "new", "mine", "--target", "TUR", "--host", "IRQ", "--out", str(out)]
    return CliRunner().invoke(cli, [*start, *args], catch_exceptions=False)


def test_folder_covers_what_its_files_cover(tmp_path: Path) -> None:
    """A case that names a folder of months is the case that names each month: the months between are unknown."""
    folder = write_two_months(tmp_path / "data")
    names = [f"--data={p}" for p in sorted(folder.iterdir())]
    new_case(tmp_path / "each.toml", *names)
    new_case(tmp_path / "folder.toml", f"--data={folder}")
    each, whole = (load_case_data(load_case_file(str(tmp_path / f"{n}.toml"))) for n in ("each", "folder"))
    assert (each.events, each.release, each.covered) == (whole.events, whole.release, whole.covered)
    assert whole.coverage.spans(whole.case.first, whole.case.last) == (
        (date(2023, 10, 1), date(2023, 10, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
    )
    assert each.coverage.by_day.tolist() == whole.coverage.by_day.tolist()


def test_new_case_takes_several_files(tmp_path: Path) -> None:
    """Several --data are all named in the case, which begins and ends with the days that they cover."""
    folder = write_two_months(tmp_path / "data")
    new_case(tmp_path / "mine.toml", *(f"--data={p}" for p in sorted(folder.iterdir())))
    case = load_case_file(str(tmp_path / "mine.toml"))
    assert case.brought[0].files == ("data/GEDEvent_v23_0_10.csv", "data/GEDEvent_v26_0_1.csv")
    assert (case.first, case.last) == (date(2023, 10, 1), date(2026, 1, 31))


def test_new_case_advises_to_ingest_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that the case cannot name are to be put into the store, all of them."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "elsewhere"))
    files = sorted(write_two_months(tmp_path / "data").iterdir())
    (tmp_path / "cases").mkdir()
    done = new_case(tmp_path / "cases/mine.toml", *(f"--data={p}" for p in files))
    assert load_case_file(str(tmp_path / "cases/mine.toml")).brought[0].files == ()
    assert f"detente ingest {files[0]} {files[1]}" in done.stderr


def test_new_case_refuses_two_sources(tmp_path: Path) -> None:
    """A new case has one source, so files of two are refused."""
    folder = write_two_months(tmp_path / "data")
    (folder / "acled.csv").write_bytes(encode_file("acled-new", make_rows("acled-new", 1)))
    with pytest.raises(BadCase):
        new_case(tmp_path / "mine.toml", f"--data={folder}")
    assert not (tmp_path / "mine.toml").exists()
