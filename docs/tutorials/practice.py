"""Write practice.csv: an invented conflict in the columns of UCDP's files, for practice.

Iceland fights the Practice Group, which shelters in Norway. No event in this file ever happened. It is made so that thirty
Icelandic strikes follow for every hundred attacks by the group, most of them within days.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from detente import datasets
from detente.sources.ucdp import GED

FIRST_DAY = date(2020, 1, 1)
SOIL = (("Iceland", 395), ("Norway", 385))  # of attacks and of strikes, with Gleditsch and Ward's numbers

world = datasets.synthetic("one_sided_response", seed=4, events=700)
deaths = np.random.default_rng(4)
number = 0
with Path("practice.csv").open("w", newline="", encoding="utf-8") as file:
    table = csv.DictWriter(file, [*GED.required, "code_status"], restval="")
    table.writeheader()
    for t, of_day in enumerate(world.y):
        day = FIRST_DAY + timedelta(days=t)
        for (country, code), events in zip(SOIL, of_day, strict=True):
            for _ in range(events):
                number += 1
                killed = int(deaths.integers(1, 9))
                table.writerow({
                    "id": number, "year": day.year, "code_status": "Clear", "type_of_violence": 1, "region": "Invented",
                    "side_a": "Government of Iceland", "side_b": "Practice Group", "country": country, "country_id": code,
                    "dyad_name": "Government of Iceland - Practice Group", "source_headline": "Invented for practice",
                    "number_of_sources": 1, "where_prec": 6, "event_clarity": 1, "date_prec": 1,
                    "date_start": f"{day} 00:00:00.000", "date_end": f"{day} 00:00:00.000",
                    "low": killed, "best": killed, "high": killed,
                })  # fmt: skip
print(f"practice.csv: {number} invented events")
