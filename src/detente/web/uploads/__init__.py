"""Uploads: each file gets a folder, a worker process with limits reads it, and a reader may then store it."""
