"""What every floor stands on: errors, faults, days, places, addresses."""
