"""Functions of scipy that are found at their first call."""

from importlib import import_module

import pytest

from detente.core import scipy_functions
from detente.core.scipy_functions import ScipyFunction, ndtri

FUNCTIONS = {name: f for name, f in vars(scipy_functions).items() if isinstance(f, ScipyFunction)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_scipy_function_has_its_own_name(name: str) -> None:
    """Each function is the one of its name in scipy."""
    f = FUNCTIONS[name]
    assert f.name == name
    assert callable(getattr(import_module(f.module), name))


def test_scipy_function_gives_scipy_value() -> None:
    """A call gives what scipy gives."""
    assert float(ndtri(0.975)) == float(import_module("scipy.special").ndtri(0.975))
