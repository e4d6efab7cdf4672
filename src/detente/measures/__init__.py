"""Numbers, no reasons yet: how often, how long, how far, how many, with exact limits where they exist."""
