"""Tests of the comment search: both databases find the same comments in any script."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, Engine

from detente.web.db.engine import open_database, read_transaction, write_transaction
from detente.web.db.migrate import upgrade
from detente.web.db.search import build_search_condition
from detente.web.db.search_terms import extract_terms
from detente.web.db.tables import account, comment
from support import postgres

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BODIES = [
    "Torkham was closed for 25 days, and Chaman for 12.",
    "The strikes of 9 October hit Kabul; Islamabad has not confirmed.",
    "Türkiye and Qatar mediated; so did Riyadh.",
    "طورخم سرحد دوبارہ کھول دی گئی",
    "د تورخم کرښه بېرته پرانیستل شوه",
    "सीमा बंद है और व्यापार रुका है",
    "See https://example.org/a_b?c=1 and e-mail ann@example.org",
    "1,200 trucks; x1e5; 'quoted' \"twice\" back\\slash NOT OR NEAR(",
    "𝐁𝐨𝐥𝐝 ﬁgures İzmir STRASSE straße",
    "a",
]
QUESTIONS = [
    "torkham", "TORK clos", "25", "strike", "turkiye", "طورخم", "سرحد", "تورخم", "व्यापार", "व्या", "a_b", "example.org",
    "1200", "1,200", "quoted", "'quoted'", 'NOT OR NEAR("', "bold", "figures", "izmir", "strasse", "a", "slash\\", "'; DROP TABLE comment",
    "day closed", "no such word",
]  # fmt: skip


def _insert_comments(engine: Engine, bodies: list[str]) -> None:
    with write_transaction(engine) as c:
        c.execute(sa.insert(account).values(name="Ann", key="ann", password="x", role="reader", created=NOON))
        subject = {"case": "pk", "kind": "brief", "key": "brief", "author_id": 1, "created": NOON}
        c.execute(sa.insert(comment), [{**subject, "body": s, "words": " ".join(extract_terms(s))} for s in bodies])


def _search(engine: Engine, question: str) -> list[int]:
    condition = build_search_condition(engine.dialect, question)
    assert condition is not None
    with read_transaction(engine) as c:
        return list(c.execute(sa.select(comment.c.id).where(condition).order_by(comment.c.id)).scalars())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres_home: Path) -> Iterator[tuple[Engine, Engine]]:
    """The same comments in a database of each kind."""
    file = URL.create("sqlite", database=str(tmp_path_factory.mktemp("search") / "w.sqlite"))
    pair = open_database(file), open_database(postgres.new_database(postgres_home))
    for engine in pair:
        upgrade(engine)
        _insert_comments(engine, BODIES)
    yield pair
    for engine in pair:
        engine.dispose()


@pytest.mark.parametrize("question", QUESTIONS)
def test_search_agrees_between_databases(both: tuple[Engine, Engine], question: str) -> None:
    """Both databases find what a direct comparison of the terms finds."""
    sqlite, postgresql = both
    expected = [
        i
        for i, s in enumerate(BODIES, 1)
        if all(
            any(w.startswith(q) if len(q) > 2 else w == q for w in extract_terms(s)) for q in extract_terms(question)
        )
    ]
    assert _search(sqlite, question) == _search(postgresql, question) == expected


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=40))
def test_search_accepts_any_text(both: tuple[Engine, Engine], question: str) -> None:
    """Random queries give the same comments in both databases and no error."""
    if extract_terms(question):
        assert _search(both[0], question) == _search(both[1], question)
    else:
        assert build_search_condition(both[0].dialect, question) is None


def test_search_ignores_case_accents_and_width(database: Engine) -> None:
    """Case, accents and width of a query do not matter."""
    _insert_comments(database, BODIES)
    assert _search(database, "TÜRKİYE ｑａｔａｒ") == [3]
    assert _search(database, "STRASSE") == _search(database, "straße") == [9]


def test_search_follows_edits(database: Engine) -> None:
    """An edited comment is found by its new words only."""
    _insert_comments(database, ["before"])
    with write_transaction(database) as c:
        c.execute(sa.update(comment).values(body="after", words="after"))
    assert _search(database, "after") == [1]
    assert _search(database, "before") == []


def test_postgresql_search_uses_index(database: Engine) -> None:
    """The query plan of PostgreSQL names the search index."""
    if database.dialect.name != "postgresql":
        return
    _insert_comments(database, [f"word{i} common" for i in range(2000)])
    with write_transaction(database) as c:
        c.execute(sa.text("SET LOCAL enable_seqscan = off"))  # a table this small is read whole if it may be
        condition = build_search_condition(database.dialect, "word1999")
        assert condition is not None
        query = sa.select(comment.c.id).where(condition).compile(c)
        plan = "\n".join(c.exec_driver_sql(f"EXPLAIN {query}", query.params).scalars())
    assert "search_comment_words" in plan
