"""The glossary: every mark and verdict is explained, and no entry leads nowhere."""

from detente.claims.reader_text import MARK_WORDS
from detente.text.glossary import load_glossary


def test_glossary_explains_every_mark() -> None:
    """Each mark of a sentence has an entry, since pages link to it."""
    entries = load_glossary()
    assert {m.replace(" ", "_") for m in MARK_WORDS} <= set(entries)


def test_glossary_entries_are_short_and_linked() -> None:
    """A short definition has at most 20 words, and each reference names another entry."""
    entries = load_glossary()
    for key, e in entries.items():
        assert len(e.short.split()) <= 20, key
        assert set(e.see) <= set(entries) - {key}, key
