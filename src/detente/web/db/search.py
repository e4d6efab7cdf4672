"""Which comments hold these words: SQLite's FTS5 and PostgreSQL's tsvector behind one condition."""

from sqlalchemy import ColumnElement, Dialect, Select, cast, column, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from detente.web.db.search_terms import extract_terms
from detente.web.db.tables import comment

MAX_SEARCH_TERMS = 12  # words of one question; more are not looked at


def build_search_condition(dialect: Dialect, question: str) -> ColumnElement[bool] | None:
    """The condition that a comment holds every word of `question`, or a longer word that begins with it.

    A word of one or two letters must stand alone, or "a" would find nearly everything.

    Returns:
        None if the question holds no word: then nothing is asked, and nothing is left out.
    """
    wanted = extract_terms(question)[:MAX_SEARCH_TERMS]
    if not wanted:
        return None
    # Words hold letters, marks and digits only, so no quote in them can end the query early.
    if dialect.name == "postgresql":
        query = " & ".join(f"'{w}'" + ":*" * (len(w) > 2) for w in wanted)
        # Written as the index is (migrations r0002): a space that came as a parameter would not be recognised.
        hit = comment.alias("hit")
        indexed = func.array_to_tsvector(func.string_to_array(hit.c.words, literal_column("' '")))
        # Found first, apart: to find the newest few the planner would rather read comments one by one, newest first,
        # which takes long when the word is rare.
        hits = select(hit.c.id).where(indexed.bool_op("@@")(cast(query, TSQUERY))).cte("hits")
        return comment.c.id.in_(select(hits.prefix_with("MATERIALIZED").c.id))
    query = " AND ".join(f'"{w}"' + "*" * (len(w) > 2) for w in wanted)
    found: Select[tuple[int]] = select(column("rowid")).select_from(table("search_comment"))
    return comment.c.id.in_(found.where(literal_column("search_comment").bool_op("MATCH")(query)))
