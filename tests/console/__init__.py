"""The staff's console, by its forms and in a real browser."""
