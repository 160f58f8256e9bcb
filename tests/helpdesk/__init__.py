"""Requests: steps, claims, help that is never refused, who sees what."""
