"""The web workbench. Every page is HTML and, with `.json`, its data."""
