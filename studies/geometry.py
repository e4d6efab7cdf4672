"""Build the flagship case's geometry from Natural Earth (public domain): borders, placebo borders, provinces.

    .venv/bin/python studies/geometry.py ../shared/data \
        src/detente/cases/shipped/pakistan_afghanistan/geometry.geojson

The border line is not simplified; provinces are simplified together, so that neighbours still fit. The
former tribal areas are merged into Khyber Pakhtunkhwa, as in law since 2018. A placebo border is
another border of either country: an effect specific to this border should be absent near those.
"""

import json
import sys
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, Point, mapping, shape

# Where three borders meet, or a border meets the sea: (longitude, latitude), to the nearest vertex.
CORNERS = {
    "PAK-IRN-AFG": (60.87, 29.86),
    "PAK-IRN-sea": (61.61, 25.17),
    "PAK-IND-sea": (68.17, 23.69),
    "PAK-IND-CHN": (76.9, 35.6),
    "PAK-CHN-AFG": (74.54, 37.02),
    "AFG-IRN-TKM": (61.27, 35.61),
    "AFG-TKM-UZB": (66.52, 37.36),
    "AFG-UZB-TJK": (67.80, 37.18),
    "AFG-TJK-CHN": (74.9, 37.24),
}
PLACEBOS = [
    ("Pakistan–Iran", "PAK", "PAK-IRN-AFG", "PAK-IRN-sea"),
    ("Pakistan–India, with the Line of Control", "PAK", "PAK-IND-sea", "PAK-IND-CHN"),
    ("Pakistan–China", "PAK", "PAK-IND-CHN", "PAK-CHN-AFG"),
    ("Afghanistan–Iran", "AFG", "PAK-IRN-AFG", "AFG-IRN-TKM"),
    ("Afghanistan–Turkmenistan", "AFG", "AFG-IRN-TKM", "AFG-TKM-UZB"),
    ("Afghanistan–Uzbekistan", "AFG", "AFG-TKM-UZB", "AFG-UZB-TJK"),
    ("Afghanistan–Tajikistan", "AFG", "AFG-UZB-TJK", "AFG-TJK-CHN"),
]


def largest_ring(polygons: list) -> np.ndarray:  # type: ignore[type-arg]
    union = shapely.union_all([shapely.set_precision(p, 1e-5) for p in polygons])
    parts = list(union.geoms) if hasattr(union, "geoms") else [union]
    return np.asarray(max(parts, key=lambda p: p.area).exterior.coords)[:-1]


def between(ring: np.ndarray, a: str, b: str) -> LineString:
    """Return the part of the ring between two corners that passes fewer other corners."""
    at = {k: int(np.argmin(np.hypot(*(ring - np.array(c)).T))) for k, c in CORNERS.items()}
    far = {k for k, i in at.items() if np.hypot(*(ring[i] - np.array(CORNERS[k]))) > 0.6}
    i, j = at[a], at[b]
    ways = []
    for s, e in ((i, j), (j, i)):
        index = np.arange(s, e + 1 if e >= s else e + 1 + len(ring)) % len(ring)
        others = sum(at[k] in set(index.tolist()) for k in at if k not in (a, b) and k not in far)
        ways.append((others, index))
    return LineString(ring[min(ways, key=lambda w: (w[0], len(w[1])))[1]])


def rounded(geometry: object, digits: int) -> object:
    return json.loads(json.dumps(mapping(geometry)), parse_float=lambda x: round(float(x), digits))  # type: ignore[arg-type]


def main(data: Path, out: Path) -> None:
    admin = json.loads((data / "geometry/ne10m_admin1_pak_afg.geojson").read_text())["features"]
    line = json.loads((data / "geometry/durand_line_ne10m.geojson").read_text())["features"][0]
    shapes = [(f["properties"]["adm0_a3"], f["properties"]["name_en"], shape(f["geometry"])) for f in admin]
    # A separate Natural Earth sliver (Siachen) belongs to neither country's provinces.
    shapes = [s for s in shapes if s[0] in ("PAK", "AFG")]
    features = [
        {
            "type": "Feature",
            "properties": {"kind": "border", "name": "Afghanistan–Pakistan (Durand Line)"},
            "geometry": line["geometry"],
        }
    ]
    rings = {c: largest_ring([g for k, _, g in shapes if k == c]) for c in ("PAK", "AFG")}
    for name, country, a, b in PLACEBOS:
        geometry = between(rings[country], a, b).simplify(0.005)
        km = geometry.length * 100
        print(f"{name}: {len(geometry.coords)} vertices, about {km:.0f} km")
        features.append(
            {
                "type": "Feature",
                "properties": {"kind": "placebo border", "name": name},
                "geometry": rounded(geometry, 4),
            }
        )
    merged: dict[tuple[str, str], list] = {}  # type: ignore[type-arg]
    for country, name, g in shapes:
        tribal = name == "Federally Administered Tribal Areas"
        merged.setdefault((country, "Khyber Pakhtunkhwa" if tribal else name), []).append(g)
    keys = list(merged)
    whole = [shapely.make_valid(shapely.union_all(merged[k])) for k in keys]
    simple = shapely.coverage_simplify(np.array(whole, dtype=object), 0.03)
    for (country, name), g in zip(keys, simple, strict=True):
        at = Point(g.representative_point())
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "kind": "province",
                    "name": name,
                    "country": country,
                    "label": [round(at.x, 3), round(at.y, 3)],
                },
                # Vega draws the whole globe if a ring is anticlockwise.
                "geometry": rounded(shapely.orient_polygons(g, exterior_cw=True), 3),
            }
        )
    out.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "source": "Natural Earth 1:10m (public domain)",
                "features": features,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n",
        encoding="utf-8",
    )
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB, {len(features)} features")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
