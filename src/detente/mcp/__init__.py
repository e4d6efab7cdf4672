"""The results for clients of the Model Context Protocol: read-only tools, each result with its sources and how to quote it.

Needs the extra `mcp`. Everything here calls `detente.api` and computes nothing itself.
"""

from detente.core.extras import require_extra

require_extra("mcp")
