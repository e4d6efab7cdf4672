"""Request filters, one a module. `stack.py` defines their order."""
