"""Fuzz test of the readers with damaged rows.

    .venv/bin/python benchmarks/fuzz_readers.py [ROWS] [SEED]

For each format ROWS generated rows, half of them damaged in one of twelve ways (bytes overwritten, inserted or deleted,
quotes, separators, line ends, zeros, foreign bytes, cells of other types, rows truncated or doubled), read in files of
2,000. A reader fails if it raises anything but one of our errors, if events, merged rows and rejected rows do not add up to
the rows read, if an undamaged row is neither an event nor in a rejected text, or if a damaged row cannot be found:
neither its id among the events nor its text among the rejected rows.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from detente.events.reader import read_release
from support.provider_rows import FORMATS, ID_COLUMNS, SAMPLE_ROWS, encode_row

MANY = 2_000


def damage_row(raw: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Damage a row (without its line end) in one way; return it with the name of that way."""
    at = rng.randrange(len(raw))
    junk = rng.choice(
        [b'"', b",", b"\t", b"\r", b"\n", b"\0", b"\xff", b"\xc3", b"-", b"9" * 30, b"nan", "é".encode(), b'""', b'","']
    )
    cells = raw.split(b"\t" if b"\t" in raw else b",")
    i = rng.randrange(len(cells))
    other = rng.choice(
        [
            b"",
            b" ",
            b"-1",
            b"1e400",
            b"0x1F",
            b"2025-13-40",
            b"infinity",
            b"NULL",
            b"None",
            b"9" * 25,
            "\u0663".encode(),
        ]
    )
    swapped = [*cells[:i], other, *cells[i + 1 :]]
    joined = (b"\t" if b"\t" in raw else b",").join
    return rng.choice(
        [
            (raw[:at] + junk + raw[at:], "put in"),
            (raw[:at] + junk + raw[at + len(junk) :], "overwritten"),
            (raw[:at] + raw[at + rng.randrange(1, 9) :], "taken out"),
            (raw[:at], "cut off"),
            (raw + raw[:at], "doubled"),
            (joined(swapped), "cell of another kind"),
            (joined([*cells[:i], *cells[i + 1 :]]), "cell lost"),
            (joined([*cells[:i], b"extra", *cells[i:]]), "cell more"),
            (raw[:at] + b'"' + raw[at:], "mark put in"),
            (raw.replace(b'"', b"", 1), "mark lost"),
            (raw[:at] + b"\r\n" + raw[at:], "line end put in"),
            (raw[:at] + bytes(rng.randrange(256) for _ in range(4)) + raw[at:], "random bytes"),
        ]
    )


def run(form: str, rows: int, rng: random.Random) -> tuple[Counter[str], int, int, int]:
    provider, columns, _, header = FORMATS[form]
    spread: Counter[str] = Counter()
    hit = total_events = total_rejected = 0
    for start in range(0, rows, MANY):
        body, whole, broken = [], [], []
        for k in range(start, start + MANY):
            row = dict(SAMPLE_ROWS[provider])
            key = f"{770000000 + k}"
            row[ID_COLUMNS[provider]] = key
            row["data_id"] = key  # the first column of old ACLED exports
            if provider == "gdelt":
                row["Actor1Code"] = f"P{k}"
            raw = encode_row(form, [row.get(c, "") for c in columns]).rstrip(b"\n")
            if rng.random() < 0.5:
                raw, name = damage_row(raw, rng)
                spread[name] += 1
                hit += 1
                broken.append((key, raw))
            else:
                whole.append(key)
            body.append(raw)
        head = encode_row(form, columns) if header else b""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{form}.csv"
            path.write_bytes(head + b"\n".join(body) + b"\n")
            reading = read_release(path, source=provider, known_on=date(2026, 1, 1))
            ids = set(reading.events.read_all()["id"].to_pylist())
            account = reading.account()
        assert account.rows == account.events + account.merged + account.set_aside.num_rows, form
        texts = "\n".join(account.set_aside["raw"].to_pylist())
        lost = [k for k in whole if k not in ids and k not in texts]
        assert not lost, (form, lost[:3])
        # A damaged row may have lost its id or been merged into another row; its text must then be among the rejected rows.
        lost = [
            (k, r) for k, r in broken
            if k not in ids and k not in texts and account.merged == 0
            and any(p.strip() and p.decode("utf-8", "backslashreplace") not in texts for p in r.replace(b"\r", b"\n").split(b"\n")[:1])
            and not any(i in r.decode("utf-8", "backslashreplace") for i in ids)
        ]  # fmt: skip
        assert not lost, (form, lost[:3])
        total_events += account.events
        total_rejected += account.set_aside.num_rows
    return spread, hit, total_events, total_rejected


def main(rows: int, seed: int) -> None:
    print(
        f"Seed {seed}.\n\n| format | rows | damaged | events | set aside | lost | seconds |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    kinds: Counter[str] = Counter()
    for form in FORMATS:
        began = time.perf_counter()
        spread, hit, events, rejected = run(form, rows, random.Random(seed))
        kinds += spread
        print(
            f"| {form} | {rows:,} | {hit:,} | {events:,} | {rejected:,} | 0 | {time.perf_counter() - began:.0f} |",
            flush=True,
        )
    print("\nDamage: " + ", ".join(f"{k} {n:,}" for k, n in sorted(kinds.items())) + ".")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 210_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
