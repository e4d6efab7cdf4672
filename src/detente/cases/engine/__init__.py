"""Assignment of actors and channels as one expression, for any database engine that Ibis supports."""
