"""A small chronology and a small case in their true formats, written to a folder for a test."""

import re
import shutil
from pathlib import Path

from detente.cases.case_file import CaseFile, find_shipped_cases
from detente.sources.chronology_schema import COLUMNS

GOOD_ROW = {
    "event_id": "DL-20250101-01", "date_start": "2025-01-01", "date_end": "2025-01-01", "date_precision": "day",
    "country": "PAK", "admin1": "Khyber Pakhtunkhwa", "place": "Bannu", "latitude": "32.99", "longitude": "70.60",
    "geo_precision": "place", "initiator": "TTP", "target": "PAK", "event_type": "ASSAULT", "mode": "raid",
    "context": "terrorism", "summary": "A raid, made for a test.", "deaths_best": "5", "deaths_low": "4",
    "deaths_high": "6", "civilian_deaths": "0", "disputed": "no", "sources": "https://example.org/1 | https://example.org/2",
    "confidence": "high",
}  # fmt: skip


FEW_ACTORS = "PAK AFG TTP JUA ISKP BLA PAK_CIV AFG_CIV QAT IND UNK".split()


def keep_few_actors(flagship: CaseFile) -> CaseFile:
    """The flagship's case with one or two actors of each role: a query for the whole cast is long."""
    return flagship.model_copy(update={"cast": tuple(a for a in flagship.cast if a.key in FEW_ACTORS)})


def make_line(**changes: str) -> str:
    """One CSV line; fields with a comma or a mark are quoted."""
    values = {**GOOD_ROW, **changes}
    return ",".join('"' + v.replace('"', '""') + '"' if any(c in v for c in ',"\n') else v for v in values.values())


def make_chronology(*lines: str, header: str = ",".join(COLUMNS)) -> bytes:
    """The file's bytes: a header and lines."""
    return ("\n".join([header, *lines]) + "\n").encode()


def make_daily_lines(n: int, **changes: str) -> list[str]:
    """n good lines on n following days of January 2025."""
    return [
        make_line(
            **{
                "event_id": f"DL-202501{i:02d}-01",
                "date_start": f"2025-01-{i:02d}",
                "date_end": f"2025-01-{i:02d}",
                **changes,
            }
        )
        for i in range(1, n + 1)
    ]


def write_case_folder(folder: Path, data: bytes | None = None) -> Path:
    """A copy of the flagship case in a folder, with another chronology if given; returns the case file."""
    source = find_shipped_cases()["pakistan-afghanistan"]
    shutil.copy(source, folder / "case.toml")
    shutil.copytree(source.parent / "pakistan_afghanistan", folder / "pakistan_afghanistan")
    if data is not None:
        (folder / "pakistan_afghanistan/chronology.csv").write_bytes(data)
        text = (folder / "case.toml").read_text(encoding="utf-8")
        # The flagship names events of its own chronology; another one does not hold them.
        start, end = text.index("# Where place and mode do not say"), text.index("# ---- Cast")
        text = text[:start] + text[end:]
        text = text.replace('truce_events = ["DL-20250317-01", "DL-20251019-01"]', "truce_events = []")
        # So do its stated links, its renamed events and its background.
        text = re.sub(r"^(links|renamed|background) = .*\n", "", text, flags=re.M)
        (folder / "case.toml").write_text(text, encoding="utf-8")
    return folder / "case.toml"
