"""Cases: case files, actors, channels, reporting coverage and geography."""
