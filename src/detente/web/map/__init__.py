"""The map of a case as SVG: basemap, events by place and channel, and crossings with their state on a day."""
