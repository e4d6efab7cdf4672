"""Downloads of a brief: each file is rendered once for a prepared case and cached in memory."""

import gzip
import hashlib
from dataclasses import dataclass

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.brief.render import BRIEF_FORMATS

# The page itself is the HTML; its data are at the same address with `.json`.
DOWNLOADS = {f.extension: f for f in BRIEF_FORMATS if f.extension not in ("html", "json")}


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file's bytes, the same compressed if that is smaller, and its ETag."""

    content: bytes
    compressed: bytes | None
    etag: str


@cached_per_case()
def render_brief_file(prepared: Case, extension: str, address: str) -> RenderedFile:
    """Render the brief in one format; the last 64 files are cached.

    Args:
        address: the URL of the brief, for references.
    """
    content = DOWNLOADS[extension].render(prepared.document, address)
    compressed = gzip.compress(content, 6, mtime=0)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return RenderedFile(content, compressed if len(compressed) < 0.9 * len(content) else None, etag)
