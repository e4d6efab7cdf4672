"""Settings of every test: no deadline for property tests, and a cache folder of the test run."""

import os
import tempfile
from pathlib import Path

from hypothesis import settings

# A loaded machine is not a failure.
settings.register_profile("detente", deadline=None)
settings.load_profile("detente")

# Commands keep results as for a user, but never in the user's own folder; the processes of one run share them.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
os.environ["DETENTE_CACHE"] = str(Path(tempfile.gettempdir()) / f"detente-run-{_RUN}" / "results")

pytest_plugins = ["support.comments_workbench", "support.databases", "support.workbench"]
