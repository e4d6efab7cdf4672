"""Downloads from providers: one client, and one module per provider."""
