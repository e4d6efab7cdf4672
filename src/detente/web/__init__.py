"""The workbench: look, ask, try levers, read, print, comment; every page is HTML and, with `.json`, its data."""
