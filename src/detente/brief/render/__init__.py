"""A brief as JSON, HTML, PDF, Word, Markdown and references, one format a file."""
