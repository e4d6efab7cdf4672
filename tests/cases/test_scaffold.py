"""The suggested group of a new case fights the target and shelters in the host."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cases.case_file import CaseFile, load_case_file
from detente.cases.errors import BadCase
from detente.cases.release_names import NameCount, NameCounts, choose_group
from detente.cases.scaffold import format_case_file, list_gaps
from detente.cli.main import cli

STATE = "Government of Iceland"


def _count(*fights: tuple[str, str, int]) -> NameCounts:
    """Fights of Iceland with somebody, by country."""
    pairs = Counter({(country, frozenset((STATE, name))): k for name, country, k in fights})
    soil: dict[str, Counter[str]] = {}
    for name, country, k in fights:
        for n in (STATE, name):
            soil.setdefault(n, Counter())[country] += k
    names = [NameCount(n, "", s.total(), tuple(s.most_common())) for n, s in soil.items()]
    names.sort(key=lambda n: -n.events)
    return NameCounts("ucdp", tuple(names), pairs, date(2024, 1, 1), date(2024, 12, 31), sum(pairs.values()))


SHELTERED = _count(("Rovers", "ISL", 150), ("Skerry Front", "ISL", 5), ("Skerry Front", "NOR", 13), ("Band", "NOR", 1))
ELSEWHERE = _count(("Rovers", "ISL", 150), (STATE, "NOR", 2))


def _write(folder: Path, text: str) -> CaseFile:
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return load_case_file(str(folder / "case.toml"))


def test_suggested_group_has_events_in_host(tmp_path: Path) -> None:
    """A group that fights the target in the host comes before one with more fights elsewhere."""
    text = format_case_file("made", "ISL", "NOR", SHELTERED, ())
    case = _write(tmp_path, text)
    assert [a.name for a in case.cast if a.role == "group"] == [case.names.group] == ["Skerry Front"]
    assert "Skerry Front: 5 in Iceland, 13 in Norway" in text
    assert "Rovers: 150 in Iceland, 0 in Norway" in text


def test_no_group_in_host_suggests_nobody(tmp_path: Path) -> None:
    """Where the release tells of the host and of no group there, none is named and the candidates are listed."""
    case = _write(tmp_path, text := format_case_file("made", "ISL", "NOR", ELSEWHERE, ()))
    assert choose_group(ELSEWHERE, "ISL", "NOR") is None
    assert "Rovers" not in case.title + case.names.group + case.question
    assert "no armed group that fights Iceland and has events in Norway" in text
    assert "Rovers: 150 in Iceland, 0 in Norway" in text
    assert "no armed group that fights Iceland" in " ".join(list_gaps("ISL", "NOR", ELSEWHERE))


def test_lines_that_name_group_are_marked() -> None:
    """Every line above the cast that names the suggested group is marked for a person."""
    head = format_case_file("made", "ISL", "NOR", SHELTERED, ()).split("[[cast]]")[0]
    naming = [line for line in head.splitlines() if "Skerry Front" in line and not line.startswith("#")]
    assert len(naming) == 3
    assert all("# DECIDE" in line for line in naming)


def test_group_name_of_another_actor_is_refused(tmp_path: Path) -> None:
    """A group's name that an actor of another role bears is refused with key, value and remedy."""
    text = format_case_file("made", "ISL", "NOR", SHELTERED, ())
    with pytest.raises(BadCase) as refusal:
        _write(tmp_path, text.replace('\ngroup = "Skerry Front"', '\ngroup = "the Rovers"'))
    assert (refusal.value.key, refusal.value.value) == ("names.group", "the Rovers")
    assert "Skerry Front" in refusal.value.why


def test_title_of_another_group_is_warned_of(tmp_path: Path) -> None:
    """A title that names another armed group and not the case's own gives a warning."""
    text = format_case_file("made", "ISL", "NOR", SHELTERED, ())
    with pytest.warns(UserWarning, match="title.*Rovers.*Skerry Front"):
        _write(tmp_path, text.replace('title = "Iceland, Norway and Skerry Front"', 'title = "Iceland and Rovers"'))


def test_same_target_and_host_is_refused(tmp_path: Path) -> None:
    """One country as target and host is refused in words, and nothing is written."""
    out = tmp_path / "x.toml"
    days = ["--from", "2020-01-01", "--to", "2020-12-31", "--out", str(out)]
    told = CliRunner().invoke(cli, ["case", "new", "x", "--target", "Lebanon", "--host", "LBN", *days])
    assert (told.exit_code, out.exists()) == (2, False)
    assert "same country, LBN" in told.output


def test_overlapping_windows_tell_days_and_remedy(tmp_path: Path) -> None:
    """Windows that overlap are told with their days, and with the last day that the earlier may have."""
    text = format_case_file("made", "ISL", "NOR", SHELTERED, ())
    more = '\n[[windows]]\nname = "second"\nfrom = 2024-07-01\ncoverage = 1.0\nbasis = "made"\n'
    with pytest.raises(BadCase) as refusal:
        _write(tmp_path, text + more)
    assert (
        refusal.value.value == "all days that the releases cover: 2024-01-01 to the end; second: 2024-07-01 to the end"
    )
    assert "a `to` of 2024-06-30" in refusal.value.why
