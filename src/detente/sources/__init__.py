"""What others published, as they published it: one reader a format, nothing dropped in silence."""
