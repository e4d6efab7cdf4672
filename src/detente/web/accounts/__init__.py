"""Accounts of this server, created on the command line or by invitation."""
