"""Precision and recall of `events/matching/linkage.py` on pairs of reports labelled by hand.

    .venv/bin/python studies/same_event.py ../shared/data [--write]

Every event with force of the chronology in October 2023 and January 2026 is compared with every UCDP Candidate event in Pakistan and
Afghanistan of those months. Labels (`same_event_labels.tsv`, ids and a reason) were assigned by reading both texts; `part` means that UCDP
has several events where the chronology has one, `unclear` counts neither way. A stated pair without a label counts as wrong.
Exact 95 % limits (Clopper and Pearson 1934).
Sources: Hegre et al. 2020 (UCDP, CC BY 4.0); the chronology (CC BY 4.0).
"""

import csv
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from scipy.stats import binomtest

from detente.cases.actors import UnknownActor, resolve_actors
from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.events.arrow import from_table
from detente.events.event import Event
from detente.events.matching.assignment import match_events
from detente.events.matching.linkage import REPORTED, score_pair
from detente.events.reader import read_release

OUT = Path(__file__).parents[1] / "docs/replications/same_event.md"
CASE = load_case_file("pakistan-afghanistan")


def resolve_event(e: Event) -> Event:
    from dataclasses import replace

    sides = []
    for names, codes in ((e.raw_initiators, e.initiator_codes), (e.raw_recipients, e.recipient_codes)):
        side: list[str] = []
        for i, name in enumerate(names):
            code = codes[i : i + 1] if len(codes) == len(names) else ()
            try:
                side += resolve_actors(CASE, e.source, (name,), "", day=e.day, country=e.place.country, codes=code)
            except UnknownActor:
                # Civilians do not distinguish two events. Names that are not actors of the case stay as they are.
                side += [] if name == "Civilians" else ["UNK" if name.startswith("XXX") else name]
        sides.append(tuple(dict.fromkeys(side)))
    return replace(e, initiators=sides[0], recipients=sides[1])


def limits(k: int, n: int) -> str:
    if not n:
        return "none"
    ci = binomtest(k, n).proportion_ci(0.95)
    return f"{k} of {n}, {k / n:.0%} ({ci.low:.0%}–{ci.high:.0%})"


def main(data: Path, write: bool) -> None:
    labels = {
        (r["chronology"], r["ucdp"]): r["relation"]
        for r in csv.DictReader(
            (Path(__file__).parent / "same_event_labels.tsv").open(encoding="utf-8"), delimiter="\t"
        )
    }
    months = [(date(2023, 10, 1), date(2023, 10, 31)), (date(2026, 1, 1), date(2026, 1, 31))]
    file = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
    ours = [
        resolve_event(e) for e in from_table(read_release(file).events.read_all())
        if e.type == "ASSAULT" and any(a <= e.span.last and e.day <= b for a, b in months)
    ]  # fmt: skip
    theirs = [
        resolve_event(e)
        for name in ("GEDEvent_v23_0_10.csv", "GEDEvent_v26_0_1.csv")
        for e in from_table(read_release(data / "ucdp" / name).events.read_all())
        if e.place.country in ("PAK", "AFG")
    ]
    links = {(n.a.id, n.b.id): n for n in match_events(ours, theirs)}
    lines = ["| pairs | precision | recall: same | recall: part |", "| --- | --- | --- | --- |"]
    stated = {k for k, n in links.items() if n.standing in REPORTED}
    for title, selected in (
        ("probable", {k for k in stated if links[k].standing == "probable"}),
        ("probable or part", stated),
        ("6 bits or more, each pair alone", {k for k, n in links.items() if n.score >= 6.0}),
        ("all listed", set(links)),
    ):
        judged = [labels.get(k, "different") for k in selected if labels.get(k) != "unclear"]
        hit = {r: sum(k in selected for k, v in labels.items() if v == r) for r in ("same", "part")}
        of = {r: sum(v == r for v in labels.values()) for r in ("same", "part")}
        right = sum(r != "different" for r in judged)
        lines.append(
            f"| {title} | {limits(right, len(judged))} | {limits(hit['same'], of['same'])} | {limits(hit['part'], of['part'])} |"
        )
    count = Counter(labels.values())
    summary = ", ".join(f"{count[r]} {r}" for r in ("same", "part", "different", "unclear"))
    pairs = [
        f"{len(ours)} events of the chronology, {len(theirs)} of UCDP, {len(labels)} labelled pairs: {summary}.",
        f"Events with more than one probable report: {sum(v > 1 for v in Counter(k[0] for k in stated if links[k].standing == 'probable').values())}.",
    ]
    pairs += ["", "| chronology | UCDP | label | standing | probability | score | parts of the score |", "| --- | --- | --- | --- | ---: | ---: | --- |"]  # fmt: skip
    by_id = {e.id: e for e in (*ours, *theirs)}
    for key in sorted({*labels, *stated}):
        parts = score_pair(by_id[key[0]], by_id[key[1]])
        reasons = "; ".join(f"{p.what} {p.bits:+.1f} ({p.why})" for p in parts)
        n = links.get(key)
        standing = f"{n.standing} | {n.probability:.2f}" if n else "not listed |"
        pairs.append(
            f"| {key[0]} | {key[1]} | {labels.get(key, '-')} | {standing} | {sum(p.bits for p in parts):.1f} | {reasons} |"
        )
    table = "\n".join([*lines, "", *pairs])
    print(table)
    if write:
        text = OUT.read_text(encoding="utf-8")
        begin, end = text.index("<!-- table -->"), text.index("<!-- end -->")
        OUT.write_text(f"{text[:begin]}<!-- table -->\n\n{table}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--write" in sys.argv)
