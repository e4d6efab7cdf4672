"""Dataclasses as plain values for JSON: unknown and unbounded are null, days are text, nothing is dropped."""

import dataclasses
import math
from collections.abc import Mapping, Set
from datetime import date, datetime
from pathlib import PurePath
from typing import Any


def plain(x: Any) -> Any:
    """The value with dataclasses as objects, field by field.

    Example:
        >>> plain({"day": date(2025, 10, 9), "known": float("nan"), "at": (1, 2.5)})
        {'day': '2025-10-09', 'known': None, 'at': [1, 2.5]}
    """
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return {f.name: plain(getattr(x, f.name)) for f in dataclasses.fields(x)}
    if isinstance(x, Mapping):
        return {str(k): plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if isinstance(x, Set):
        return sorted(plain(v) for v in x)
    if isinstance(x, (datetime, date)):
        return x.isoformat()
    if isinstance(x, PurePath):
        return str(x)
    if hasattr(x, "item") and getattr(x, "ndim", None) == 0:
        return plain(x.item())
    if hasattr(x, "tolist"):
        return plain(x.tolist())
    if isinstance(x, float):
        return x if math.isfinite(x) else None
    return x


def known(x: float | None) -> float | None:
    """A number that is there and finite, else None."""
    return x if x is not None and math.isfinite(x) else None
