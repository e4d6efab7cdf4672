"""The monthly digest: what happened, whether it was better or worse than before, what to watch, what became known later."""
