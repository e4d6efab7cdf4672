"""Pictures and descriptions that other sites show with a link to a page."""
