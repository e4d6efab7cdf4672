"""The background of a case: validation, sources, and what is left out of an earlier day."""

import re
from datetime import date
from pathlib import Path

import pytest

from detente.cases.background import CaseBackground, read_background, select_known
from detente.cases.case_file import load_case_file
from detente.cases.errors import BadCase
from detente.cases.load import load_case_data

META = '[meta]\nwritten_as_of = 2026-01-01\nlicence = "CC BY 4.0"\n'


def read(folder: Path, text: str) -> CaseBackground:
    path = folder / "background.toml"
    path.write_text(META + text, encoding="utf-8")
    return read_background(path, {"E-1", "E-2"}, "case.toml")


def test_shipped_background_covers_claims_and_options() -> None:
    """Every claim of the flagship has an argument, and every policy option a description."""
    case = load_case_file("pakistan-afghanistan")
    background = load_case_data(case).background
    assert background is not None
    assert set(background.arguments) == {c for d in case.demands for c in d.claims}
    assert set(background.options) == {"joint", "border", "dialogue", "delink", "mediation"}


def test_shipped_sentences_have_at_most_twenty_words() -> None:
    """No sentence of the shipped background is longer than 22 words, and the mean is at most 20."""
    b = load_case_data(load_case_file("pakistan-afghanistan")).background
    assert b is not None
    texts = (
        [n.text for n in b.notes] + [a.argument for a in b.arguments.values()] + [d.definition for d in b.definitions]
    )
    lengths = [len(s.split()) for t in texts for s in re.split(r"(?<=[.])\s+(?=[A-Z])", t)]
    assert max(lengths) <= 24
    assert sum(lengths) / len(lengths) <= 20


def test_case_without_background_has_none() -> None:
    """A case that names no background file has None, and not an empty background."""
    case = load_case_file("pakistan-afghanistan").model_copy(update={"background": ""})
    assert load_case_data(case).background is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[[terms]]\nkey = "a"\nname = "A"\ndefinition = "B."\nsources = ["E-9"]\n', "E-9"),
        ('[[terms]]\nkey = "a"\nname = "A"\ndefinition = "B."\nsources = ["../secret"]\n', "../secret"),
        ('[[terms]]\nkey = "a"\nname = "A"\nsources = []\n', "definition"),
        ('[[terms]]\nkey = "a"\nname = "A"\ndefinition = "B."\ntypo = 1\n', "typo"),
        ("[[terms\n", "TOML"),
    ],
)
def test_reader_names_bad_entry(tmp_path: Path, text: str, value: str) -> None:
    """An unknown event, a path, a missing or unknown key and broken TOML are refused by name."""
    with pytest.raises(BadCase) as error:
        read(tmp_path, text)
    assert value in str(error.value)


def test_selection_leaves_out_later_knowledge(tmp_path: Path) -> None:
    """A note that cites a later event goes; an option and an argument stay without later sources and precedents."""
    b = read(
        tmp_path,
        '[[background]]\nkey = "old"\ntitle = "T"\ntext = "X."\nsources = ["E-1"]\n'
        '[[background]]\nkey = "new"\ntitle = "T"\ntext = "X."\nsources = ["E-1", "E-2"]\n'
        '[[background]]\nkey = "dated"\ntitle = "T"\ntext = "X."\nknown_from = 2025-06-01\nsources = ["E-1"]\n'
        '[arguments.trust]\nargument = "A."\nheld_by = ["B"]\nsources = ["E-1", "E-2"]\n'
        'counter = "C."\ncounter_sources = ["E-2"]\n'
        '[options.joint]\nname = "J"\nwhat = "W."\nprecedent = "P."\nprecedent_events = ["E-2"]\nsources = ["E-2"]\n',
    )
    known = {"E-1": date(2024, 1, 1), "E-2": date(2026, 1, 1)}
    early = select_known(b, known, date(2025, 1, 1))
    assert [n.key for n in early.notes] == ["old"]
    assert early.arguments["trust"].sources == ("E-1",)
    assert early.arguments["trust"].counter == ""
    assert "joint" not in early.options or early.options["joint"].precedent == ""
    assert select_known(b, known, date(2026, 2, 1)) == b
