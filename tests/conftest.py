"""How property tests run: no deadline, since a loaded machine is not a broken line. And the databases of `databases.py`."""

from hypothesis import settings

from databases import database, empty, postgres_home, url

__all__ = ["database", "empty", "postgres_home", "url"]

settings.register_profile("house", deadline=None)
settings.load_profile("house")
