"""Which conflict a question is about, and that a question about another is never answered from this one."""

from pathlib import Path

import pytest

from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.cases.errors import UnknownCase
from detente.questions.case_match import build_case_names, load_country_words, match_case
from detente.questions.errors import AmbiguousConflict, UnknownConflict
from detente.questions.tokenize import tokenize
from support.small_case import write_case_folder

FLAGSHIP = "pakistan-afghanistan"


@pytest.mark.parametrize(
    "text",
    [
        "Pakistan–Afghanistan ties", "PAKISTAN AND AFGHANISTAN", "pakistan afghanistan", "Pak-Afghan ties", "the Afghans and the Pakistanis",
        "Islamabad's quarrel with Kabul", "Why does the TTP attack?", "Torkham", "spin boldak", "the Durand Line",
        "the Taliban government and Islamabad", "Tehreek-e-Taliban Pakistan", "the Pakistani Taliban's rise", "India, Pakistan and Afghanistan",
        "Afghanistan, Pakistan and Iran", "Is India behind the TTP?",
    ],
)  # fmt: skip
def test_a_question_that_names_both_states_the_group_or_the_border_is_about_the_case(text: str) -> None:
    found = match_case(text)
    assert found.case.id == FLAGSHIP
    assert found.named
    assert not found.notices


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("How do India and Pakistan quarrel over Kashmir?", "Pakistan, Kashmir, India"),
        ("Why does Iran shut its border with Afghanistan?", "Afghanistan, Iran"),
        ("Why did the Afghan and Tajik forces clash?", "Afghan, Tajik"),
        ("Sudan's war", "Sudan"),
        ("the Blue Line", "Blue Line"),
        ("What does China want?", "China"),
        ("What does Qatar want from Hamas?", "Hamas, Qatar"),
    ],
)
def test_a_question_about_others_is_refused_by_their_names_with_the_cases_that_are_there(text: str, told: str) -> None:
    with pytest.raises(UnknownConflict) as refusal:
        match_case(text)
    assert f"names {told}" in str(refusal.value)
    assert FLAGSHIP in str(refusal.value)
    assert refusal.value.exit_code == 3


def test_a_question_that_names_nobody_asks_back_and_is_taken_where_the_case_is_said() -> None:
    with pytest.raises(AmbiguousConflict, match=f"add --case {FLAGSHIP}"):
        match_case("How do clashes hurt trade?")
    assert match_case("How do clashes hurt trade?", FLAGSHIP).case.id == FLAGSHIP


def test_a_case_that_is_said_does_not_make_another_conflict_its_own() -> None:
    with pytest.raises(UnknownConflict, match="Sudan, Chad"):
        match_case("How do Sudan and Chad fare?", FLAGSHIP)
    with pytest.raises(UnknownCase):
        match_case("How do clashes hurt trade?", "atlantis")


def test_one_party_alone_is_taken_and_told() -> None:
    (notice,) = match_case("How did Pakistan fare?").notices
    assert "only Pakistan" in notice


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Pakistani Taliban", {"group"}), ("Afghan Taliban", {"host"}), ("Taliban", {"host"}), ("Doha and Ankara", {"mediator", ""}),
        ("us and is", {""}), ("US", {"outsider"}), ("Khost", {"place"}), ("A tank rolled", {""}), ("Tank", {"place"}),
        ("Türkiye", {"mediator"}), ("Turkiye", {"mediator"}),
    ],
)  # fmt: skip
def test_the_longest_name_decides_whom_words_mean(text: str, roles: set[str]) -> None:
    words = match_case(f"{text} Torkham").words[:-1]
    assert {t.role for t in words} == roles


def test_a_case_of_other_countries_gets_its_names_from_the_table_alone(tmp_path: Path) -> None:
    path = write_case_folder(tmp_path)
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ('target = "PAK"', 'target = "THA"'),
        ('host = "AFG"', 'host = "KHM"'),
        ('target = "Pakistan"', 'target = "Thailand"'),
        ('id = "pakistan-afghanistan"', 'id = "thai-khmer"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    found = match_case("Why do Bangkok and the Cambodians quarrel?", str(path))
    assert {t.role for t in found.words} == {"target", "host", ""}


def test_of_several_cases_the_best_is_taken_and_one_that_fits_as_well_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_case_folder(tmp_path)
    text = path.read_text(encoding="utf-8").replace('id = "pakistan-afghanistan"', 'id = "twin"', 1)
    start, end = text.index("# ---- Crossings"), text.index("# ---- Cast")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    both = {FLAGSHIP: find_shipped_cases()[FLAGSHIP], str(path): path}
    monkeypatch.setattr("detente.questions.case_match.find_shipped_cases", lambda: both)
    tied = match_case("Pakistan–Afghanistan ties")
    assert {tied.case.id, *tied.ties} == {FLAGSHIP, "twin"}
    assert any("say --case" in n for n in tied.notices)
    only = match_case("Pakistan, Afghanistan and the Torkham crossing")
    assert (only.case.id, only.ties) == (FLAGSHIP, ())
    with pytest.raises(AmbiguousConflict, match=r"pakistan-afghanistan .*; twin"):
        match_case("How do clashes hurt trade?")


def test_every_shipped_case_is_found_by_its_own_question_and_title() -> None:
    for key in find_shipped_cases():
        assert match_case(load_case_file(key).question).case.id == key
        assert match_case(load_case_file(key).title).case.id == key


def test_no_name_of_the_table_of_countries_stands_for_two_countries() -> None:
    seen: dict[str, str] = {}
    for code, told in load_country_words().items():
        for word in told:
            assert seen.setdefault(word, code) == code
    assert len(load_country_words()) > 150
    assert all(n.words == tuple(t.text for t in tokenize(n.shown)) for n in build_case_names(FLAGSHIP))
