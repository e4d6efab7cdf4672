"""How much a file that a reader sends may take of this machine."""

MIB = 1 << 20

MAX_BYTES = 512 * MIB
"""Of a file as sent."""
MAX_FIELD_BYTES = 4096
"""Of a field of the form that is no file."""
MAX_UNPACKED_BYTES = 2048 * MIB
"""Of all files of an archive together, unpacked."""
MAX_SHEET_BYTES = 256 * MIB
"""Of a spreadsheet, unpacked: its format is read whole."""
MAX_ARCHIVE_FILES = 1000
"""In an archive."""
MAX_UPLOADS = 20
"""Uploads that are there at once; the oldest that are done make room."""
UPLOAD_LIFETIME_S = 7 * 86_400
"""An upload that nobody has kept is cleared away after so many seconds."""
CPU_S, WALL_S = 600, 900
"""Seconds of the reading process: of computing, and by the clock."""
MAX_MEMORY_BYTES = 4096 * MIB
"""Bytes of the reading process."""
MAX_WRITTEN_BYTES = 4096 * MIB
"""Bytes of a file that the reading process writes."""
MAX_WORKERS = 2
"""Reading processes."""
