"""The steps by which a database of an earlier package becomes one of this package."""
