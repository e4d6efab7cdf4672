"""Write practice.csv: an invented conflict in the columns of UCDP's files.

Iceland fights the Practice Group, which shelters in Norway. No event in
this file ever happened. For every hundred attacks by the group, thirty
more Icelandic strikes follow, most of them within days.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from detente import datasets
from detente.sources.ucdp import GED

FIRST_DAY = date(2020, 1, 1)
# Far above UCDP's own ids, which have six digits: an invented event never
# replaces one of UCDP's.
FIRST_ID = 900_000_000_001
# Where attacks and strikes fall, with Gleditsch and Ward's numbers.
SOIL = (("Iceland", 395), ("Norway", 385))
SAME = {
    "code_status": "Clear",
    "type_of_violence": 1,
    "side_a": "Government of Iceland",
    "side_b": "Practice Group",
    "dyad_name": "Government of Iceland - Practice Group",
    "source_headline": "Invented for practice",
    "number_of_sources": 1,
    "where_prec": 6,
    "event_clarity": 1,
    "date_prec": 1,
}

world = datasets.synthetic("one_sided_response", seed=4, events=700)
rng = np.random.default_rng(4)
rows = []
for t, counts in enumerate(world.y):
    day = FIRST_DAY + timedelta(days=t)
    for (country, code), events in zip(SOIL, counts, strict=True):
        for _ in range(events):
            deaths = int(rng.integers(1, 9))
            rows.append(
                SAME
                | {"id": FIRST_ID + len(rows), "year": day.year}
                | {"country": country, "country_id": code}
                | {"date_start": f"{day}", "date_end": f"{day}"}
                | {"low": deaths, "best": deaths, "high": deaths}
            )

with Path("practice.csv").open("w", newline="", encoding="utf-8") as file:
    columns = [*GED.required, "code_status"]
    table = csv.DictWriter(file, columns, restval="")
    table.writeheader()
    table.writerows(rows)
print(f"practice.csv: {len(rows)} invented events")
