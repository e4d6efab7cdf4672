"""The web workbench. Every page is HTML and, with `.json`, its data. Needs the extra `web`."""

from detente.core.extras import require_extra

require_extra("web")
