"""The record of a case made ready for questions: columns once, then filters, counts and files in milliseconds."""
