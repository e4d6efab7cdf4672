"""Record linkage: reports of one event in several sources."""
