"""How fast the workbench's pages are: the workbench itself, with two workers, as `detente serve` starts it.

    .venv/bin/python benchmarks/workbench.py            prints the tables
    .venv/bin/python benchmarks/workbench.py --write    and puts them into docs/replications/workbench.md

For each page: requests come at a steady rate whatever the answers do, and the time of each runs from the moment it was due,
so that a slow answer is not hidden by those that waited behind it. The client shares the machine with the server. Bytes are what
went over the wire, compressed, with all that the page loads, for a browser that has nothing kept. First paint is Chromium's
own `first-contentful-paint`, a fresh window each time.
"""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

CASE = "/pakistan-afghanistan"
# Name, address, goal of the 95th percentile in ms. `{}` is another number at each request.
PAGES = (
    ("cases", "/", 100),
    ("overview", f"{CASE}/", 100),
    ("events", f"{CASE}/events", 100),
    ("one event", f"{CASE}/events/DL-20251009-01", 100),
    ("who answers whom", f"{CASE}/responses", 100),
    ("claims", f"{CASE}/claims", 100),
    ("one claim", f"{CASE}/claims/trust", 100),
    ("what if", f"{CASE}/whatif", 500),
    ("what if, another lever each time", f"{CASE}/whatif.json?delink=0.{{}}", 500),
    ("forecast", f"{CASE}/forecast", 100),
    ("one answer", f"{CASE}/responses/strike/attack", 100),
    ("brief", f"{CASE}/brief", 100),
    ("brief as PDF", f"{CASE}/brief.pdf", 100),
    ("ask", "/ask", 100),
    ("ask, anew each time", "/ask?q=Has+mediation+between+Kabul+and+Islamabad+held%3F&words={}", 100),
    ("ask, asked before", "/ask?q=Has+mediation+between+Kabul+and+Islamabad+held%3F", 100),
    ("comments", "/comments", 100),
    ("data", "/data", 100),
)
RATE, SECONDS, WORKERS, PAINTS = 50, 6, 2, 3
# What is made anew for each request costs a simulation or a reading of the question, a third of a second of a core: at 50 a second
# two cores would only queue. Two a second is a reader who moves a slider without stopping.
RATES = {"what if, another lever each time": 2, "ask, anew each time": 2}
PAGE = Path(__file__).parents[1] / "docs/replications/workbench.md"


@dataclass(frozen=True)
class Row:
    """One page's figures; `paint_ms` and `bytes` are None for what is no page of a browser."""

    name: str
    p50: float
    p95: float
    worst: float
    goal: int
    failed: int
    paint_ms: float | None
    bytes: int | None


@contextmanager
def workbench(workers: int) -> Iterator[tuple[str, int]]:
    """`detente serve` in a folder of its own, until the block ends: its address and its process."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    detente = str(Path(sys.executable).with_name("detente"))
    with tempfile.TemporaryDirectory() as folder:
        command = [detente, "serve", "--port", str(port), "--workers", str(workers), "--folder", folder]
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, env=os.environ | {"DETENTE_STORE": f"{folder}/store"}
        )
        at = f"http://127.0.0.1:{port}"
        try:
            for _ in range(1800):
                if process.poll() is not None:
                    raise SystemExit("the workbench did not start")
                try:
                    if httpx.get(at).status_code == 200:
                        break
                except httpx.HTTPError:
                    time.sleep(0.2)
            yield at, process.pid
        finally:
            process.terminate()
            process.wait(30)


async def load(at: str, path: str, rate: int = RATE) -> tuple[list[float], int]:
    """Milliseconds of each answer from the moment when it was due, and how many were not 200."""
    took: list[float] = []
    failed = 0
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=at, limits=limits, timeout=30) as client:
        for _ in range(20):  # each worker compiles its templates once
            await client.get(path.format(1))

        async def one(n: int, due: float) -> None:
            nonlocal failed
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            answer = await client.get(path.format(200 + n), headers={"Accept-Encoding": "gzip"})
            took.append((time.perf_counter() - due) * 1000)
            failed += answer.status_code != 200

        began = time.perf_counter() + 0.2
        await asyncio.gather(*(one(i, began + i / rate) for i in range(rate * SECONDS)))
    return took, failed


def painted(at: str, paths: list[str]) -> dict[str, tuple[float, int]]:
    """Milliseconds to the first paint, the median of several windows, and bytes over the wire, by address."""
    from playwright.sync_api import sync_playwright

    out: dict[str, tuple[float, int]] = {}
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    weigh = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .reduce((sum, e) => sum + e.transferSize, 0)"""
    first = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        for path in paths:
            times, weight = [], 0
            for _ in range(PAINTS):
                context = browser.new_context(base_url=at, viewport={"width": 1280, "height": 900})
                page = context.new_page()
                page.goto(path.format(200), wait_until="networkidle")
                page.wait_for_function(first)
                times.append(float(page.evaluate(first)))
                weight = int(page.evaluate(weigh))
                context.close()
            out[path] = (statistics.median(times), weight)
        browser.close()
    return out


def memory(parent: int) -> list[float]:
    """Of each worker the memory of its own and its share of what it shares (PSS), in MiB."""
    out = []
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        smaps = Path(f"/proc/{child}/smaps_rollup").read_text()
        if (
            "uvicorn" in Path(f"/proc/{child}/cmdline").read_text()
            or "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()
        ):
            out.append(next(int(x.split()[1]) / 1024 for x in smaps.splitlines() if x.startswith("Pss:")))
    return out


def measure() -> tuple[list[Row], list[str], list[float], list[float]]:
    """Rows for the pages that are there, names of those that are not, and memory before and after the load."""
    rows, absent = [], []
    with workbench(WORKERS) as (at, pid):
        there = [(n, p, g) for n, p, g in PAGES if httpx.get(at + p.format(200), timeout=60).status_code == 200]
        absent = [n for n, p, _ in PAGES if p not in {x for _, x, _ in there}]
        fresh = memory(pid)
        paints = painted(at, [p for _, p, _ in there if not p.endswith(".pdf") and ".json" not in p])
        for name, path, goal in there:
            took, failed = asyncio.run(load(at, path, RATES.get(name, RATE)))
            cuts = statistics.quantiles(took, n=20)
            paint, weight = paints.get(path, (None, None))
            rows.append(Row(name, statistics.median(took), cuts[-1], max(took), goal, failed, paint, weight))
            print(f"{name}: p50 {rows[-1].p50:.0f}, p95 {rows[-1].p95:.0f} ms", file=sys.stderr)
        return rows, absent, fresh, memory(pid)


def told(rows: list[Row], absent: list[str], fresh: list[float], after: list[float]) -> str:
    """The page."""
    lines = [
        f"| {r.name} | {r.p50:.0f} | {r.p95:.0f} | {r.worst:.0f} | {r.goal} | {'' if r.paint_ms is None else f'{r.paint_ms:.0f}'} "
        f"| {'' if r.bytes is None else f'{r.bytes / 1000:.0f}'} |"
        for r in rows
    ]
    failed = sum(r.failed for r in rows)
    over = [r.name for r in rows if r.p95 > r.goal]
    slow = [r.name for r in rows if r.paint_ms is not None and r.paint_ms > 1000]
    share = ", ".join(f"{m:.0f}" for m in fresh), ", ".join(f"{m:.0f}" for m in after)
    how = (
        f"Each page at {RATE} requests a second ({', '.join(f'{n}: {r}' for n, r in RATES.items())}) for {SECONDS} seconds, {WORKERS} workers, the client on the same machine of "
        f"{os.cpu_count()} cores; first paint in Chromium, median of {PAINTS} fresh windows. Load of the machine in the minute "
        f"before: {os.getloadavg()[0]:.1f}."
    )
    goals = (
        "Goals: 95 % of answers within 100 ms, of what-ifs within 500 ms; first paint within 1,000 ms. Times run from the moment "
        "when a request was due. kB is all that the page loads, compressed, with nothing kept from before: fonts are about 350 kB of it."
    )
    return "\n".join(
        [
            "# The workbench's speed",
            "",
            how,
            "",
            "    .venv/bin/python benchmarks/workbench.py --write",
            "",
            goals,
            "",
            "| page | p50, ms | p95, ms | worst, ms | goal of p95 | first paint, ms | kB |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            *lines,
            "",
            f"Answers that were not 200: {failed}. Beyond the goal of p95: {', '.join(over) or 'none'}. First paint beyond 1,000 ms: "
            f"{', '.join(slow) or 'none'}." + (f" Not there yet: {', '.join(absent)}." if absent else ""),
            "",
            f"Memory of each worker (PSS), MiB: {share[0]} when started, {share[1]} after the load.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/replications/workbench.md")
    page = told(*measure())
    print(page)
    if parser.parse_args().write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
