"""What is said in words: sentences with traceable numbers, number formats, probability words."""
