"""Changing the record in the browser: forms of events, the list of changes, decisions on them, and imports."""
