"""The tools: each is a function that opens a case, asks the Python API, and puts the answer into a `ToolResult`."""
