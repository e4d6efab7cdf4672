"""Text: sentences with traceable numbers, number formats, probability words."""
