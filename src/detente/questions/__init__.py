"""Questions in plain English: parse them, and find the case and the claims that they ask about."""
