"""A case as one multivariate point process: responses between event types above a baseline rate."""
