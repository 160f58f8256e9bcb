"""Tests of the emergencies."""
