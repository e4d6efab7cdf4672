"""Charts of a brief, one module each, drawn from measures and readable in black and white."""
