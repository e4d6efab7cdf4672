"""The library on data that somebody brings: counts, event files, synthetic conflicts."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import detente
from detente.api.datasets import WORLDS, UnknownWorld
from detente.cases.case_file import find_shipped_cases
from detente.model.errors import BadCounts


def test_fit_finds_the_true_response() -> None:
    """The response of a world whose truth was chosen lies in its interval; the one that is not there is not found."""
    world = detente.datasets.synthetic("one_sided_response", seed=3, events=2000)
    r = detente.fit(pd.DataFrame(world.y, columns=list(world.channels))).responses(days=365)
    assert r["a", "b"].low < world.W[1, 0] < r["a", "b"].high
    assert r["a", "b"].probability > 0.95 > r["b", "a"].probability


def test_fit_accepts_arrays_and_tables() -> None:
    """An array with names, a DataFrame and a table of counts give the same fit."""
    world = detente.datasets.synthetic("one_sided_response", seed=1, events=400)
    frame = pd.DataFrame(world.y, columns=list(world.channels))
    a = detente.fit(world.y, channels=world.channels).responses()
    b = detente.fit(frame).responses()
    assert a.rows == b.rows
    assert list(a.to_pandas().columns[:2]) == ["cause", "effect"]


def test_fit_refuses_bad_counts() -> None:
    """Counts that are no whole numbers are refused by the name of their column."""
    world = detente.datasets.synthetic("one_sided_response", seed=1, events=400)
    y = world.y.astype(float)
    y[3, 1] = np.nan
    with pytest.raises(BadCounts, match="b"):
        detente.fit(y, channels=["a", "b"])


def test_every_world_can_be_simulated() -> None:
    """Every synthetic conflict has counts, coverage and a truth of matching shapes; an unknown name is refused."""
    for name in WORLDS:
        w = detente.datasets.synthetic(name, seed=1)
        assert w.y.shape == (len(w.coverage), len(w.channels))
        assert w.W.shape == (len(w.channels),) * 2
    with pytest.raises(UnknownWorld, match="one_sided_response"):
        detente.datasets.synthetic("one_sided")
    with pytest.raises(UnknownWorld, match="events, answer"):
        detente.datasets.synthetic("one_sided_response", days=900)


def test_read_events_accounts_for_every_row() -> None:
    """Events, merged and rejected rows of a file add up to its rows."""
    shipped = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan" / "chronology.csv"
    found = detente.read_events(shipped)
    a = found.account
    assert a.rows == len(found) + a.merged + a.set_aside.num_rows
    assert len(found.to_pandas()) == len(found) > 800


def test_practice_ids_are_none_of_ucdp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tutorial's practice file is read whole, and its ids lie far above UCDP's, so that it replaces no real event."""
    practice = Path(__file__).parents[2] / "docs" / "tutorials" / "practice.py"
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(practice))
    found = detente.read_events(tmp_path / "practice.csv")
    assert found.account.set_aside.num_rows == 0
    assert min(int(e) for e in found.to_pandas()["id"]) > 10**11
