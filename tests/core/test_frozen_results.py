"""Results cannot be changed after they were made."""

import dataclasses
import importlib
import inspect
import pkgutil
from functools import cached_property

import pytest


@pytest.mark.parametrize("name", ["claims", "events", "forecast", "measures", "model"])
def test_results_are_frozen(name: str) -> None:
    """Every dataclass of a package is frozen, and has no room for other fields unless it keeps computed ones."""
    package = importlib.import_module(f"detente.{name}")
    seen, faults = 0, []
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for key, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ != module.__name__ or not dataclasses.is_dataclass(cls):
                continue
            seen += 1
            keeps = any(isinstance(v, cached_property) for v in vars(cls).values())
            if not cls.__dataclass_params__.frozen or not ("__slots__" in vars(cls) or keeps):  # type: ignore[attr-defined]
                faults.append(f"{found.name}.{key}")
    assert seen > 3
    assert faults == []
