"""Proper scores, calibration, and tests between two forecasts."""
