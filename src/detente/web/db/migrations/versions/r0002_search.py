"""Comments can be searched by their words; those written before are indexed too."""

import sqlalchemy as sa
from alembic import op

from detente.web.db.search_terms import words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the words, fill them, and index them as each database does."""
    op.add_column("comment", sa.Column("words", sa.Text, nullable=False, server_default=sa.text("''")))
    connection = op.get_bind()
    comment = sa.table("comment", sa.column("id", sa.Integer), sa.column("body", sa.Text), sa.column("words", sa.Text))
    for row in connection.execute(sa.select(comment.c.id, comment.c.body)).all():
        connection.execute(comment.update().where(comment.c.id == row.id).values(words=" ".join(words(row.body))))
    if connection.dialect.name == "postgresql":
        # Readers search more often than they write: no list of words that wait to be indexed (fastupdate).
        op.execute(
            "CREATE INDEX search_comment_words ON comment USING gin "
            "(array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off)"
        )
        return
    # "ascii" takes every letter outside ASCII as part of a word and folds nothing: the words are ours already.
    op.execute(
        "CREATE VIRTUAL TABLE search_comment USING fts5(words, content='comment', content_rowid='id', tokenize='ascii')"
    )
    op.execute("INSERT INTO search_comment(rowid, words) SELECT id, words FROM comment")
    gone = "INSERT INTO search_comment(search_comment, rowid, words) VALUES ('delete', old.id, old.words);"
    come = "INSERT INTO search_comment(rowid, words) VALUES (new.id, new.words);"
    op.execute(f"CREATE TRIGGER search_insert AFTER INSERT ON comment BEGIN {come} END")
    op.execute(f"CREATE TRIGGER search_delete AFTER DELETE ON comment BEGIN {gone} END")
    op.execute(f"CREATE TRIGGER search_update AFTER UPDATE OF words ON comment BEGIN {gone} {come} END")
