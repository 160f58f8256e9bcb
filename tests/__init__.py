"""Tests of 司机之家; nothing here leaves 127.0.0.1."""
