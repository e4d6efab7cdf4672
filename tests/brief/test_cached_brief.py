"""A brief from the cache is the brief that is built anew, byte for byte."""

from pathlib import Path

from detente.brief.build import BriefRequest, build_brief
from detente.brief.render import render_brief_files
from detente.brief.render.json import render_json
from detente.core.disk_cache import DiskCache, use_cache
from support.small_case import make_chronology, make_daily_lines, write_case_folder


def test_cached_brief_equals_a_new_one(tmp_path: Path) -> None:
    """Two builds without a cache, the first with one and the second from it are equal in every format."""
    data = make_chronology(*make_daily_lines(25))
    request = BriefRequest(str(write_case_folder(tmp_path, data)), None, "detente brief", checks=False)
    new, again = build_brief(request), build_brief(request)
    with use_cache(DiskCache(tmp_path / "cache")) as cache:
        first, second = build_brief(request), build_brief(request)
        files = [render_brief_files(first), render_brief_files(second)]
        assert {e.stage for e in cache.entries()} >= {"brief", "finding", "file"}
    assert render_json(new) == render_json(again) == render_json(first) == render_json(second)
    assert render_brief_files(new) == files[0] == files[1]


def test_cache_notices_a_changed_event(tmp_path: Path) -> None:
    """A changed row of the record gives another brief, not the cached one."""
    lines = make_daily_lines(25)
    path = write_case_folder(tmp_path, make_chronology(*lines))
    request = BriefRequest(str(path), None, "detente brief", checks=False)
    with use_cache(DiskCache(tmp_path / "cache")):
        before = build_brief(request)
        (tmp_path / "pakistan_afghanistan/chronology.csv").write_bytes(make_chronology(*lines[:-1]))
        after = build_brief(request)
    assert (before.provenance.events, after.provenance.events) == (len(lines), len(lines) - 1)
