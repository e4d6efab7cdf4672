"""Small charts drawn with the page: SVG in milliseconds, without a chart library and without inline style."""
