"""Files that readers send: received into a folder of their own, read by another process with limits, kept on request."""
