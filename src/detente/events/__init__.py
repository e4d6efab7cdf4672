"""The common event record of all sources, its types, and rejected rows."""
