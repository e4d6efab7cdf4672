"""Détente: conflicts between two states over an armed group that shelters in one of them.

A *target* state fights an *armed group* that finds shelter in a *host* state, and the two
governments' relations rise and fall with it. Each folder is a floor and imports only from those below:

`ground` words shared by all · `sources` what others published · `events` one record for all ·
`case` who is who and where · `measures` numbers · `claims` what is said of the conflict ·
`brief` saying it on paper · `cli` the command.
"""

__version__ = "0.1.0"
