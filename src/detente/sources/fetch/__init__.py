"""Downloads from providers: one client, and one module per provider. Needs the extra `fetch`."""

from detente.core.extras import require_extra

require_extra("fetch")
