"""Cases that editors write in the browser: their files, their versions, and how the server serves them."""
