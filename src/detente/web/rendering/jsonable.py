"""Page models as JSON text."""

from collections.abc import Mapping, Set
from pathlib import PurePath
from typing import Any

import orjson

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def to_json(value: Any) -> str:
    """Write dataclasses, NumPy values and containers as JSON.

    NaN and infinity become null, dates ISO 8601 text, sets sorted lists.

    Example:
        >>> from datetime import date
        >>> to_json([date(2025, 10, 9), float("nan"), {2, 1}]).split()
        ['[', '"2025-10-09",', 'null,', '[', '1,', '2', ']', ']']
    """
    return orjson.dumps(value, default=_encode, option=_OPTIONS).decode()


def _encode(value: Any) -> Any:
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "tolist"):  # arrays that orjson cannot read in place
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")
