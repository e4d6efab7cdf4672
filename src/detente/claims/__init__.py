"""What is said of the conflict: one file a claim."""
