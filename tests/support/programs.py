"""Programs that some tests need and a newcomer's machine may lack."""

import os
import shutil
from typing import NoReturn

import pytest

_OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome", "chrome")}


def require(program: str, *, why: str = "") -> str:
    """The path of a program; where it is missing the test is skipped, or fails under REQUIRE_ALL=1."""
    for name in (program, *_OTHER_NAMES.get(program, ())):
        if found := shutil.which(name):
            return found
    return missing(f"{program} is not installed{f' ({why})' if why else ''}")


def missing(reason: str) -> NoReturn:
    """Skip the running test for that reason, or fail it under REQUIRE_ALL=1, where nothing may be missing."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)
