"""Invalid cases: unknown words, impossible dates, unusable geometry."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.cases.actors import map_unambiguous_names, resolve_actors
from detente.cases.case_file import load_case_file
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.cases.channels import assign_channels, load_channel_rules
from detente.cases.coverage import compute_coverage
from detente.cases.errors import BadCase
from detente.cases.geography import load_geography
from detente.cases.load import load_case_data
from detente.core.errors import DetenteError
from detente.sources.chronology_schema import MODES, TYPES
from support.small_case import make_chronology, make_daily_lines, make_line, write_case_folder
from support.worlds import FLAGSHIP, make_event

ROLES = {"target", "host", "group", "rival", "mediator", "outsider", "other", "unknown", "target-civilians", "host-civilians"}  # fmt: skip


def changed(folder: Path, change: Callable[[str], str]) -> Path:
    path = write_case_folder(folder)
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return path


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def rule(**words: str) -> Callable[[str], str]:
    lines = "\n".join(f'{k} = "{v}"' for k, v in {"channel": "attack", "why": "made", **words}.items())
    return lambda text: f"{text}\n[[rules]]\n{lines}\n"


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (rule(channel="atack"), ["rules", "'atack'", "attack"]),
        (rule(types="ASSULT"), ["rules", "'ASSULT'", "ASSAULT"]),
        (rule(modes="raids"), ["rules", "'raids'", "raid"]),
        (rule(initiators="grup"), ["rules", "'grup'", "group"]),
        (rule(recipients="target+hots"), ["rules", "'hots'", "host"]),
        (rule(initiators="!mediater"), ["rules", "'mediater'", "mediator"]),
        (rule(soil="hots"), ["rules", "'hots'", "host"]),
        (swap('host = "AFG"\n', ""), ["countries", "host"]),
        (swap('host = "AFG"\n', 'host = "PAK"\n'), ["countries", "'PAK'"]),
        (swap('host = "AFG"\n', 'host = "Afghanistan"\n'), ["countries", "'Afghanistan'"]),
        # JUA has no aliases, so its name is its key: one name would mean two actors.
        (swap('chronology = ["TTP"]', 'chronology = ["TTP", "JUA"]'), ["aliases.chronology", "'JUA'", "twice"]),
        (swap("to = 2026-06-30\nchron", "to = 2021-06-30\nchron"), ["to", "2021-06-30", "2021-08-15"]),
        (swap("to = 2022-12-31\ncoverage", "to = 2021-01-01\ncoverage"), ["windows.0", "before it begins"]),
        (lambda t: "\n".join(x for x in t.splitlines() if not x.startswith("coverage")), ["windows", "coverage"]),
        (swap("coverage = 0.83", "coverage = inf"), ["windows.0.coverage", "inf"]),
        (swap("from = 2021-08-15", "from = 86400"), ["from", "86400"]),
        (swap('role = "rival"', 'role = "host"'), ["cast", "role 'host'"]),
        (swap("[names]\n", "[names]\nnick = 1\n"), ["names.nick", "Remove the key"]),
        (swap('group = "the TTP"\n', ""), ["names.group", "Add the key"]),
        (swap("to = 2026-06-30", "to = 2026-06-31"), ["line 8", "TOML"]),
        (lambda t: t + '\ntitle = "\n', ["TOML", "line"]),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else "",
)  # fmt: skip
def test_impossible_value_is_rejected(tmp_path: Path, change: Callable[[str], str], parts: list[str]) -> None:
    """A value that cannot be meant is rejected with key and value."""
    path = changed(tmp_path, change)
    with pytest.raises(BadCase) as refusal:
        load_case_data(load_case_file(str(path)))
    assert all(part in str(refusal.value) for part in ("case.toml", *parts))


def feature(kind: str, shape: str = '{"type": "LineString", "coordinates": [[70, 34], [71, 35]]}') -> str:
    return f'{{"properties": {{"kind": "{kind}"}}, "geometry": {shape}}}'


@pytest.mark.parametrize(
    "features",
    [
        feature("border", "null"),
        feature("border", '{"type": "Lin", "coordinates": [[70, 34], [71, 35]]}'),
        feature("border", '{"type": "LineString", "coordinates": [[70, 34]]}'),
        feature("border", '{"type": "LineString", "coordinates": []}'),
        '{"properties": null, "geometry": null}',
        feature("province"),
        f"{feature('border')}, {feature('placebo border')}",
        "",
    ],
    ids=["no shape", "unknown shape", "one point", "no point", "no properties", "no border", "unnamed placebo", "empty"],
)  # fmt: skip
def test_invalid_geometry_names_case_and_key(tmp_path: Path, features: str) -> None:
    """The error for an invalid geometry names the case file and the key."""
    path = write_case_folder(tmp_path)
    (tmp_path / "pakistan_afghanistan/geometry.geojson").write_text(f'{{"features": [{features}]}}', encoding="utf-8")
    with pytest.raises(BadCase) as refusal:
        load_geography(load_case_file(str(path)))
    assert (refusal.value.file, refusal.value.key) == (str(path), "geometry")


def test_rejected_event_is_not_called_missing(
    tmp_path: Path,
) -> None:
    """An event that the case names and that was rejected is not reported as missing."""
    path = write_case_folder(tmp_path)
    data = tmp_path / "pakistan_afghanistan/chronology.csv"
    lines = data.read_text(encoding="utf-8").split("\n")
    (at,) = [i for i, ln in enumerate(lines) if ln.startswith("DL-20251012-02,")]
    assert ",PAK,AFG,SANCTION," in lines[at]
    lines[at] = lines[at].replace(",PAK,AFG,SANCTION,", ",PKA,AFG,SANCTION,")
    data.write_text("\n".join(lines), encoding="utf-8")
    g = load_case_data(load_case_file(str(path)))
    (rejected,) = g.set_aside
    assert (rejected.row, rejected.faults[0].value) == (at + 1, "PKA")
    assert "DL-20251012-02" in rejected.raw


@pytest.mark.parametrize("name", ["a" * 300, "", ".", "no/such/folder"])
def test_name_without_file_is_unknown_case(name: str) -> None:
    """A name that cannot be a file raises UnknownCase."""
    with pytest.raises(DetenteError, match="There is no case"):
        load_case_file(name)


def test_event_before_case_is_rejected(tmp_path: Path) -> None:
    """An event before the case begins is rejected, so it is not listed without being counted."""
    early = make_line(event_id="DL-20200101-01", date_start="2020-01-01", date_end="2020-01-01")
    g = load_case_data(load_case_file(str(write_case_folder(tmp_path, make_chronology(*make_daily_lines(3), early)))))
    # It must not be listed as an event without being counted.
    assert [e.id for e in g.events if e.day < g.case.first] == []
    assert [s.row for s in g.set_aside] == [5]


def test_channel_table_uses_known_words() -> None:
    """The channel table uses only known channels, types, modes and roles."""
    modes = {m for words in MODES.values() for m in words.split()}
    for r in load_channel_rules():
        assert r.channel in (*COUNTED_CHANNELS, "-")
        assert set(r.types.split()) <= {*TYPES, "*"}
        assert set(r.modes.split()) <= {*modes, "*"}
        assert r.soil in ("*", "target", "host")
        for words in (r.initiators, r.recipients):
            named = {w for word in words.split() for w in word.removeprefix("!").split("+")}
            assert named <= {*ROLES, "*", "-"}, r


@pytest.mark.parametrize(
    ("day", "channel"), [(date(2021, 8, 14), None), (date(2021, 8, 15), "defiance"), (date(2025, 1, 1), "defiance")]
)
def test_taliban_acts_count_as_host_after_takeover(day: date, channel: str | None) -> None:
    """Acts of the Taliban count as acts of the host only from the takeover on."""
    e = make_event(day, "AFG", "PAK", "REJECT")
    assert assign_channels(FLAGSHIP.case, [e])[e.id].channel == channel


def test_names_resolve_by_own_aliases_only() -> None:
    """Names are resolved only by the source's own aliases."""
    assert resolve_actors(FLAGSHIP.case, "ucdp", ("Taleban", "IS"), "row 2") == ("AFG", "ISKP")
    assert "Taleban" not in map_unambiguous_names(FLAGSHIP.case, "chronology")
    assert "PAK" not in map_unambiguous_names(FLAGSHIP.case, "ucdp")
    assert map_unambiguous_names(FLAGSHIP.case, "nobody's")["PAK"] == "PAK"


some_days = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@given(st.lists(some_days, min_size=3, max_size=3, unique=True).map(sorted))
def test_coverage_is_additive_over_periods(cut: list[date]) -> None:
    """Days and effort of two adjacent periods add up to those of the whole."""
    a, b, c = cut
    e = compute_coverage(FLAGSHIP.case, date(2026, 6, 30))
    after = date.fromordinal(b.toordinal() + 1)
    assert e.days(a, b) + e.days(after, c) == e.days(a, c)
    assert e.effort(a, b) + e.effort(after, c) == pytest.approx(e.effort(a, c))
    assert 0 <= e.days(a, c) <= (c - a).days + 1


@given(st.dates(date(2021, 8, 15), date(2026, 4, 8)))
def test_day_has_coverage_of_its_window(day: date) -> None:
    """A day has the coverage of the window that contains it."""
    e = compute_coverage(FLAGSHIP.case, date(2026, 6, 30))
    (window,) = [w for w in FLAGSHIP.case.windows if w.holds(day)]
    assert e.effort(day, day) == window.coverage
    assert e.watched(day)
