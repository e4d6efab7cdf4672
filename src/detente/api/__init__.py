"""The prepared case: everything that pages and commands read of one case."""
