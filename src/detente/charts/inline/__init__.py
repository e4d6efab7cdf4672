"""Small drawings made with the page: SVG text in milliseconds, without a chart library and without inline style."""
