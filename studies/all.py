"""Make every study again, one after the other, and go on where an interrupted run stopped.

    make studies                                    # DATA=../shared/data by default
    .venv/bin/python studies/all.py ../shared/data [--only lead_check] [--again]

Each study writes its own page in docs/replications. A study that ended is skipped until its script, the model's version or the
chronology changes; `--again` makes it anyway. Those that need other data, or another program, are named at the end with their command.
What is done, and how long it took, is kept in studies/.done.json; rows of the two longest studies in studies/.rows.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from detente.model.version import MODEL_VERSION

ROOT = Path(__file__).parents[1]
HERE, DONE, ROWS = ROOT / "studies", ROOT / "studies/.done.json", ROOT / "studies/.rows"
CHRONOLOGY = ROOT / "src/detente/cases/shipped/pakistan_afghanistan/chronology.csv"
# The short ones first. DATA stands for the folder with the releases of other sources, ROWS for kept rows.
STUDIES: dict[str, tuple[str, ...]] = {
    "sentences": ("--write",),
    "questions": (),
    "same_event": ("DATA", "--write"),
    "other_source": ("DATA",),
    "reporting_coverage": ("DATA",),
    "count_change": ("--write",),
    "digest": ("--write",),
    "system_flagship": (),
    "system_held_out": (),
    "check_fits": (),
    "forecast_case": (),
    "system_day_floors": (),
    "system_coverage": (),
    "system_uneven": (),
    "system_upheaval": (),
    "placebo_in_time": (),
    "system_provocation": (),
    "lead_check": ("--runs", "40", "--rows", "ROWS/lead_check.csv"),
    "claim_verdicts": ("--runs", "200", "--rows", "ROWS/claim_verdicts.csv", "--keep"),
}
BY_HAND = {
    "mutation": "needs cosmic-ray: see its first lines",
    "question_matching": "needs the extra nlp: .venv/bin/python studies/question_matching.py",
    "forecast_countries": "needs the panel of monthly deaths: see its first lines",
    "ucdp_figures": "needs UCDP's yearly releases: studies/ucdp_figures.py DATA --write",
    "system_provocation_peer": "needs another program: see its first lines",
}


def study_key(name: str) -> str:
    """The state that a study's result holds for: its script, the model's version, and the chronology."""
    parts = ((HERE / f"{name}.py").read_bytes(), str(MODEL_VERSION).encode(), CHRONOLOGY.read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def run_study(name: str, data: str) -> float:
    """Run one study and return its seconds; its output goes through."""
    ROWS.mkdir(exist_ok=True)
    args = [a.replace("DATA", data).replace("ROWS", str(ROWS)) for a in STUDIES[name]]
    begun = time.monotonic()
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}
    subprocess.run([sys.executable, str(HERE / f"{name}.py"), *args], check=True, cwd=ROOT, env=env)
    return time.monotonic() - begun


def main() -> None:
    """Make those studies that are not up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="folder with the releases of other sources")
    parser.add_argument("--only", nargs="*", choices=STUDIES, default=[*STUDIES], help="only these studies")
    parser.add_argument("--again", action="store_true", help="make them even if they are up to date")
    args = parser.parse_args()
    done = json.loads(DONE.read_text(encoding="utf-8")) if DONE.is_file() else {}
    failed = []
    for n, name in enumerate(args.only, 1):
        key = study_key(name)
        if not args.again and done.get(name, {}).get("key") == key:
            print(f"[{n}/{len(args.only)}] {name}: up to date", flush=True)
            continue
        print(f"[{n}/{len(args.only)}] {name} ...", flush=True)
        try:
            seconds = run_study(name, args.data)
        except subprocess.CalledProcessError as error:
            failed.append(name)
            print(f"{name} failed with status {error.returncode}; the others go on.", flush=True)
            continue
        done[name] = {"key": key, "seconds": round(seconds)}
        DONE.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    for name, why in BY_HAND.items():
        print(f"{name}: not made here; {why}.")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
