"""Resource limits of uploads."""

MIB = 1 << 20

MAX_BYTES = 512 * MIB  # of a file as sent
MAX_FIELD_BYTES = 4096  # of a form field other than the file
MAX_UNPACKED_BYTES = 2048 * MIB  # of all files of an archive together
MAX_SHEET_BYTES = 256 * MIB  # of an unpacked spreadsheet, whose format is read into memory whole
MAX_ARCHIVE_FILES = 1000
MAX_UPLOADS = 20  # at one time; a new one replaces the oldest idle one
UPLOAD_LIFETIME_S = 7 * 86_400  # seconds after which an upload that was not stored is removed
CPU_S, WALL_S = 600, 900  # seconds of processor time and of clock time of a worker
MAX_MEMORY_BYTES = 4096 * MIB  # of a worker
MAX_WRITTEN_BYTES = 4096 * MIB  # of a file that a worker writes
MAX_WORKERS = 2  # processes at one time
