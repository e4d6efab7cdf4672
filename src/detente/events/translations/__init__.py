"""From each source's rows to events: one file a source."""
