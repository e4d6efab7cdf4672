"""Time of the comment pages with 100 and with 10,000 comments: `python benchmarks/comments.py [--postgres URL URL]`.

This is the worst case: half of the comments are on one claim, a tenth are replies to one comment, and all contain one common
word. Times are medians of the whole request inside one process, without network.
"""

import argparse
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import URL
from starlette.applications import Starlette
from starlette.testclient import TestClient

from detente.web.accounts.account import create_account
from detente.web.app import create_app
from detente.web.comments.queries import list_exchanges, load_exchange
from detente.web.comments.subjects import CaseSubjects, CommentSubject
from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.tables import comment
from detente.web.middleware.token_bucket import RateLimit

TURNS = 41


def build_app(address: str, n: int) -> Starlette:
    """Build a workbench with `n` comments."""
    app = create_app(ServerConfig(database=address, host_names=("*",)), {})
    app.state.subjects = {"border": CaseSubjects("Two states", {"claim": {"trust": "Trust", "spillover": "Trade"}})}
    app.state.limits.asking.rate = RateLimit(burst=1_000_000, every_s=0.001)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with write_transaction(app.state.database) as c:
        for i in range(20):
            create_account(c, f"Reader {i}", "four random words here", now=start)
        rows = []
        for i in range(n):
            reply = 1 if i % 10 == 9 else None
            rows.append({
                "case": "border", "kind": "claim", "key": "trust" if i % 2 or reply else "spillover", "author_id": 1 + i % 20,
                "parent_id": reply, "root_id": reply, "body": f"Torkham word{i} " + "closed again " * 20,
                "words": f"torkham word{i} closed again", "created": start + timedelta(minutes=i),
            })  # fmt: skip
        c.execute(sa.insert(comment), rows)
    with write_transaction(app.state.database) as c:
        c.execute(sa.text("ANALYZE"))
    return app


def ms(do: object) -> float:
    """Measure the median time of a call in milliseconds."""
    assert callable(do)
    do()
    times = []
    for _ in range(TURNS):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure_pages(app: Starlette, n: int) -> dict[str, float]:
    """Measure each page."""
    client, engine = TestClient(app, client=("127.0.0.1", 1)), app.state.database
    pages = {
        "latest": "/comments", "latest, middle": f"/comments?before={n // 2}", "one claim": "/comments?case=border&kind=claim&key=trust",
        "search, every comment": "/comments?words=torkham", "search, one comment": f"/comments?words=word{n // 3}",
        "by one writer": "/comments?by=Reader+3", "permalink in the longest exchange": "/comments/1", "feed": "/feeds/comments.atom",
    }  # fmt: skip
    page_times = {}
    for name, address in pages.items():
        assert client.get(address).status_code == 200
        page_times[name] = ms(lambda a=address: client.get(a))

    def beneath() -> None:
        with read_transaction(engine) as c:
            list_exchanges(c, CommentSubject("border", "claim", "trust"))

    def longest() -> None:
        with read_transaction(engine) as c:
            load_exchange(c, 1)

    return {**page_times, "thread beneath a claim (query)": ms(beneath), "longest exchange (query)": ms(longest)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", nargs=2, help="two addresses of empty databases, for 100 and for 10,000 comments")
    named = parser.parse_args().postgres
    with tempfile.TemporaryDirectory() as folder:
        sizes = (100, 10_000)
        addresses = named or [str(URL.create("sqlite", database=str(Path(folder) / f"{n}.db"))) for n in sizes]
        few, many = (measure_pages(build_app(a, n), n) for a, n in zip(addresses, sizes, strict=True))
    print(f"{'':36}{'100':>9}{'10,000':>9}{'ratio':>8}   (ms)")
    for name in few:
        print(f"{name:36}{few[name]:9.1f}{many[name]:9.1f}{many[name] / few[name]:8.1f}")


if __name__ == "__main__":
    main()
