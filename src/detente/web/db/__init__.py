"""What readers wrote: accounts, sessions, comments and the log of what was done to them, in one relational database."""
