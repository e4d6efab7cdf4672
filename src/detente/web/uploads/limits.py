"""How much a file that a reader sends may take of this machine."""

MIB = 1 << 20

MOST_BYTES = 512 * MIB
"""Of a file as sent."""
MAX_FIELD_BYTES = 4096
"""Of a field of the form that is no file."""
MOST_UNPACKED = 2048 * MIB
"""Of all files of an archive together, unpacked."""
MOST_SHEET = 256 * MIB
"""Of a spreadsheet, unpacked: its format is read whole."""
MOST_FILES = 1000
"""In an archive."""
MOST_WAITING = 20
"""Uploads that are there at once; the oldest that are done make room."""
LASTS_S = 7 * 86_400
"""An upload that nobody has kept is cleared away after so many seconds."""
CPU_S, WALL_S = 600, 900
"""Seconds of the reading process: of computing, and by the clock."""
MEMORY = 4096 * MIB
"""Bytes of the reading process."""
FILE = 4096 * MIB
"""Bytes of a file that the reading process writes."""
AT_ONCE = 2
"""Reading processes."""
