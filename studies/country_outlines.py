"""Build the country outlines of the coordinate check from Natural Earth 1:50m (public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz package/countries-50m.json
    .venv/bin/python studies/country_outlines.py package/countries-50m.json src/detente/events/outlines.json

world-atlas holds Natural Earth's admin-0 countries as TopoJSON. Outlines are simplified to about 5 km. A provider may
name a state by its territory at the time, so a state's outline also holds what belonged to it since 1946: events of
"Russia (Soviet Union)" in 1990 lie in today's Tajikistan.
"""

import json
import sys
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon

from detente.events.countries import load_country_codes

TOLERANCE = 0.05  # degrees
UNNUMBERED = {"Kosovo": "XKX", "Somaliland": "SOM", "N. Cyprus": "CYP"}
# A state, and the countries of today that belonged to it at some time since 1946 or that providers count with it.
FORMER = {
    "RUS": "EST LVA LTU BLR UKR MDA GEO ARM AZE KAZ UZB TKM KGZ TJK",
    "SRB": "BIH HRV SVN MKD MNE XKX",
    "YUG": "SRB BIH HRV SVN MKD MNE XKX",
    "CSK": "CZE SVK",
    "DDR": "DEU",
    "YMD": "YEM",
    "VDR": "VNM",
    "ETH": "ERI",
    "SDN": "SSD",
    "IDN": "TLS",
    "MAR": "ESH",
    "ISR": "PSE",
    "ZAF": "NAM",
    "PAK": "BGD",
    "MYS": "SGP",
    "CHN": "HKG MAC TWN",
    "USA": "PRI GUM VIR ASM MNP",
    "GBR": "GIB FLK SHN BMU CYM VGB TCA MSR AIA IMN JEY GGY",
    "DNK": "GRL FRO",
    "NLD": "ABW CUW SXM",
    "FIN": "ALA",
    "FRA": "DZA NCL PYF MAF BLM SPM WLF",
    "PRT": "AGO MOZ GNB TLS",
}


def read_outlines(file: Path) -> dict[str, shapely.Geometry]:
    data = json.loads(file.read_text(encoding="utf-8"))
    scale, shift = np.array(data["transform"]["scale"]), np.array(data["transform"]["translate"])
    arcs = [np.cumsum(np.array(a), axis=0) * scale + shift for a in data["arcs"]]

    def ring(numbers: list[int]) -> np.ndarray:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in numbers]
        return np.vstack([parts[0], *(p[1:] for p in parts[1:])])

    numbers = load_country_codes("iso_number")
    found: dict[str, list[shapely.Geometry]] = {}
    for g in data["objects"]["countries"]["geometries"]:
        iso3 = numbers.get(str(int(g["id"]))) if g.get("id") else UNNUMBERED.get(g["properties"]["name"])
        if iso3 is None or g["type"] is None:
            print("no code:", g.get("id"), g["properties"]["name"])
            continue
        polygons = [g["arcs"]] if g["type"] == "Polygon" else g["arcs"]
        found.setdefault(iso3, []).extend(
            shapely.make_valid(Polygon(ring(p[0]), [ring(h) for h in p[1:]])) for p in polygons
        )
    return {k: shapely.union_all(v) for k, v in found.items()}


def main(file: Path, out: Path) -> None:
    today = read_outlines(file)
    known = set(load_country_codes("iso3").values())
    outlines = {k: g for k, g in today.items() if k in known}
    for state, parts in FORMER.items():
        members = [today[p] for p in [state, *parts.split()] if p in today]
        if state in known and members:
            outlines[state] = shapely.union_all(members)
    # Natural Earth draws Crimea with Russia, as it is held; providers count it with either state.
    outlines["UKR"] = shapely.union(
        today["UKR"], shapely.intersection(today["RUS"], shapely.box(32.4, 44.3, 36.6, 46.3))
    )
    rings = {}
    for k, g in sorted(outlines.items()):
        simple = shapely.simplify(g, TOLERANCE)
        parts = shapely.get_parts(simple)
        rings[k] = [
            [np.round(np.asarray(r.coords) * 100).astype(int).ravel().tolist() for r in (p.exterior, *p.interiors)]
            for p in parts
            if p.geom_type == "Polygon"
        ]
    missing = sorted(known - set(rings))
    print(f"{len(rings)} outlines; none for {' '.join(missing)}")
    text = json.dumps(
        {
            "source": "Natural Earth 1:50m admin-0 countries (public domain), by world-atlas 2.0.2; simplified to 0.05 degrees by studies/country_outlines.py",
            "unit": "hundredths of a degree: longitude, latitude, longitude, latitude, ...",
            "polygons": rings,
        },
        separators=(",", ":"),
    )
    out.write_text(text + "\n", encoding="utf-8")
    print(out, out.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
