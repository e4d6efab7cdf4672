"""Time of the main commands as whole processes.

    .venv/bin/python benchmarks/commands.py [RUNS]

Wall seconds, the median of RUNS after one warm-up run. The ratio is to `python -c pass`
on the same machine in the same run.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def wall(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main(runs: int) -> None:
    detente = str(Path(sys.executable).with_name("detente"))
    with tempfile.TemporaryDirectory() as out:
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "detente --help": [detente, "--help"],
            "detente case show": [detente, "case", "show"],
            "detente measure relation": [detente, "measure", "relation"],
            "detente answer": [detente, "answer", "How do the clashes between Pakistan and Afghanistan hurt trade?"],
            "detente brief (all forms)": [detente, "brief", "--out", out],
            "detente brief --style answer": [detente, "brief", "--style", "answer", "--out", out],
        }
        base = 0.0
        print("| command | median s | ratio to python -c pass |\n| --- | ---: | ---: |")
        for name, command in commands.items():
            wall(command)
            took = statistics.median(wall(command) for _ in range(runs))
            base = base or took
            print(f"| `{name}` | {took:.3f} | {took / base:.1f} |")
    from detente.brief.build import BriefRequest, build_brief
    from detente.brief.render.pdf import render_pdf

    document = build_brief(BriefRequest("pakistan-afghanistan"))
    render_pdf(document)
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        render_pdf(document)
        times.append(time.perf_counter() - began)
    print(f"\nSetting the PDF, within a running process: median {statistics.median(times):.3f} s.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
