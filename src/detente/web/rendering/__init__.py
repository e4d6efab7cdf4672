"""From page models to HTML and JSON responses."""
