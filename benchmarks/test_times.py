"""What the files of tests take, and which of them `make test-fast` leaves out.

    .venv/bin/python -m pytest --numprocesses logical --dist loadfile --junitxml=times.xml
    .venv/bin/python benchmarks/test_times.py times.xml [--budget 60] [--write]

The longest files are left out until the others take no more than the budget, in seconds of one process. `--write` writes
their names to tests/slow_files.txt, in the order in which `make test` begins them: the longest first, but those that wait for the
prepared flagship after four others. Times hold only for the machine and the load of the run; measure on a quiet one.
"""

import argparse
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLOW_FILES = ROOT / "tests/slow_files.txt"
HEAD = "# Files of tests that `make test-fast` leaves out, in the order of `make test`; made by benchmarks/test_times.py.\n"
WAITING = ("tests/test_wheel.py", "tests/test_shell_lines.py")
BEFORE_WAITING = 4


def read_times(path: Path) -> Counter[str]:
    """Sum the seconds of the tests of each file under tests/, by its path."""
    times: Counter[str] = Counter()
    for case in ET.parse(path).getroot().iter("testcase"):
        name = case.get("classname", "")
        if name.startswith("tests."):
            times[name.replace(".", "/") + ".py"] += float(case.get("time", 0))  # type: ignore[assignment]
    return times


def choose_slow_files(times: Counter[str], budget: float) -> list[str]:
    """Name the longest files, until the others take no more than the budget."""
    rest, slow = sum(times.values()), []
    for name, seconds in times.most_common():
        if rest <= budget:
            break
        slow.append(name)
        rest -= seconds
    return slow


def order_files(slow: list[str]) -> list[str]:
    """Move the files that wait for the prepared flagship behind four others, which use the time."""
    others = [name for name in slow if name not in WAITING]
    waiting = [name for name in slow if name in WAITING]
    return [*others[:BEFORE_WAITING], *waiting, *others[BEFORE_WAITING:]]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("times", type=Path)
    p.add_argument("--budget", type=float, default=60)
    p.add_argument("--write", action="store_true")
    options = p.parse_args()
    times = read_times(options.times)
    slow = choose_slow_files(times, options.budget)
    for name, seconds in times.most_common(40):
        print(f"{seconds:7.1f} s  {name}")
    rest = sum(s for name, s in times.items() if name not in slow)
    print(f"{len(times)} files take {sum(times.values()):.0f} s; without {len(slow)} of them {rest:.0f} s.")
    if options.write:
        SLOW_FILES.write_text(HEAD + "".join(f"{name}\n" for name in order_files(slow)), encoding="utf-8")


if __name__ == "__main__":
    main()
