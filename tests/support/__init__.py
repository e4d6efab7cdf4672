"""What several tests need: small cases, provider rows, servers, and independent recomputation of every number."""
