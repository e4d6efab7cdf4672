"""The workbench: pages to look at, ask, try and comment on, with a JSON twin at the same address."""
