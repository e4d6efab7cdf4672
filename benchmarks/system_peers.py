"""Time and estimated criticality of other programs on the same events.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install tick numpydoc six hawkes-rs hawkes-engine
    .venv/bin/python benchmarks/system_peers.py /tmp/peers/bin/python [EVENTS ...]

The other programs are installed in a separate environment because this project does not depend on them. The data are
synthetic: three channels, exponential kernel with decay 1 per day, criticality 0.565, over 5,000 days, floored to days. Our model
reads daily counts. The others need exact times, so they get the floored ones with a uniform time of day, as a user of theirs
would do. Each is timed once, the fit alone, after one fit of 2,000 events; a program that takes longer than
ten minutes is stopped and reported as stopped. `decay` says whether the decay was given or estimated: our model
is given a half-life, tick a decay; hawkes-rs and hawkes-engine estimate one.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

OUT = Path("docs/replications/system_peers.md")
PEERS = ("tick", "hawkes-rs", "hawkes-engine")
LIMIT_S = 600.0


def radius(w: np.ndarray) -> float:
    return float(np.abs(np.linalg.eigvals(w)).max())


def tick(events: list[np.ndarray], _: float) -> tuple[float, str]:
    from tick.hawkes import HawkesExpKern

    model = HawkesExpKern(1.0, gofit="least-squares", max_iter=1000)
    model.fit(events)
    return radius(model.adjacency), "told"


def hawkes_rs(events: list[np.ndarray], days: float) -> tuple[float, str]:
    from hawkes import multivariate

    found = multivariate.fit(events, days)
    return float(found.branching_ratio_spectral_radius()), f"estimated {found.parameters.decay:.2f}"


def hawkes_engine(events: list[np.ndarray], days: float) -> tuple[float, str]:
    import hawkes_engine

    times = np.concatenate(events)
    types = np.repeat(np.arange(len(events)), [len(e) for e in events])
    order = np.argsort(times, kind="stable")
    found = hawkes_engine.fit(
        times[order], types[order], T=days, M=len(events), shared_decay=True, se_method=None, seed=0
    )
    beta = np.broadcast_to(np.asarray(found.beta), np.shape(found.alpha))
    return radius(np.asarray(found.alpha) / beta), "estimated " + " ".join(f"{b:.2f}" for b in np.unique(beta.round(2)))


FITS: dict[str, Callable[[list[np.ndarray], float], tuple[float, str]]] = {
    "tick": tick,
    "hawkes-rs": hawkes_rs,
    "hawkes-engine": hawkes_engine,
}


def one_peer(name: str, path: str) -> None:
    """Fit once in the peers' environment and print the result as JSON."""
    data = np.load(path)
    events, days = [data[f"arr_{k}"] for k in range(3)], float(data["days"])
    FITS[name]([e[: 2000 // 3] for e in events], float(max(e[2000 // 3 - 1] for e in events)))
    began = time.perf_counter()
    found, decay = FITS[name](events, days)
    print(json.dumps({"s": time.perf_counter() - began, "criticality": found, "decay": decay}))


def main(python: str, sizes: list[int]) -> None:
    from detente.model.fit import fit_model
    from detente.model.summaries import criticality
    from detente.model.synthetic import three_actors

    lines = ["| events | program | fit, s | criticality | decay |", "| ---: | --- | ---: | --- | --- |"]
    for size in sizes:
        w = three_actors(size, np.random.default_rng([9, size]), days=5_000)
        n = int(w.y.sum())
        fit_model(w.y, rng=np.random.default_rng(0), half_lives=[np.log(2)], harmonics=0)
        began = time.perf_counter()
        s = fit_model(w.y, rng=np.random.default_rng(0), half_lives=[np.log(2)], harmonics=0)
        took, c = time.perf_counter() - began, criticality(s)
        lines.append(f"| {n:,} | détente | {took:.2f} | {c.median:.3f} ({c.low:.3f} to {c.high:.3f}) | told |")
        print(lines[-1], flush=True)
        rng = np.random.default_rng([10, size])
        times = [np.sort(np.repeat(np.arange(len(w.y)), y) + rng.random(int(y.sum()))) for y in w.y.T]
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "events.npz")
            np.savez(path, *times, days=len(w.y))
            for name in PEERS:
                try:
                    run = subprocess.run(
                        [python, __file__, "--peer", name, path],
                        capture_output=True,
                        text=True,
                        timeout=LIMIT_S,
                        check=False,
                    )
                    fitted = json.loads(run.stdout.splitlines()[-1])
                    row = f"| {n:,} | {name} | {fitted['s']:.2f} | {fitted['criticality']:.3f} | {fitted['decay']} |"
                except subprocess.TimeoutExpired:
                    row = f"| {n:,} | {name} | over {LIMIT_S:.0f} | stopped | |"
                except (IndexError, ValueError):
                    why = (run.stderr.strip().splitlines() or ["no output"])[-1]
                    row = f"| {n:,} | {name} | did not run | {why[:80]} | |"
                lines.append(row)
                print(row, flush=True)
    OUT.write_text(
        f"# Other programs\n\n{__doc__}\nSeeds: [9, events] and [10, events]. Truth: 0.565.\n\n"
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        one_peer(sys.argv[2], sys.argv[3])
    else:
        main(sys.argv[1], [int(x) for x in sys.argv[2:]] or [50_000, 1_000_000])
