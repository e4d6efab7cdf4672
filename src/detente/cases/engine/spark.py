"""A Spark session: on this machine, on a cluster, or the one that already runs in this process.

A session that was started here is stopped afterwards. One that already ran, such as a notebook's, is shared and left
running: SQL settings and views stay in a session of their own.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from detente.cases.engine.errors import NoEngine
from detente.core.extras import require_extra

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SPARK_REQUIREMENTS = 'pip install "detente[spark]", and Java 17 or later'
# Other values would change the counts.
REQUIRED_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
# The roles of a whole cast make a method beyond the 64 KB that Java allows, so compiling whole stages only fails late.
SQL_SETTINGS = {"spark.sql.codegen.wholeStage": "false"}
DEFAULT_SETTINGS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
# The driver and executors of one machine need no port that others can reach.
LOCAL_SETTINGS = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}

# Under spark-submit, or with a configuration of its own, Spark knows its master.
CONFIGURED = {"PYSPARK_GATEWAY_PORT", "SPARK_CONF_DIR", "SPARK_HOME"}


def parse_settings(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return Spark settings after a check of their names.

    Raises:
        NoEngine: a name is not one of Spark's, or its value is fixed.

    Example:
        >>> parse_settings({"spark.executor.memory": "4g"})
        {'spark.executor.memory': '4g'}
    """
    for key, value in pairs.items():
        if not key.startswith("spark."):
            raise NoEngine(
                "spark", f"{key!r} is not a Spark setting", "Names begin with spark., as in spark.executor.memory."
            )
        if REQUIRED_SETTINGS.get(key, value) != value:
            raise NoEngine("spark", f"{key} is fixed at {REQUIRED_SETTINGS[key]}", "Leave this setting out.")
    return {str(k): str(v) for k, v in pairs.items()}


@contextmanager
def open_spark_session(
    master: str | None = None, settings: Mapping[str, str] | None = None, threads: int | None = None
) -> Iterator["SparkSession"]:
    """Open a Spark session.

    The Java process and the settings of the first session stay until this process ends, so another cluster needs
    another process.

    Args:
        master: such as local[2], local-cluster[2,1,1024], spark://host:7077, yarn. If not given: that of the session
            which already runs, else `spark.master` of spark-submit or of spark-defaults.conf, else local[*].
        settings: Spark settings, such as `{"spark.executor.memory": "4g"}`.
        threads: expected parallel tasks; the processors of this machine if not given.

    Raises:
        MissingExtra: Spark is not installed.
        NoEngine: Spark does not start, a setting is not allowed, or a session with another
            master already runs.
    """
    asked = parse_settings(settings or {})
    require_extra("spark")
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession() if SparkContext._active_spark_context else None
    try:
        if running is not None:
            _check_running(running, master, asked)
            session = running.newSession()
        else:
            conf = SparkConf()
            where = master or (None if CONFIGURED & os.environ.keys() else "local[*]")
            if where:
                conf.setMaster(where)
            local = LOCAL_SETTINGS if where and where.startswith("local") else {}
            for key, value in {"spark.app.name": "detente", **DEFAULT_SETTINGS, **local}.items():
                conf.setIfMissing(key, value)
            conf.setIfMissing("spark.sql.shuffle.partitions", str(2 * (threads or os.cpu_count() or 1)))
            session = SparkSession.builder.config(conf=conf.setAll([*asked.items()])).getOrCreate()
            session.sparkContext.setLogLevel(str(session.sparkContext.getConf().get("spark.log.level")))
        for key, value in {**SQL_SETTINGS, **asked, **REQUIRED_SETTINGS}.items():
            if key.startswith("spark.sql."):
                session.conf.set(key, value)
    except (PySparkException, Py4JError, RuntimeError, OSError) as e:
        remedy = f"It needs {SPARK_REQUIREMENTS}; check the master and the settings."
        raise NoEngine("spark", f"it does not start ({describe_error(e)})", remedy) from e
    try:
        yield session
    finally:
        if running is None:
            session.stop()


def _check_running(running: "SparkSession", master: str | None, asked: Mapping[str, str]) -> None:
    at = running.sparkContext.master
    if master and master != at:
        raise NoEngine(
            "spark", f"this process already runs Spark with the master {at}", f"Stop that session, or pass {at}."
        )
    if asked:
        remedy = "Stop that session, or give it these settings when it starts."
        raise NoEngine("spark", "settings were given, but this process already runs Spark", remedy)


def describe_error(e: Exception) -> str:
    """Return the first line of an error that says what happened, without Java's class names.

    Example:
        >>> describe_error(RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway process exited."))
        '[JAVA_GATEWAY_EXITED] Java gateway process exited.'
    """
    java = getattr(e, "java_exception", None)
    text = str(java.getMessage() if java is not None else e) or type(e).__name__
    return text.strip().splitlines()[0]
