"""The settings of the forecast that briefs and pages show."""

FORECAST_DAYS = (30, 90, 180)
FORECAST_PATHS = 10_000
"""Simulated futures: the sampling error of a probability is half a percentage point."""
