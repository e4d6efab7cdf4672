"""One command per floor."""
