"""The measured rate of false alarms, shown beside a verdict."""

from collections.abc import Iterator

import pytest
from scipy.stats import binomtest

from detente.claims import CLAIMS, false_alarms
from detente.claims.false_alarms import FalseAlarms, describe_false_alarms, load_false_alarms

FOUND = FalseAlarms("trust", {"crises": 40, "bursts": 40}, {"crises": 1, "bursts": 4})


@pytest.fixture
def fresh() -> Iterator[None]:
    load_false_alarms.cache_clear()
    yield
    load_false_alarms.cache_clear()


def test_false_alarm_share_has_exact_limits() -> None:
    """The share pools all synthetic conflicts, with the limits that SciPy gives."""
    exact = binomtest(5, 80).proportion_ci(0.95, method="exact")
    assert FOUND.share.value == 5 / 80
    assert (FOUND.share.low, FOUND.share.high) == pytest.approx((exact.low, exact.high))


def test_false_alarms_name_worst_conflicts() -> None:
    """The kind of conflict with the largest share is named, unless there is no false alarm at all."""
    assert FOUND.worst == "bursts"
    assert {m.key: m.value for m in describe_false_alarms(FOUND).measured}["false_alarm_worst"] == 4
    none = FalseAlarms("trust", FOUND.conflicts, {"crises": 0, "bursts": 0})
    assert [m.key for m in describe_false_alarms(none).measured] == ["false_alarms", "false_alarm_conflicts"]


def test_false_alarms_name_another_record() -> None:
    """Of another case than the one that the synthetic conflicts resemble, the text says whose actors they have."""
    found = load_false_alarms()["trust"]
    own, other = (describe_false_alarms(found, case).text for case in ("pakistan-afghanistan", "turkiye-iraq-pkk"))
    assert found.record not in own
    assert found.record in other


@pytest.mark.usefixtures("fresh")
def test_false_alarms_belong_to_model_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table made with another version of the model is not shown."""
    monkeypatch.setattr(false_alarms, "MODEL_VERSION", -1)
    assert load_false_alarms() == {}


def test_shipped_false_alarms_are_consistent() -> None:
    """The shipped table holds claims, with no more alarms than conflicts."""
    table = load_false_alarms()
    assert set(table) <= set(CLAIMS)
    for found in table.values():
        assert set(found.alarms) == set(found.conflicts)
        assert all(0 <= found.alarms[w] <= n for w, n in found.conflicts.items())
