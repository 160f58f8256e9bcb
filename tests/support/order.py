"""In which order several processes take the files of tests: the long ones first, so that all end at once."""

from collections import Counter
from pathlib import PurePath

import pytest

LONG = (
    "tests/web/test_permissions.py",
    "tests/web/test_fuzz.py",
    "tests/console/test_console_*browser.py",
    "tests/miniprogram/test_*.py",
    "tests/launcher/test_*.py",
    "tests/jobs/test_*.py",
    "tests/journey/test_*.py",
    "tests/house/test_*.py",
    "tests/stations/test_station_posters*.py",
)
"""What starts programs, browsers and whole houses, or tries everything with everybody: minutes in few tests.
Every other file is done in seconds, and fills what is left between them."""


def longest_first(items: list[pytest.Item]) -> None:
    """Sort whole files, each as it is within: the long ones, then those with the most tests."""
    files = [item.nodeid.partition("::")[0] for item in items]
    number = Counter(files)
    rank = {file: _rank(file) for file in number}
    places = sorted(range(len(items)), key=lambda n: (rank[files[n]], -number[files[n]], files[n], n))
    items[:] = [items[n] for n in places]


def _rank(file: str) -> int:
    return next((n for n, pattern in enumerate(LONG) if PurePath(file).match(pattern)), len(LONG))
