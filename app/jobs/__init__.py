"""The clockwork: what runs when."""
