"""Types and functions that every other package uses: errors, dates, places, publishers, atomic writes."""
