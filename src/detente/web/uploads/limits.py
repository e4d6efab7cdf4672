"""Resource limits of uploads."""

MIB = 1 << 20

MAX_BYTES = 512 * MIB  # of a file as sent
MAX_FIELD_BYTES = 4096  # of a form field other than the file
MAX_UNPACKED_BYTES = 2048 * MIB  # of all files of an archive together
MAX_SHEET_BYTES = 256 * MIB  # of an unpacked spreadsheet, whose format is read into memory whole
MAX_ARCHIVE_FILES = 1000
MAX_UPLOADS = 100  # at one time
MAX_UPLOADS_PER_ACCOUNT = 10  # at one time; a new one replaces the account's own oldest idle one
MAX_BUSY_PER_ACCOUNT = 2  # of an account that arrive or are read at one time
UPLOAD_LIFETIME_S = 7 * 86_400  # seconds after which an upload that was not stored is removed
CPU_S, WALL_S = 600, 900  # seconds of processor time and of clock time of a worker
MAX_MEMORY_BYTES = 4096 * MIB  # of a worker
MAX_WRITTEN_BYTES = 4096 * MIB  # of a file that a worker writes
MAX_WORKERS = 2  # processes at one time, one of them at most for an account
