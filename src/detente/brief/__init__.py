"""Saying it: question, demands, outline, prose; then pages."""
