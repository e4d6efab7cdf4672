"""Spark gives the same results as DuckDB, in local mode and on a cluster of two worker processes.

The cluster, a master and two workers on the loopback interface, and its session are started once for all tests of this file.
"""

import gc
import importlib.util
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detente.cases.engine.backends import Engine, NoEngine, open_event_table
from detente.cases.engine.classify import classify_events
from detente.cases.engine.spark import open_spark_session, parse_settings
from detente.events.arrow import to_table
from detente.events.reader import read_release
from detente.measures.open_counts import open_counts
from detente.store.snapshot import Snapshot, open_version
from detente.store.writer import add_release
from support.releases import make_reading
from support.second_source import UCDP_CASE, make_ucdp_event
from support.small_case import keep_few_actors
from support.spark_cluster import JAVA, start_cluster
from support.worlds import FLAGSHIP

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
pytestmark = [
    # PySpark's own, under the newest pandas; and sockets that py4j leaves to the garbage collector.
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    # A test of another file may have loaded JAX, which dislikes that Java is started by a fork.
    pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <function _at_fork:pytest.PytestUnraisableExceptionWarning"
    ),
]
needs_spark = pytest.mark.skipif(not SPARK, reason='needs Spark and Java: pip install "detente[spark]", and Java 17')
CASE = FLAGSHIP.case
MEMORY = "512m"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    path = tmp_path_factory.mktemp("store")
    add_release(path, read_release(CASE.folder / CASE.chronology))
    return open_version(path)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    settings = {
        "spark.executor.memory": MEMORY,
        "spark.executor.extraJavaOptions": JAVA,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.pyspark.python": "/no/python",  # executors need none
    }
    folder = tmp_path_factory.mktemp("cluster")
    with start_cluster(folder, memory=MEMORY) as master, open_spark_session(master, settings, threads=2) as session:
        yield session
    gc.collect()


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"executor.memory": "4g"}, "executor.memory"), ({"spark.sql.session.timeZone": "Asia/Kabul"}, "timeZone")],
)
def test_unusable_spark_setting_is_rejected(settings: dict[str, str], named: str) -> None:
    """A setting that is not Spark's, or that would change the counts, is rejected by name."""
    with pytest.raises(NoEngine) as refusal:
        parse_settings(settings)
    assert named in refusal.value.why


@needs_spark
def test_local_session_is_stopped_afterwards(store: Snapshot) -> None:
    """A session of this machine is stopped when the rows have been read."""
    from pyspark import SparkContext

    engine = Engine("spark", "local[1]", threads=1, spark={"spark.driver.extraJavaOptions": JAVA})
    with open_event_table(engine, store) as rows:
        assert rows.count().to_pyarrow().as_py() == len(FLAGSHIP.events)
    assert SparkContext._active_spark_context is None


@needs_spark
def test_unknown_master_is_rejected(store: Snapshot) -> None:
    """A master that Spark cannot read is an error of the engine."""
    with pytest.raises(NoEngine) as refusal, open_event_table(Engine("spark", "nowhere"), store):
        pass
    assert "nowhere" in refusal.value.why


# ---- On the cluster


@needs_spark
def test_cluster_rows_equal_duckdb(store: Snapshot, cluster: "SparkSession") -> None:
    """Two worker processes give every row the status and channel that DuckDB gives it."""
    classified: list[list[dict[str, object]]] = []
    for engine in (Engine("spark"), Engine()):
        with open_event_table(engine, store) as rows:
            found = classify_events(rows, CASE).to_pyarrow().to_pylist()
        classified.append(sorted(found, key=lambda r: str(r["id"])))
    assert classified[0] == classified[1]
    assert len(classified[0]) == len(FLAGSHIP.events)


@needs_spark
def test_cluster_executors_are_two_processes(cluster: "SparkSession") -> None:
    """Tasks ran in two executors, each a process at an address of its own, and none in the driver."""
    context = cluster.sparkContext
    # One task for each of 40 partitions; the executors have one core each.
    cluster.range(0, 40, 1, 40).count()
    listed = context._jsc.sc().statusStore().executorList(True)
    executors = [listed.apply(i) for i in range(listed.size())]
    worked = {e.id(): e.hostPort() for e in executors if e.totalTasks() > 0}
    assert sorted(worked) == ["0", "1"]
    assert len({e.hostPort() for e in executors}) == len(executors) == 3
    assert cluster.conf.get("spark.executor.memory") == MEMORY


@needs_spark
def test_cluster_opens_equal_case(tmp_path: Path, cluster: "SparkSession") -> None:
    """A case of two releases, opened from counts on the cluster, equals that of DuckDB."""
    names = ("Government of Pakistan", "TTP", "Government of Afghanistan", "Civilians", "IS", "A name nobody knows")
    for n, country in ((1, "PAK"), (2, "AFG")):
        release = f"GEDEvent_v25_0_{n}.csv"
        pairs = [(names[i % 6], names[(i + n) % 6]) for i in range(20)]
        events = [make_ucdp_event(str(i), date(2025, 1, 1 + i), country, p, release) for i, p in enumerate(pairs)]
        known_on = date(2025, n + 1, 28)
        add_release(
            tmp_path, make_reading(to_table(events), source="ucdp", release=release, sha=release, known_on=known_on)
        )
    here, there = (open_counts(keep_few_actors(UCDP_CASE), tmp_path, engine=e) for e in ("duckdb", "spark"))
    np.testing.assert_array_equal(there.counts.y, here.counts.y)
    account = ("rows", "events", "assigned", "later", "rejected", "elsewhere", "superseded", "covered")
    assert [getattr(there, k) for k in account] == [getattr(here, k) for k in account]
    assert here.superseded > 0
    assert here.rejected > 0


@needs_spark
def test_running_session_is_shared_and_left(store: Snapshot, cluster: "SparkSession") -> None:
    """A session that already runs is used and not stopped, its settings stay, and another master is rejected."""
    cluster.conf.set("spark.sql.session.timeZone", "Asia/Kabul")
    with open_event_table(Engine("spark"), store):
        pass
    assert cluster.range(3).count() == 3
    assert cluster.conf.get("spark.sql.session.timeZone") == "Asia/Kabul"
    for engine in (Engine("spark", "local[2]"), Engine("spark", spark={"spark.executor.memory": "4g"})):
        with pytest.raises(NoEngine), open_event_table(engine, store):
            pass
