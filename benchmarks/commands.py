"""Time and memory of the main commands as whole processes: with an empty cache and with a full one.

    .venv/bin/python benchmarks/commands.py [--runs 5] [--old CHECKOUT] [--only brief,answer]

Medians of wall seconds and peak resident memory in MB. With an empty cache every run begins without one; with a full one a run
before the first has filled it. `--old` names another checkout, such as one of commit 2d60c37, whose commands run in the same
session, alternating with ours. `serve` is the time from the start to the first answer of a page.
"""

import argparse
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

COMMANDS = {
    "brief": ["brief", "--out", "{out}"],
    "answer": ["answer", "How do the border clashes between Pakistan and Afghanistan hurt trade?"],
    "status": ["status"],
    "explain": ["explain"],
    "forecast": ["forecast"],
    "whatif": ["whatif", "--lever", "border=0.8"],
    "case show": ["case", "show"],
    "--help": ["--help"],
}
SERVED = {
    "events": "/pakistan-afghanistan/events",
    "overview": "/pakistan-afghanistan/",
    "brief": "/pakistan-afghanistan/brief",
}


@dataclass(frozen=True)
class Run:
    """Wall seconds and peak memory in MB of one process."""

    seconds: float
    memory: float


def run(checkout: Path, words: list[str], cache: Path) -> Run:
    """Run a command of a checkout with a cache folder."""
    environment = os.environ | {
        "PYTHONPATH": str(checkout / "src"),
        "DETENTE_CACHE": str(cache),
        "XDG_CACHE_HOME": str(cache),
    }
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", "from detente.cli.main import main; main()", *words], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{checkout}: detente {' '.join(words)} failed")
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def first_answers(checkout: Path, cache: Path) -> dict[str, float]:
    """Start a server with a cache folder; seconds from its start until each page is answered with its content."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "PYTHONPATH": str(checkout / "src"),
            "DETENTE_CACHE": str(cache),
            "XDG_CACHE_HOME": str(cache),
        }
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-c", "from detente.cli.main import main; main()", "serve", "--port", str(port), "--folder", home],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        took: dict[str, float] = {}
        while len(took) < len(SERVED) and time.perf_counter() - began < 240:
            for name, path in SERVED.items():
                if name in took:
                    continue
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                        if answer.status == 200:
                            took[name] = time.perf_counter() - began
                except OSError:
                    pass
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        return took


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--old", type=Path)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    here = Path(__file__).parents[1]
    checkouts = {"now": here} | ({"old": args.old.resolve()} if args.old else {})
    wanted = [c for c in COMMANDS if not args.only or c in args.only.split(",")]
    print("| command | cache | checkout | median s | MB |\n| --- | --- | --- | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            for state in ("empty", "full"):
                found: dict[str, list[Run]] = {c: [] for c in checkouts}
                for i in range(args.runs + (state == "full")):
                    for label, checkout in checkouts.items():
                        cache = Path(folder) / f"{label}-cache"
                        if state == "empty":
                            shutil.rmtree(cache, ignore_errors=True)
                        words = [w.format(out=Path(folder) / f"{label}-out") for w in COMMANDS[name]]
                        one = run(checkout, words, cache)
                        if state == "empty" or i:
                            found[label].append(one)
                for label, runs in found.items():
                    seconds, memory = (
                        statistics.median(x) for x in zip(*((r.seconds, r.memory) for r in runs), strict=True)
                    )
                    print(f"| {name} | {state} | {label} | {seconds:.2f} | {memory:.0f} |", flush=True)
        if not args.only or "serve" in args.only:
            for label, checkout in checkouts.items():
                for state in ("empty", "full"):
                    cache = Path(folder) / f"{label}-serve"
                    took = first_answers(checkout, cache)
                    text = ", ".join(f"{k} {v:.1f}" for k, v in took.items())
                    print(f"| serve: {text} | {state} | {label} | | |", flush=True)
        now = Path(folder) / "now-cache"
        total = sum(f.stat().st_size for f in now.rglob("*") if f.is_file()) / 1e6
        print(
            f"\nCache after the last command: {total:.0f} MB. This process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        )


if __name__ == "__main__":
    main()
