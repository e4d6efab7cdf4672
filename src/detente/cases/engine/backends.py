"""Engines for classification: DuckDB in this process, Spark on a cluster, or another engine that holds the rows.

DuckDB and Spark read the data files of one version of the store directly, so a concurrent ingest has no effect. Any
other engine is given by its URL (`clickhouse://`, `trino://`, `bigquery://`). Its table must have the columns of
`classify.COLUMNS`; its driver is not part of this package.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import ibis.expr.types as ir

from detente.cases.engine.classify import COLUMNS, PLACE_COLUMNS, is_withdrawn
from detente.cases.engine.errors import NoEngine
from detente.cases.engine.roles import CODE_COLUMNS
from detente.cases.engine.spark import describe_error, open_spark_session
from detente.store.snapshot import Snapshot

__all__ = ["PLANNING", "Engine", "NoEngine", "open_event_table"]

# The optimiser `in_clause` plans a join for each of some hundred short lists of names, which costs more than the query itself.
PLANNING = {"disabled_optimizers": "in_clause"}


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and its settings.

    Fields:
        name: duckdb, spark, or the URL of another engine.
        master: Spark's master, such as local[2], spark://host:7077, yarn; that of a running session, of spark-submit or
            local[*] if None.
        memory: memory limit of DuckDB, such as 1GB; beyond it DuckDB spills to disk.
        threads: threads for DuckDB, tasks for Spark; one for each processor if None.
        table: the events table of another engine.
        spark: further Spark settings, such as `{"spark.executor.memory": "4g"}`.
    """

    name: str = "duckdb"
    master: str | None = None
    memory: str | None = None
    threads: int | None = None
    table: str = "events"
    spark: Mapping[str, str] = field(default_factory=dict, hash=False)


@contextmanager
def open_event_table(engine: Engine, now: Snapshot | None, names: Iterable[str] | None = None) -> Iterator[ir.Table]:
    """Open the events of a version of the store as a table of DuckDB or Spark, or another engine's own table.

    Raises:
        NoEngine: the engine is not installed, cannot be reached, or lacks a column.
    """
    if engine.name in ("duckdb", "spark"):
        if now is None:
            raise NoEngine(engine.name, "it needs a store", "Name one with --store.")
        with (_open_duckdb if engine.name == "duckdb" else _open_spark)(engine, now, names) as rows:
            yield rows
    elif "://" in engine.name:
        yield _open_other_engine(engine)
    else:
        remedy = "Name duckdb, spark, or a URL such as clickhouse://user@host/database."
        raise NoEngine(engine.name, "no engine has that name", remedy)


def _select_columns(rows: ir.Table) -> ir.Table:
    codes = [c for c in (*CODE_COLUMNS.values(), *PLACE_COLUMNS) if c in rows.columns]
    return rows.select(*COLUMNS, *codes, withdrawn=is_withdrawn(rows))


def _list_data_files(now: Snapshot, names: Iterable[str] | None) -> list[str]:
    return [f.path.as_posix() for f in now.files_of("events", names)]


def _make_empty_table(now: Snapshot) -> ir.Table:
    return ibis.memtable(now.events([]).read_all())


@contextmanager
def _open_duckdb(engine: Engine, now: Snapshot, names: Iterable[str] | None) -> Iterator[ir.Table]:
    with tempfile.TemporaryDirectory(prefix="detente-") as spill:
        settings: dict[str, object] = {"temp_directory": spill, "preserve_insertion_order": False, **PLANNING}
        if engine.memory:
            settings["memory_limit"] = engine.memory
        if engine.threads:
            settings["threads"] = engine.threads
        connection = ibis.duckdb.connect(**settings)
        try:
            if files := _list_data_files(now, names):
                # DuckDB's own Hive partitioning would also read a `source=` in a folder above the store.
                stored = connection.con.read_parquet(files, union_by_name=True, filename=True, hive_partitioning=False)
                stored.create_view("stored")
                connection.con.execute(
                    "CREATE VIEW events AS SELECT * EXCLUDE (filename), "
                    "url_decode(regexp_extract(filename, '.*/source=([^/]*)/release=([^/]*)/', 1)) AS source, "
                    "url_decode(regexp_extract(filename, '.*/source=([^/]*)/release=([^/]*)/', 2)) AS release FROM stored"
                )
                rows = connection.table("events")
            else:
                rows = connection.create_view("events", _make_empty_table(now))
            yield _select_columns(rows)
        finally:
            connection.disconnect()


@contextmanager
def _open_spark(engine: Engine, now: Snapshot, names: Iterable[str] | None) -> Iterator[ir.Table]:
    with open_spark_session(engine.master, engine.spark, engine.threads) as session:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        connection = ibis.pyspark.connect(session)
        try:
            if files := _list_data_files(now, names):
                # With the scheme: a cluster may take a bare path for one of its own file system.
                base = f"file://{Path(now.path).resolve().as_posix()}"
                reader = session.read.option("basePath", base).option("mergeSchema", "true")
                reader.parquet(*(f"file://{f}" for f in files)).createOrReplaceTempView("detente_events")
                yield _select_columns(connection.table("detente_events"))
            else:
                yield _select_columns(connection.create_view("detente_events", _make_empty_table(now), overwrite=True))
        except (PySparkException, Py4JError) as e:
            why = f"it could not read the store ({describe_error(e)})"
            raise NoEngine("spark", why, "Make the store's folder available to its workers under the same path.") from e


def _open_other_engine(engine: Engine) -> ir.Table:
    kind = engine.name.partition("://")[0]
    # The URL may contain a password, so messages show only its scheme.
    try:
        table = ibis.connect(engine.name).table(engine.table)
    except Exception as e:  # each driver raises its own errors
        why = f"it could not be reached, or has no table {engine.table!r} ({type(e).__name__})"
        remedy = f'Install its driver with pip install "ibis-framework[{kind}]"; --table names the table.'
        raise NoEngine(f"{kind}://…", why, remedy) from e
    if lacking := [c for c in COLUMNS if c not in table.columns]:
        why = f"its table {engine.table!r} lacks {', '.join(lacking)}"
        raise NoEngine(f"{kind}://…", why, "See docs/store.md for the columns.")
    return _select_columns(table)
