"""The first journey, over HTTP."""
