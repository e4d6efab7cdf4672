"""Speed of the workbench's pages, served by two workers as `detente serve` starts them.

    .venv/bin/python benchmarks/workbench.py            prints the tables
    .venv/bin/python benchmarks/workbench.py --write    also writes them to docs/replications/workbench.md

Requests for each page arrive at a constant rate, whatever the responses do. The time of each runs from the moment it was due,
so that waiting behind a slow response counts. The client shares the machine with the server. Bytes are those sent
over the network, compressed, with all that the page loads, for a browser with an empty cache. First paint is Chromium's
`first-contentful-paint` in a new window each time.
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
# Name, path, goal for the 95th percentile in ms. `{}` becomes a new number at each request.
PAGES = (
    ("cases", "/", 100),
    ("overview", f"{CASE}/", 100),
    ("map", f"{CASE}/map", 100),
    ("events", f"{CASE}/events", 100),
    ("events as a pivot", f"{CASE}/events?view=pivot", 100),
    ("digest", f"{CASE}/digest", 100),
    ("changes of the record", f"{CASE}/record", 100),
    ("one event", f"{CASE}/events/DL-20251009-01", 100),
    ("responses", f"{CASE}/responses", 100),
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
# An uncached request costs a simulation or the parsing of a question, a third of a second of one core. At 50 a second two cores
# would only queue; two a second is a reader who moves a slider without stopping.
RATES = {"what if, another lever each time": 2, "ask, anew each time": 2}
PAGE = Path(__file__).parents[1] / "docs/replications/workbench.md"


@dataclass(frozen=True)
class Row:
    """The figures of one page; `paint_ms` and `bytes` are None for JSON and PDF."""

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
    """Run `detente serve` in a temporary folder; yield its address and process id."""
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
    """Return the milliseconds of each response from the moment it was due, and how many were not 200."""
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


def measure_paint(at: str, paths: list[str]) -> dict[str, tuple[float, int]]:
    """Return, by path, the median milliseconds to the first paint over several windows, and the bytes sent."""
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
    """Return each worker's proportional set size (PSS) in MiB."""
    out = []
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        try:
            smaps = Path(f"/proc/{child}/smaps_rollup").read_text()
            command = Path(f"/proc/{child}/cmdline").read_text()
        except OSError:
            continue  # it has ended meanwhile
        if "uvicorn" in command or "spawn_main" in command:
            out.append(next(int(x.split()[1]) / 1024 for x in smaps.splitlines() if x.startswith("Pss:")))
    return out


def wait_until_prepared(at: str) -> None:
    """Wait for the results of the case: the speed of a prepared workbench is measured."""
    for _ in range(300):
        if httpx.get(f"{at}{CASE}/brief.json", timeout=60).status_code == 200:
            return
        time.sleep(1)
    raise TimeoutError("The case was not prepared within five minutes.")


def measure() -> tuple[list[Row], list[str], list[float], list[float]]:
    """Return rows for the pages that exist, names of missing pages, and memory before and after the load."""
    rows, absent = [], []
    with workbench(WORKERS) as (at, pid):
        wait_until_prepared(at)
        there = [(n, p, g) for n, p, g in PAGES if httpx.get(at + p.format(200), timeout=60).status_code == 200]
        absent = [n for n, p, _ in PAGES if p not in {x for _, x, _ in there}]
        fresh = memory(pid)
        paints = measure_paint(at, [p for _, p, _ in there if not p.endswith(".pdf") and ".json" not in p])
        for name, path, goal in there:
            took, failed = asyncio.run(load(at, path, RATES.get(name, RATE)))
            cuts = statistics.quantiles(took, n=20)
            paint, weight = paints.get(path, (None, None))
            rows.append(Row(name, statistics.median(took), cuts[-1], max(took), goal, failed, paint, weight))
            print(f"{name}: p50 {rows[-1].p50:.0f}, p95 {rows[-1].p95:.0f} ms", file=sys.stderr)
        return rows, absent, fresh, memory(pid)


def format_page(rows: list[Row], absent: list[str], fresh: list[float], after: list[float]) -> str:
    """Format the page as Markdown."""
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
    page = format_page(*measure())
    print(page)
    if parser.parse_args().write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
