"""Record linkage between reports of one event in several sources."""
