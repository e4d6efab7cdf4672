"""Coding at scale: the rules that put an event into a channel, as one expression that any engine can run."""
