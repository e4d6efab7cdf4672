"""How good a forecast was: proper scores, calibration, and whether one forecast beat another."""
