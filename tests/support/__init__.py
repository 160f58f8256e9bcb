"""Helpers of the tests: servers, programs, clients."""
