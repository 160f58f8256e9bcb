"""Service areas: two sides each, what works there, the codes on their walls, the posters."""
