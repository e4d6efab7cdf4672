"""Briefs and short answers: build them from a case and render them in every format."""
