"""The events of a case in columns, with filters, facet counts and list rows."""
