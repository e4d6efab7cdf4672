"""A copy of what the wheel is built from, so that nothing is written into the checkout."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CHRONOLOGY.md")


def copy_sources(copy: Path) -> Path:
    """Copy the sources of the wheel into a new folder and return it."""
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, copy / name)
    return copy
