"""False positives of another program: tick's Hawkes process with a constant background, on the same worlds.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install tick numpydoc six
    .venv/bin/python studies/system_provocation_peer.py /tmp/peers/bin/python [runs]

tick estimates and does not test. It gets a threshold that none of its users would know: the 95 % quantile of its
estimates of W[k, j] where nothing is shared and there are no responses (the plain world, other seeds). Estimates above it
count as found. tick is given the true decay and gets the floored events at uniform times of their days.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

OUT = Path("docs/replications/system_provocation_peer.md")


def peer(path: str) -> None:
    from tick.hawkes import HawkesExpKern

    found = []
    with np.load(path) as data:
        for i in range(int(data["runs"])):
            model = HawkesExpKern(0.35, gofit="least-squares", max_iter=1000)
            model.fit([data[f"{i}_0"], data[f"{i}_1"]])
            found.append([float(model.adjacency[0, 1]), float(model.adjacency[1, 0])])
    print(json.dumps(found))


def main(python: str, runs: int) -> None:
    from detente.model import synthetic as worlds

    estimates = {}
    kinds = {
        "threshold": (worlds.independent_actors, 0, 110),
        "plain, 900 events": (worlds.independent_actors, 0, 104),
        "shared sky, 900 events": (worlds.shared_background, 1, 104),
    }
    for name, (make, world, seed) in kinds.items():
        events: dict[str, object] = {"runs": runs}
        for run in range(runs):
            w = make(np.random.default_rng([seed, world, run]))
            rng = np.random.default_rng([seed + 1, world, run])
            for k in range(2):
                day = np.repeat(np.arange(len(w.y)), w.y[:, k])
                events[f"{run}_{k}"] = np.sort(day + rng.random(len(day)))
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "events.npz")
            np.savez(path, **events)  # type: ignore[arg-type]
            run_peer = subprocess.run([python, __file__, "--peer", path], capture_output=True, text=True, check=True)
        estimates[name] = np.array(json.loads(run_peer.stdout.splitlines()[-1]))
    limit = float(np.quantile(estimates.pop("threshold"), 0.95))
    lines = [
        f"Threshold: {limit:.3f}.",
        "",
        "| world | runs | mean estimate (truth 0) | found to answer |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, found in estimates.items():
        lines.append(f"| {name} | {found.size} | {found.mean():.3f} | {(found > limit).mean():.1%} |")
    print("\n".join(lines))
    seeds = "Seeds: those of `system_provocation.py`, and [110, 0, run] for the threshold."
    OUT.write_text(f"# False provocation by another program\n\n{__doc__}\n{seeds}\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        peer(sys.argv[2])
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300)
