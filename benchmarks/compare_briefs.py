"""Compare two `brief.json` files value by value, for a change of code that must not change results.

    python benchmarks/compare_briefs.py before/brief.json after/brief.json

Numbers are compared exactly. Prints each path whose value differs, was added or was removed, and exits with 1 if there is any.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def values(x: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a JSON value with its path."""
    if isinstance(x, dict):
        for key, inner in x.items():
            yield from values(inner, f"{path}.{key}")
    elif isinstance(x, list):
        for i, inner in enumerate(x):
            yield from values(inner, f"{path}[{i}]")
    else:
        yield path, x


def main() -> int:
    """Compare the two files named on the command line."""
    before, after = (dict(values(json.loads(Path(p).read_text(encoding="utf-8")))) for p in sys.argv[1:3])
    changed = [p for p in before if p in after and before[p] != after[p]]
    for p in changed:
        print(f"changed {p}: {before[p]!r} -> {after[p]!r}")
    for p in before.keys() - after.keys():
        print(f"removed {p}: {before[p]!r}")
    for p in after.keys() - before.keys():
        print(f"added {p}: {after[p]!r}")
    numbers = sum(isinstance(v, int | float) for v in before.values())
    print(f"{len(before)} values, {numbers} of them numbers; {len(changed)} changed")
    return int(bool(changed) or before.keys() != after.keys())


if __name__ == "__main__":
    sys.exit(main())
