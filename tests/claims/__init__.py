"""Tests of the insurance companion."""
