"""Fixtures of the tests of the MCP server."""

from support.mcp_client import call, served

__all__ = ["call", "served"]
