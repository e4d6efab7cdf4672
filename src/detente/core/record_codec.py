"""Frozen results as plain data and back: JSON for the structure, arrays for the numbers.

Only dataclasses of this package are read back, by their constructor: an entry that somebody else wrote cannot run code. A class that
was renamed or has other fields cannot be read, and the result is made again.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRUCTURE = "structure"
_SCALARS = (str, bool, int, type(None))


def encode_record(value: Any) -> dict[str, NDArray[Any]]:
    """Encode a tree of dataclasses, containers, numbers, text, dates and arrays.

    Raises:
        TypeError: a value of another type.

    Example:
        >>> from detente.core.date_range import DateRange
        >>> x = (DateRange(date(2025, 10, 9), date(2025, 10, 10)), {"share": 0.5}, np.arange(3))
        >>> decode_record(encode_record(x))[:2] == x[:2]
        True
    """
    arrays: dict[str, NDArray[Any]] = {}
    text = json.dumps(_encode(value, arrays), ensure_ascii=False)
    return {STRUCTURE: np.frombuffer(text.encode(), np.uint8), **arrays}


def decode_record(stored: Mapping[str, NDArray[Any]]) -> Any:
    """Decode what `encode_record` made.

    Raises:
        ValueError, TypeError, AttributeError, ImportError: it is no such record, or of other code.
    """
    return _decode(json.loads(stored[STRUCTURE].tobytes()), stored)


def _encode(x: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    if isinstance(x, float):
        return float(x) if math.isfinite(x) else {"!": "float", "of": repr(float(x))}
    if isinstance(x, _SCALARS):
        return x
    if isinstance(x, list):
        return [_encode(v, arrays) for v in x]
    if isinstance(x, tuple):
        return {"!": "tuple", "of": [_encode(v, arrays) for v in x]}
    if isinstance(x, frozenset | set):
        return {"!": type(x).__name__, "of": [_encode(v, arrays) for v in sorted(x)]}
    if isinstance(x, Mapping):
        return {"!": "dict", "of": [[_encode(k, arrays), _encode(v, arrays)] for k, v in x.items()]}
    if isinstance(x, np.ndarray):
        if x.dtype.hasobject:
            raise TypeError("an array of objects has no data form")
        name = f"array{len(arrays)}"
        arrays[name] = x
        return {"!": "array", "of": name}
    if isinstance(x, np.generic):
        return _encode(x.item(), arrays)
    if isinstance(x, datetime | date):
        return {"!": type(x).__name__, "of": x.isoformat()}
    if isinstance(x, Path):
        return {"!": "path", "of": str(x)}
    if is_dataclass(x) and not isinstance(x, type) and type(x).__module__.startswith("detente."):
        at = f"{type(x).__module__}:{type(x).__qualname__}"
        return {"!": at, "of": [[f.name, _encode(getattr(x, f.name), arrays)] for f in fields(x) if f.init]}
    raise TypeError(f"{type(x).__module__}.{type(x).__name__} has no data form")


def _decode(x: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if isinstance(x, list):
        return [_decode(v, arrays) for v in x]
    if not isinstance(x, dict):
        return x
    kind, of = x["!"], x["of"]
    match kind:
        case "float":
            return float(of)
        case "tuple":
            return tuple(_decode(v, arrays) for v in of)
        case "set":
            return {_decode(v, arrays) for v in of}
        case "frozenset":
            return frozenset(_decode(v, arrays) for v in of)
        case "dict":
            return {_decode(k, arrays): _decode(v, arrays) for k, v in of}
        case "array":
            return arrays[of]
        case "date":
            return date.fromisoformat(of)
        case "datetime":
            return datetime.fromisoformat(of)
        case "path":
            return Path(of)
        case _:
            return _class_at(kind)(**{name: _decode(v, arrays) for name, v in of})


def _class_at(place: str) -> type[Any]:
    module, _, name = place.partition(":")
    if not module.startswith("detente."):
        raise ValueError(f"{module} is not of this package")
    found = getattr(import_module(module), name)
    if not (isinstance(found, type) and is_dataclass(found) and found.__module__ == module):
        raise ValueError(f"{place} is no dataclass of this package")
    return found
