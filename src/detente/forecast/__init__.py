"""Probabilistic forecasts as draws, scored against simple baselines."""
