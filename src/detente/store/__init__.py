"""Store of releases in one Delta Lake table; each change adds, replaces or removes one whole release."""
