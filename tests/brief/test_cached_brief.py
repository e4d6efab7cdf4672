"""A brief from the cache is the brief that is built anew, byte for byte."""

from dataclasses import replace
from pathlib import Path

from detente.brief.build import BriefRequest, build_brief
from detente.brief.document import Brief
from detente.brief.render import render_brief_files
from detente.brief.render.json import render_json
from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.core.disk_cache import DiskCache, use_cache
from detente.events.matching.decisions import decisions_path, record_decision
from support.second_source import add_events, make_ucdp_event
from support.small_case import make_chronology, make_daily_lines, write_case_folder


def test_cached_brief_equals_a_new_one(tmp_path: Path) -> None:
    """A build without a cache, the first with one and the second from it are equal in every format."""
    data = make_chronology(*make_daily_lines(25))
    request = BriefRequest(str(write_case_folder(tmp_path, data)), None, "detente brief", checks=False)
    new = _build_without_cache(request)
    with use_cache(DiskCache(tmp_path / "cache")) as cache:
        first, second = build_brief(request), build_brief(request)
        files = [render_brief_files(first), render_brief_files(second)]
        assert {e.stage for e in cache.entries()} >= {"brief", "finding", "file"}
    assert render_json(new) == render_json(first) == render_json(second)
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


def test_cache_notices_the_store(tmp_path: Path) -> None:
    """A brief that was compared with other sources is cached; a decision and a new version of the store are noticed."""
    store, path = tmp_path / "store", write_case_folder(tmp_path, make_chronology(*make_daily_lines(25)))
    told = load_case_data(load_case_file(str(path))).events[0]
    report = replace(make_ucdp_event("1", told.day, known_on=told.day), place=told.place, tolls=told.tolls)
    add_events(store, [report], known_on=told.day)
    request = BriefRequest(str(path), None, "detente brief", checks=False, store=store)
    with use_cache(DiskCache(tmp_path / "cache")) as cache:

        def build() -> tuple[int | None, int]:
            version = build_brief(request).provenance.store_version
            return version, sum(e.stage == "brief" for e in cache.entries())

        assert [build(), build()] == [(1, 1), (1, 1)]
        assert render_json(build_brief(request)) == render_json(_build_without_cache(request))
        record_decision(decisions_path(store), frozenset((f"chronology:{told.id}", "ucdp:1")), "refuse")
        assert build() == (1, 2)
        add_events(store, [replace(report, id="2")], "another", told.day)
        assert build() == (2, 3)


def _build_without_cache(request: BriefRequest) -> Brief:
    with use_cache(DiskCache(None)):
        return build_brief(request)
