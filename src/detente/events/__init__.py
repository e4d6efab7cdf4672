"""One record for all sources: what an event is, its type, and what was set aside."""
