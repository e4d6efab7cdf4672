"""Assignment of actors and channels as one expression, for any database engine that Ibis supports. Needs the extra `store`."""

from detente.core.extras import require_extra

require_extra("store")
