"""How many faults the tests find: small changes to the code, one at a time, and the tests that concern it.

    pip install "cosmic-ray>=8.7"                       # needed here alone
    .venv/bin/python studies/mutation.py [--only GROUP ...] [--places 60] [--seeds 0 1] [--all] [--write]

cosmic-ray lists every place where it can change a module: an operator, a comparison, a number, a condition, a decorator. Type
annotations and protocols are left out, since only the type checker reads them. Of each group of modules 60 places are drawn for each
seed, and one change at each; `--all` makes every change. The tests of the module then run, and stop at the first failure. A change that no
test notices survives.

The checkout is copied first, so the working tree is never changed. Each change runs in a fork of a process that holds the
libraries, but nothing of `detente`: the changed file is read from the disk. A compiled loop is compiled again, because numba keys
its cache by the time of the file; the study stops unless a fault in such a loop is found. Property tests use fixed examples.

Results are kept in studies/.rows/mutation.jsonl. A change that was found is not made again until its module changes, a survivor
not until its tests change. `--write` needs all of them, and writes docs/replications/mutation.md. Survivors that change no result are named
in mutation_equivalent.tsv, each with its reason.
"""

import argparse
import ast
import compileall
import dataclasses
import difflib
import hashlib
import importlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "studies/.rows/mutation.jsonl"
BROKEN = 99  # the study itself failed
CPU_SECONDS = 120  # a change may end in an endless loop
MEASURES = sorted(p.stem for p in (ROOT / "src/detente/measures").glob("[!_]*.py"))
OPENED = "tests/measures/test_open_counts.py::test_flagship_counts_equal_those_in_memory"
# The tests of a module, beside its own examples: test_NAME.py if not named here.
MADE_AGAIN = "tests/measures/test_quantity.py"
TESTS = {
    **{n: [f"tests/measures/test_{n}.py", MADE_AGAIN] for n in ("crossings", "distance", "relation_index", "truces")},
    "verdict": [
        f"tests/claims/test_verdict.py::test_{name}"
        for name in (
            "part_verdict_follows_rule", "part_verdict_obeys_deciding_checks", "response_needs_lead_check",
            "part_verdict_refuses_impossible_probability", "part_verdict_needs_enough_events",
            "verdict_is_weakest_necessary_part", "verdict_names_part_and_reason", "claim_without_necessary_part_has_no_verdict", "verdict_ranks_contradicted_before_missing", "verdict_symbols_differ",
        )
    ],
    "kernels": [
        *(
            f"tests/model/test_fit.py::test_{name}"
            for name in (
                "same_day_share_matches_continuous_time", "branching_matrix_inverts_daily_response_matrix",
                "memories_sum_to_one_and_impute_gaps", "memories_weigh_events_by_their_marks",
            )
        ),
        "tests/model/test_summaries.py",
    ],
    "counts": ["tests/cases/test_coverage.py", OPENED],
    "deaths": ["tests/measures/test_episodes.py", MADE_AGAIN],
    "event_filter": [MADE_AGAIN, "tests/cases/test_collected_kinds.py"],
    "follow_up": ["tests/measures/test_clustering.py", "tests/measures/test_follow_up.py"],
    "month_change": ["tests/measures/test_month_change.py", "tests/measures/test_month_verdict.py"],
    "open_counts": [
        OPENED,
        *(
            f"tests/measures/test_open_counts.py::test_{name}"
            for name in ("made_releases_equal_those_in_memory", "impossible_opening_is_rejected")
        ),
    ],
    "quantity": [MADE_AGAIN, "tests/cases/test_coverage.py"],
    "quantity_places": [MADE_AGAIN],
    "quantity_times": [MADE_AGAIN],
    "rate": ["tests/measures/test_rate.py", "tests/measures/test_clustering.py"],
    "stated_quantity": [MADE_AGAIN],
    "store_counts": [
        f"tests/cases/test_engine.py::test_{name}"
        for name in (
            "store_counts_equal_chronology_counts", "store_counts_follow_requested_channels",
            "later_release_replaces_ids", "withdrawn_event_is_not_counted",
        )
    ],
    "errors": [],
    "assignment": ["tests/events/test_assignment.py", "tests/events/test_linkage.py"],
    "decisions": ["tests/events/test_decisions.py", "tests/events/test_linkage.py"],
    "discrepancies": ["tests/events/test_linkage.py"],
    "linkage": ["tests/events/test_linkage.py", "tests/events/test_assignment.py"],
}  # fmt: skip
GROUPS = {
    "claims": ["src/detente/claims/verdict.py"],
    "measures": [f"src/detente/measures/{name}.py" for name in MEASURES],
    "kernels": ["src/detente/model/kernels.py"],
    "matching": [
        f"src/detente/events/matching/{n}.py" for n in ("assignment", "decisions", "discrepancies", "linkage")
    ],
}
PROFILE = """
from hypothesis import Phase
settings.register_profile("detente", deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
settings.load_profile("detente")
"""


@dataclass(frozen=True)
class Change:
    """One change: where, what, and how the code reads before and after."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int
    definition: str
    before: str
    after: str = ""


def digest(paths: Iterable[str], root: Path = ROOT) -> str:
    return hashlib.sha256(b"\0".join((root / p).read_bytes() for p in paths)).hexdigest()[:16]


def tests_of(module: str) -> list[str]:
    """The tests of a module that are there, its own examples first."""
    name = Path(module).stem
    named = TESTS.get(name, [f"tests/measures/test_{name}.py"])
    named = [*named, f"tests/core/test_frozen_results.py::test_results_are_frozen[{Path(module).parts[2]}]"]
    return [module, *(t for t in named if (ROOT / t.partition("::")[0]).is_file())]


def annotation_spans(source: str) -> set[tuple[int, int]]:
    """Every position (line, column) inside a type annotation or a protocol, which only the type checker reads."""
    spans: set[tuple[int, int]] = set()
    for node in ast.walk(ast.parse(source)):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.ClassDef) and any(ast.unparse(b) == "Protocol" for b in node.bases):
            parts = [node]
        for part in parts:
            if isinstance(part, ast.expr | ast.ClassDef) and part.end_lineno and part.end_col_offset:
                for line in range(part.lineno, part.end_lineno + 1):
                    first = part.col_offset if line == part.lineno else 0
                    last = part.end_col_offset if line == part.end_lineno else 400
                    spans |= {(line, column) for column in range(first, last)}
    return spans


def list_changes(module: str) -> list[Change]:
    """Every change that cosmic-ray can make to a module outside its annotations; the new text is not made yet."""
    from cosmic_ray.commands import init
    from cosmic_ray.work_db import use_db

    source = (ROOT / module).read_text(encoding="utf-8")
    typed, lines = annotation_spans(source), source.split("\n")
    with tempfile.TemporaryDirectory() as folder, use_db(Path(folder) / "work.sqlite") as work:
        init([ROOT / module], work, {})
        specs = [spec for item in work.work_items for spec in item.mutations if spec.start_pos not in typed]
    changes = [
        Change(
            module, s.operator_name.removeprefix("core/"), s.occurrence, *s.start_pos, s.definition_name or "",
            lines[s.start_pos[0] - 1].strip(),
        )
        for s in specs
    ]  # fmt: skip
    return sorted(changes, key=lambda c: (c.line, c.column, c.operator, c.occurrence))


def make_change(c: Change) -> Change | None:
    """Fill in how the first changed line reads before and after; None if the source stays the same."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = (ROOT / c.module).read_text(encoding="utf-8")
    changed = mutate_code(source, get_operator(f"core/{c.operator}")(), c.occurrence)
    before, after = source.splitlines(), (changed or source).splitlines()
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            was, now = (" ".join(x.strip() for x in some) for some in (before[i:j], after[k:m]))
            return dataclasses.replace(c, before=was, after=now)
    return None


def draw_changes(group: str, places: int | None, seed: int = 0) -> list[Change]:
    """Draw places of a group, and one change at each; all changes if `places` is None."""
    rng = random.Random(f"{seed} {group}")
    at: dict[tuple[str, int, int], list[Change]] = {}
    for module in GROUPS[group]:
        for c in list_changes(module):
            at.setdefault((module, c.line, c.column), []).append(c)
    chosen = sorted(at)
    if places is None:
        drawn = [c for place in chosen for c in at[place]]
    else:
        rng.shuffle(chosen)
        drawn = [rng.choice(at[place]) for place in chosen[:places]]
    return [made for c in drawn if (made := make_change(c))]


class Copy:
    """A copy of the checkout in which changes are made and tested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        with (folder / "tests/conftest.py").open("a", encoding="utf-8") as f:
            f.write(PROFILE)
        # By content: a change within the same second and of the same size must be seen.
        compileall.compile_dir(folder / "src", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)

    def run(self, tests: list[str], *, first: bool = False, seconds: int = CPU_SECONDS) -> tuple[int, list[str]]:
        """Run tests in a fork; return the status (0 passed, negative for a signal) and the libraries that were loaded."""
        modules = self.folder / "modules.json"
        modules.unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            status = BROKEN
            try:
                log = os.open(self.folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(log, 1)
                os.dup2(log, 2)
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
                os.chdir(self.folder)
                sys.dont_write_bytecode = not first
                sys.path[:0] = [str(self.folder / "src"), str(self.folder / "tests")]
                os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
                import pytest

                options = ["-x", "-q", "-p", "no:cacheprovider", "-k", "not spark"]
                options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # libraries are loaded before pytest
                status = int(pytest.main([*options, *tests]))
                if first:
                    names = [
                        n for n in sys.modules if n.split(".")[0] not in ("detente", "tests", "support", "conftest")
                    ]
                    modules.write_text(json.dumps(names), encoding="utf-8")
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status == BROKEN:
            sys.exit((self.folder / "log.txt").read_text(encoding="utf-8"))
        return status, json.loads(modules.read_text(encoding="utf-8")) if modules.is_file() else []

    def try_change(self, change: Change) -> int:
        """Make a change, run the module's tests, and put the file back."""
        from cosmic_ray.mutating import use_mutation
        from cosmic_ray.plugins import get_operator

        operator = get_operator(f"core/{change.operator}")()
        with use_mutation(self.folder / change.module, operator, change.occurrence):
            return self.run(tests_of(change.module))[0]


def load_rows() -> list[dict[str, object]]:
    """Every kept result, in the order in which they were made."""
    if not ROWS.is_file():
        return []
    return [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]


def change_key(c: Change) -> str:
    return f"{c.module} {digest([c.module])} {c.operator} {c.occurrence}"


def tests_key(module: str, root: Path = ROOT) -> str:
    return digest(sorted({t.partition("::")[0] for t in tests_of(module)[1:]}), root)


def is_current(c: Change, row: dict[str, object] | None) -> bool:
    """Whether a kept result still holds."""
    return row is not None and (row["status"] != 0 or row["tests"] == tests_key(c.module))


def prepare(copy: Copy, modules: Iterable[str]) -> None:
    """Run the tests without a change, then load the libraries that they used, but nothing of `detente`."""
    tests = list(dict.fromkeys(t for module in modules for t in tests_of(module)))
    status, names = copy.run(tests, first=True, seconds=9 * CPU_SECONDS)
    if status != 0:
        sys.exit(f"The tests fail without a change:\n{(copy.folder / 'log.txt').read_text()[-3000:]}")
    for name in names:
        if not name.startswith(("_pytest", "pytest", "__")):
            with suppress(Exception):
                importlib.import_module(name)
    if copy.run(tests, seconds=9 * CPU_SECONDS)[0] != 0:
        sys.exit(f"The tests fail in a fork:\n{(copy.folder / 'log.txt').read_text()[-3000:]}")


def run_group(group: str, changes: list[Change]) -> None:
    """Make those changes of a group that have no current result."""
    kept = {r["key"]: r for r in load_rows()}
    todo = [c for c in changes if not is_current(c, kept.get(change_key(c)))]
    print(f"{group}: {len(changes)} changes, {len(todo)} to make", flush=True)
    if not todo:
        return
    with tempfile.TemporaryDirectory(prefix="detente-mutation-") as folder:
        copy = Copy(Path(folder))
        prepare(copy, dict.fromkeys(c.module for c in todo))
        if group == "kernels":
            loop = next(
                c
                for c in list_changes(GROUPS[group][0])
                if c.definition == "_filter_memories" and c.operator.startswith("Replace")
            )
            if copy.try_change(loop) == 0:
                sys.exit("A change in a compiled loop was not noticed: old compiled code is used.")
        for n, c in enumerate(todo, 1):
            begun = time.monotonic()
            status = copy.try_change(c)
            row = {
                "key": change_key(c),
                "status": status,
                "tests": tests_key(c.module, copy.folder),
                "seconds": round(time.monotonic() - begun, 1),
            }
            ROWS.parent.mkdir(exist_ok=True)
            with ROWS.open("a", encoding="utf-8") as f:
                f.write(json.dumps(row | dataclasses.asdict(c)) + "\n")
            print(f"{group} {n}/{len(todo)} {c.module}:{c.line} {'SURVIVED' if status == 0 else 'found'}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=GROUPS, default=[*GROUPS], help="only these groups of modules")
    parser.add_argument("--places", type=int, default=60, help="places drawn of each group")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1], help="samples, each by its seed")
    parser.add_argument("--all", action="store_true", help="every change at every place (a day)")
    parser.add_argument("--write", action="store_true", help="write docs/replications/mutation.md")
    asked = parser.parse_args()
    for group in asked.only:
        for seed in [0] if asked.all else asked.seeds:
            run_group(group, draw_changes(group, None if asked.all else asked.places, seed))
    if asked.write:
        from mutation_page import write_page

        write_page(asked.places, asked.seeds)
