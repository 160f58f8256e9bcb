"""How fast the house is, beside yardsticks that do the least the same job needs."""
