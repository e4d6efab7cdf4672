"""The map of a case as SVG made here: ground, events by place and channel, crossings and their state on a day."""
