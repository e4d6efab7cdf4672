"""Questions in plain words: parse them, find the case and the claims that they ask about."""
