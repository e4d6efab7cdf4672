"""Translations of each source's rows into events, one module per source."""
