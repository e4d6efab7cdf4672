"""Readers of published files, one per format. No row is dropped silently."""
