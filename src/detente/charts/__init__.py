"""Pictures of a brief: each a file, each drawn from measures, readable in black and white."""
