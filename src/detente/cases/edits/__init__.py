"""The living record: events that people add, correct and retract, in a journal that keeps every change."""
