"""How every endpoint behaves: who is asking, refusals, retries, limits, caching, headers, health, metrics."""
