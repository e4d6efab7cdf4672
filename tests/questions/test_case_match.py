"""Questions are matched to the right case, and questions about other conflicts are rejected."""

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
def test_match_case_recognises_flagship(text: str) -> None:
    """A question that names both states, the armed group or the border is about the case."""
    match = match_case(text)
    assert match.case.id == FLAGSHIP
    assert match.named
    assert not match.notices


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("How do India and Pakistan quarrel over Kashmir?", ["Pakistan", "Kashmir", "India"]),
        ("Why does Iran shut its border with Afghanistan?", ["Afghanistan", "Iran"]),
        ("Why did the Afghan and Tajik forces clash?", ["Afghan", "Tajik"]),
        ("Sudan's war", ["Sudan's"]),
        ("the Blue Line", ["Blue Line"]),
        ("What does China want?", ["China"]),
        ("What does Qatar want from Hamas?", ["Hamas", "Qatar"]),
    ],
)
def test_match_case_rejects_other_conflicts(text: str, names: list[str]) -> None:
    """A question about other parties is rejected with their names and the known cases."""
    with pytest.raises(UnknownConflict) as error:
        match_case(text)
    assert [*error.value.own, *error.value.elsewhere] == names
    assert set(error.value.known) == set(find_shipped_cases())
    assert all(word in str(error.value) for word in (*names, FLAGSHIP))
    assert error.value.exit_code == 3


def test_match_case_needs_a_named_party() -> None:
    """A question that names no party is rejected, unless the user chose the case."""
    with pytest.raises(AmbiguousConflict, match=f"--case {FLAGSHIP}") as error:
        match_case("How do clashes hurt trade?")
    assert set(error.value.known) == set(find_shipped_cases())
    assert match_case("How do clashes hurt trade?", FLAGSHIP).case.id == FLAGSHIP


def test_chosen_case_does_not_accept_other_conflicts() -> None:
    """A question about another conflict is rejected even if the user chose a case."""
    with pytest.raises(UnknownConflict) as error:
        match_case("How do Sudan and Chad fare?", FLAGSHIP)
    assert error.value.elsewhere == ["Sudan", "Chad"]
    with pytest.raises(UnknownCase):
        match_case("How do clashes hurt trade?", "atlantis")


def test_single_party_match_gives_notice() -> None:
    """A question that names one party only is accepted, with a notice."""
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
def test_longest_name_determines_role(text: str, roles: set[str]) -> None:
    """Where names overlap, the longest one gives the words their role."""
    words = match_case(f"{text} Torkham").words[:-1]
    assert {t.role for t in words} == roles


def test_new_case_uses_country_table(tmp_path: Path) -> None:
    """A case of other countries is recognised by the names in the table of countries."""
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
    match = match_case("Why do Bangkok and the Cambodians quarrel?", str(path))
    assert {t.role for t in match.words} == {"target", "host", ""}


def test_match_case_reports_ties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several cases the best match is chosen, and an equally good one is reported."""
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
    with pytest.raises(AmbiguousConflict) as error:
        match_case("How do clashes hurt trade?")
    assert error.value.known == [FLAGSHIP, "twin"]


def test_shipped_cases_match_their_own_question() -> None:
    """Every shipped case is found by its own question and title."""
    for key in find_shipped_cases():
        assert match_case(load_case_file(key).question).case.id == key
        assert match_case(load_case_file(key).title).case.id == key


def test_country_names_are_unambiguous() -> None:
    """No name in the table of countries belongs to two countries."""
    owner: dict[str, str] = {}
    for code, names in load_country_words().items():
        for word in names:
            assert owner.setdefault(word, code) == code
    assert len(load_country_words()) > 150
    assert all(n.words == tuple(t.text for t in tokenize(n.shown)) for n in build_case_names(FLAGSHIP))
