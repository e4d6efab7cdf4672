"""Relational database of accounts, sessions, comments and the log of actions."""
