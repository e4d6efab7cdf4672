"""Which files of a folder or archive are one release.

The days that a release covers follow from its name or its events. Two monthly files read as one would cover the months
between them, of which nothing is known. So each file of UCDP or ACLED is a release of its own, as if it were given by itself,
unless the folder or archive has the name of a published release. Files of the other providers, who publish by day or year,
are one release, but GDELT's only where no day is missing between them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from detente.sources import gdelt
from detente.sources.archive import ReleaseFile
from detente.sources.detect import DetectedFormat
from detente.sources.ucdp import parse_covered_days

EXTRACT_SOURCES = ("ucdp", "acled")

DetectedFiles = tuple[tuple[ReleaseFile, DetectedFormat], ...]


def group_by_release(path: Path, files: DetectedFiles) -> dict[str, DetectedFiles]:
    """Group the files of a folder or archive into releases, by their names.

    Args:
        path: the folder or archive. files: its files with their formats; at least one.

    Returns:
        The files of each release, in order. A release has the name of its file; the path inside the folder where two files
        share a name, and the name of the folder or archive where all files are one release.
    """
    sources = {d.format.source for _, d in files}
    if sources == {"gdelt"}:
        return _group_by_run(path, files)
    if len(sources) == 1 and (not sources <= set(EXTRACT_SOURCES) or _is_one_release(path, files)):
        return {path.name: files}
    units: dict[str, list[tuple[ReleaseFile, DetectedFormat]]] = {}
    for part, detected in files:
        mixed = {d.format.source for p, d in files if _outer_name(path, p) == _outer_name(path, part)}
        units.setdefault(_unit_name(path, part, split=len(mixed) > 1), []).append((part, detected))
    if len(sources) == 1 and len(units) == 1 and _stated_days(next(iter(units))) is None:
        return {path.name: files}
    names = [Path(u).name for u in units]
    return {Path(u).name if names.count(Path(u).name) == 1 else u: tuple(f) for u, f in units.items()}


def find_stated_days(path: Path, files: DetectedFiles) -> tuple[date, date] | None:
    """Find the days that files of GDELT cover together by their names; None for another source, and where a name states none."""
    if {d.format.source for _, d in files} != {"gdelt"}:
        return None
    days = [_days_of_gdelt(path, part) for part, _ in files]
    stated = [d for d in days if d is not None]
    return (min(stated)[0], max(d[1] for d in stated)) if stated and len(stated) == len(days) else None


def _group_by_run(path: Path, files: DetectedFiles) -> dict[str, DetectedFiles]:
    """Group files of GDELT into runs of days without a gap; all of them where a name states no day."""
    days = [_days_of_gdelt(path, part) for part, _ in files]
    order = sorted((d, i) for i, d in enumerate(days) if d is not None)
    if len(order) < len(files):
        return {path.name: files}
    runs: list[list[int]] = []
    until = date.min
    for (first, last), i in order:
        if not runs or first > until + timedelta(days=1):
            runs.append([])
        runs[-1].append(i)
        until = max(until, last)
    if len(runs) == 1:
        return {path.name: files}
    grouped = [tuple(files[i] for i in sorted(run)) for run in runs]
    return {_name_run(path, g): g for g in grouped}


def _name_run(path: Path, files: DetectedFiles) -> str:
    stated = find_stated_days(path, files)
    assert stated is not None  # a run is made of files with days
    return f"{path.name} [{stated[0]} to {stated[1]}]" if len(files) > 1 else Path(_outer_name(path, files[0][0])).name


def _days_of_gdelt(path: Path, part: ReleaseFile) -> tuple[date, date] | None:
    names = (part.name, _outer_name(path, part))
    return next((d for n in names if (d := gdelt.parse_covered_days(Path(n).name))), None)


def _is_one_release(path: Path, files: DetectedFiles) -> bool:
    """Return whether the name of a folder or archive states the days of all its files."""
    whole = _stated_days(path.name)
    inner = {_inner_days(p) or _stated_days(_outer_name(path, p)) for p, _ in files}
    return whole is not None and inner <= {None, whole}


def _unit_name(path: Path, part: ReleaseFile, *, split: bool) -> str:
    """Name the release of a file: the file of the folder or archive, or what lies in it if that states other days."""
    outer, days = _outer_name(path, part), _inner_days(part)
    if not split and (days is None or days == _stated_days(outer)):
        return outer
    return f"{outer} [{part.sheet}]" if part.sheet else part.name


def _outer_name(path: Path, part: ReleaseFile) -> str:
    return part.group or path.name


def _inner_days(part: ReleaseFile) -> tuple[date, date] | None:
    names: Sequence[str] = (part.sheet, part.name)
    return next((d for n in names if (d := _stated_days(n))), None)


def _stated_days(name: str) -> tuple[date, date] | None:
    return parse_covered_days(Path(name).name)
