"""Results keep to the JSON Schemas of the documentation."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import detente
from detente.api.case import Case
from detente.cases.case_file import find_shipped_cases

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("make_schema", ROOT / "docs/make_schema.py")
assert spec is not None
assert spec.loader is not None
schemas = importlib.util.module_from_spec(spec)
spec.loader.exec_module(schemas)
FORMATS = {f.name: f for f in schemas.FORMATS}
CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan" / "chronology.csv"


def _counts(_: Case | None) -> Any:
    world = detente.datasets.synthetic("one_sided_response", seed=1, events=400)
    return detente.fit(world.y, channels=world.channels)


RESULTS: dict[str, Callable[[Case], Any]] = {
    "detente status 1": lambda c: c.status(),
    "detente answer 4": lambda c: c.ask("How many attacks did the TTP carry out in 2023, and is Torkham open?"),
    "detente events 1": lambda c: c.events,
    "detente counts 1": lambda c: c.counts(every="month"),
    "detente relation index 1": lambda c: c.relation_index,
    "detente episodes 1": lambda c: c.episodes,
    "detente truces 1": lambda c: c.truces,
    "detente crossings 1": lambda c: c.crossings,
    "detente stated links 1": lambda c: c.links,
    "detente longer view 1": lambda c: c.longer_view,
    "detente responses 1": lambda c: c.responses(days=30),
    "detente fit 1": _counts,
    "detente claims 1": lambda c: c.claims,
    "detente claim 1": lambda c: c.claims["trust"],
    "detente forecast 1": lambda c: c.forecast(),
    "detente forecast history 1": lambda c: c.forecast_history(),
    "detente simulation 1": lambda c: c.simulate("border=0.8"),
    "detente release 1": lambda _: detente.read_events(CHRONOLOGY),
    "detente brief 2": lambda c: c.brief(),
}


def test_every_format_has_a_result() -> None:
    """The table of the documentation and the results tested here are the same."""
    assert set(RESULTS) == set(FORMATS)


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_result_keeps_to_its_schema(name: str, flagship: Case) -> None:
    """What `to_dict()` gives is valid by the schema, with no key that the schema does not name."""
    data = RESULTS[name](flagship).to_dict()
    assert data["format"] == name
    jsonschema.validate(data, schemas.build_schema(FORMATS[name]))


def test_schema_refuses_a_changed_key() -> None:
    """A schema can fail: an unknown key and a wrong type are refused."""
    schema = schemas.build_schema(FORMATS["detente fit 1"])
    good = _counts(None).to_dict()
    for bad in (good | {"surprise": 1}, good | {"seed": "zero"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)


def test_schema_files_match_the_code() -> None:
    """The files are what `make docs` would write now."""
    for path, text in schemas.write_schemas().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make docs"
