"""How property tests run: no deadline, since a loaded machine is not a broken line. And the databases of `support/databases.py`."""

from hypothesis import settings

settings.register_profile("workbench", deadline=None)
settings.load_profile("workbench")

pytest_plugins = ["support.comments_workbench", "support.databases", "support.workbench"]
