"""Fetching what others publish: one polite downloader, and one file a provider."""
