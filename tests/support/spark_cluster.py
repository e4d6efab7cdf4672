"""A standalone Spark cluster on the loopback interface: a master and workers, each a process of its own."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Java's slow compiler and its parallel collector do not pay for a minute.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
READY = {
    "master": re.compile(r"Starting Spark master at (spark://\S+)"),
    "worker": re.compile("Successfully registered"),
}


def _start(spark_class: Path, folder: Path, name: str, *args: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "SPARK_HOME": str(spark_class.parents[1]), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_WORKER_DIR": str(folder / name), "SPARK_LOCAL_DIRS": str(folder), "JAVA_TOOL_OPTIONS": JAVA,
    }  # fmt: skip
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(spark_class), *args], env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def _wait_for(
    pattern: re.Pattern[str], log: Path, process: subprocess.Popen[bytes], seconds: float = 120
) -> re.Match[str]:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if found := pattern.search(log.read_text(encoding="utf-8", errors="replace")):
            return found
        time.sleep(0.1)
    raise RuntimeError(f"{log.stem} did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@contextmanager
def start_cluster(folder: Path, workers: int = 2, memory: str = "1g") -> Iterator[str]:
    """Start a master and workers of one core each, and stop them afterwards.

    Args:
        folder: for logs and the work folders of executors. memory: that a worker may give to its executors.

    Yields:
        The address of the master.
    """
    import pyspark

    spark_class = Path(pyspark.__file__).parent / "bin/spark-class"
    package, processes = "org.apache.spark.deploy", []
    try:
        port = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        processes.append(_start(spark_class, folder, "master", f"{package}.master.Master", *port))
        address = _wait_for(READY["master"], folder / "master.log", processes[0])[1]
        for n in range(workers):
            some = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", memory, address]
            processes.append(_start(spark_class, folder, f"worker-{n}", f"{package}.worker.Worker", *some))
        for n in range(workers):
            _wait_for(READY["worker"], folder / f"worker-{n}.log", processes[n + 1])
        yield address
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
