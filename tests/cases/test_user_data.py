"""Cases made from releases that the user brings, names that depend on day and country, and how a case is begun."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cases.actors import UnknownActor, list_known_names, map_unambiguous_names, resolve_actors
from detente.cases.case_file import load_case_file
from detente.cases.errors import BadCase, MissingUserData
from detente.cases.load import load_case_data
from detente.cli.main import cli
from support.provider_rows import change_row, encode_file, make_rows
from support.small_case import write_case_folder

FLAGSHIP = load_case_file("pakistan-afghanistan")
PKK = load_case_file("turkiye-iraq-pkk")

TURKEY = {
    "side_a": "Government of Turkey", "side_a_new_id": "115", "side_b": "PKK", "side_b_new_id": "323", "country": "Turkey",
    "country_id": "640", "adm_1": "Hakkari province", "where_coordinates": "Yüksekova town", "date_start": "2026-01-05 00:00:00.000",
    "date_end": "2026-01-05 00:00:00.000",
}  # fmt: skip
IRAQ = {**TURKEY, "country": "Iraq", "country_id": "645", "adm_1": "Duhok governorate"}


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two months of a made UCDP Candidate in a data folder; the second corrects one event of the first."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path))
    a, b, c, d, e, f = make_rows("ucdp-49", 6)
    civilians = {**IRAQ, "type_of_violence": "3", "side_b": "Civilians", "side_b_new_id": "1"}
    stranger = {**IRAQ, "side_a": "PKKK", "side_a_new_id": "9", "side_b": "IS", "side_b_new_id": "234"}
    (tmp_path / "ucdp").mkdir()
    (tmp_path / "ucdp/GEDEvent_v26_0_1.csv").write_bytes(
        encode_file("ucdp-49", [change_row("ucdp-49", a, **TURKEY), change_row("ucdp-49", b, **IRAQ), change_row("ucdp-49", c, **civilians),
                         change_row("ucdp-49", d, **stranger), e, change_row("ucdp-49", f, **TURKEY, best="many")])
    )  # fmt: skip
    later = {"date_start": "2026-02-20 00:00:00.000", "date_end": "2026-02-20 00:00:00.000"}
    (tmp_path / "ucdp/GEDEvent_v26_0_2.csv").write_bytes(
        encode_file("ucdp-49", [change_row("ucdp-49", a, **TURKEY, best="6"), change_row("ucdp-49", e, **{**IRAQ, **later, "side_a": "115"})])
    )  # fmt: skip
    return tmp_path


def test_a_case_without_its_releases_says_which_file_to_bring_and_where_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path))
    with pytest.raises(MissingUserData) as refusal:
        load_case_data(PKK)
    for told in ("'ucdp'", str(tmp_path / "ucdp"), "https://ucdp.uu.se/downloads/", "DETENTE_DATA"):
        assert told in str(refusal.value)


def test_rows_are_events_of_the_case_or_elsewhere_or_superseded_or_later_or_set_aside(bring: Path) -> None:
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


def test_a_later_release_holds_from_the_day_it_was_out_and_not_before(bring: Path) -> None:
    old, new = load_case_data(PKK, date(2026, 3, 1)), load_case_data(PKK)
    assert (old.later, len(old.events), old.rows) == (2, 3, 8)
    (corrected,) = {e.id for e in old.events} - {e.id for e in new.events if e.tolls.best == 5}
    assert (old.event(corrected).tolls.best, new.event(corrected).tolls.best) == (5, 6)
    assert new.as_of == date(2026, 3, 31)


def test_days_that_no_release_covers_are_not_watched(bring: Path) -> None:
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
def test_the_commands_work_on_a_brought_file(bring: Path, case: str, command: str) -> None:
    verb, *options = command.split(" --")
    done = CliRunner().invoke(cli, [*verb.split(), case, *(f"--{o}" for o in options)], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout


def test_a_brought_record_is_named_with_its_own_licence_and_not_with_ours(bring: Path) -> None:
    from detente.brief.build import datasets
    from detente.claims.context import ClaimContext

    first, *_ = datasets(ClaimContext(load_case_data(PKK)))
    assert (first.name.split(":")[0], first.licence) == ("UCDP", "CC BY 4.0")
    assert "Compiled for this project" not in first.cite
    ours, *_ = datasets(ClaimContext(load_case_data(FLAGSHIP)))
    assert "Compiled for this project" in ours.cite


def test_a_case_without_a_map_has_a_brief_that_says_so(bring: Path) -> None:
    from detente.brief.build import Request, brief
    from detente.brief.render.markdown import as_markdown

    document = brief(Request("turkiye-iraq-pkk", checks=False))
    assert all(p.key != "map" for p in document.pictures)
    (nearer,) = [e for s in document.sections for f in s.points for e in f.estimates if e.key == "nearer"]
    assert not nearer.enough
    assert "without a map" in nearer.why_not
    assert as_markdown(document).startswith(f"# {document.question}")


def test_strangers_are_listed_by_name_with_the_nearest_that_are_known(bring: Path) -> None:
    done = CliRunner().invoke(
        cli, ["case", "show", "turkiye-iraq-pkk", "--strangers", "--json"], catch_exceptions=False
    )
    (stranger,) = json.loads(done.stdout)
    assert (stranger["name"], stranger["rows"], stranger["nearest"][0]) == ("PKKK", 1, "PKK")


def test_without_a_map_the_distance_is_refused_and_not_guessed(bring: Path) -> None:
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
def test_a_name_means_whom_it_meant_on_that_day(
    source: str, name: str, day: date, country: str, key: str | None
) -> None:
    if key is None:
        with pytest.raises(UnknownActor):
            resolve_actors(FLAGSHIP, source, (name,), "row 2", day=day, country=country)
    else:
        assert resolve_actors(FLAGSHIP, source, (name,), "row 2", day=day, country=country) == (key,)


def test_civilians_are_whose_country_it_is_and_numbers_and_endings_and_allies_are_known() -> None:
    day = date(2025, 1, 1)
    told = [resolve_actors(PKK, "ucdp", ("Civilians",), "", day=day, country=c) for c in ("TUR", "IRQ")]
    assert told == [("TUR_CIV",), ("IRQ_CIV",)]
    with pytest.raises(UnknownActor):
        resolve_actors(PKK, "ucdp", ("Civilians",), "", day=day, country="SYR")
    assert resolve_actors(PKK, "ucdp", ("A new spelling",), "", day=day, codes=("115",)) == ("TUR",)
    assert resolve_actors(PKK, "ucdp", ("XXX645",), "", day=day) == ("UNK",)
    assert resolve_actors(PKK, "acled", ("Military Forces of Turkey (2016-)",), "", day=day) == ("TUR",)
    assert resolve_actors(PKK, "ucdp", ("Government of Iraq, Government of Iran",), "", day=day) == ("IRQ", "IRN")
    with pytest.raises(UnknownActor):
        resolve_actors(PKK, "ucdp", ("Government of Iraq, Somebody",), "", day=day)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{ name = "Civilians", in = "IRQ" }', '{ name = "Civilians" }', "'Civilians' stands there twice"),
        ('ucdp = ["KDP"]', 'ucdp = [{ nam = "KDP" }]', "nam"),
        ('title = "Türkiye, Iraq and the PKK"', 'title = "T"\nchronology = "x.csv"', "has both"),
    ],
)
def test_an_impossible_cast_or_source_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = PKK.file.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "case.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadCase) as refusal:
        load_case_file(str(tmp_path / "case.toml"))
    assert told in str(refusal.value)


def test_names_that_depend_on_day_or_country_are_not_given_as_if_they_did_not() -> None:
    known = map_unambiguous_names(PKK, "ucdp")
    assert known["PKK"] == known["323"] == "PKK"
    assert not {"Civilians", "XXX*"} & set(known)
    assert {"Civilians", "XXX*"} <= set(list_known_names(PKK, "ucdp"))


def test_one_name_may_be_two_actors_at_different_times(tmp_path: Path) -> None:
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


def test_a_case_is_begun_from_a_release_with_everybody_listed_and_the_target_s_foe_as_group(
    bring: Path, tmp_path: Path
) -> None:
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
        str(bring / "ucdp/GEDEvent_v26_0_1.csv"),
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


def test_a_case_without_data_loads_too_and_a_country_that_nobody_knows_is_told(tmp_path: Path) -> None:
    out = tmp_path / "mine.toml"
    args = ["case", "new", 'a "name"', "--target", "COL", "--host", "Venezuela", "--out", str(out)]
    assert CliRunner().invoke(cli, args).exit_code == 0
    assert load_case_file(str(out)).id == 'a "name"'
    done = CliRunner().invoke(
        cli, ["case", "new", "x", "--target", "Columbia", "--host", "VEN", "--out", str(tmp_path / "x.toml")]
    )
    assert "colombia" in str(done.exception)
    assert not (tmp_path / "x.toml").exists()
