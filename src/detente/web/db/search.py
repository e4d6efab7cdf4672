"""Full-text search of comments by SQLite's FTS5 or PostgreSQL's tsvector."""

from sqlalchemy import ColumnElement, Dialect, Select, cast, column, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from detente.web.db.search_terms import extract_terms
from detente.web.db.tables import comment

MAX_SEARCH_TERMS = 12  # words of one query; further ones are ignored


def build_search_condition(dialect: Dialect, question: str) -> ColumnElement[bool] | None:
    """Return the condition that a comment contains each word of `question` or a longer word that starts with it.

    A word of one or two letters must match whole, or "a" would match nearly every comment.

    Returns:
        None if the question contains no word; then all comments match.
    """
    terms = extract_terms(question)[:MAX_SEARCH_TERMS]
    if not terms:
        return None
    # Terms consist of letters, marks and digits, so they cannot contain a quote that ends the query early.
    if dialect.name == "postgresql":
        query = " & ".join(f"'{w}'" + ":*" * (len(w) > 2) for w in terms)
        # Must equal the indexed expression (migrations r0002); PostgreSQL would not match a bound parameter.
        hit = comment.alias("hit")
        indexed = func.array_to_tsvector(func.string_to_array(hit.c.words, literal_column("' '")))
        # Materialised: for the newest few the planner would otherwise scan comments in order, slow for rare words.
        hits = select(hit.c.id).where(indexed.bool_op("@@")(cast(query, TSQUERY))).cte("hits")
        return comment.c.id.in_(select(hits.prefix_with("MATERIALIZED").c.id))
    query = " AND ".join(f'"{w}"' + "*" * (len(w) > 2) for w in terms)
    rows: Select[tuple[int]] = select(column("rowid")).select_from(table("search_comment"))
    return comment.c.id.in_(rows.where(literal_column("search_comment").bool_op("MATCH")(query)))
