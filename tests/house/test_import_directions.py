"""Who may know whom: the contracts hold, and they would notice a wall broken through."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder that holds app/ and pyproject.toml."""
    check = "from importlinter.cli import lint_imports_command as main; main(['--no-cache'])"
    return subprocess.run([sys.executable, "-c", check], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """The house, to be broken."""
    shutil.copy(project / "pyproject.toml", tmp_path)
    left = shutil.ignore_patterns("__pycache__", "static", "fonts", "*.json")
    shutil.copytree(project / "app", tmp_path / "app", ignore=left)
    return tmp_path


def test_no_room_knows_a_higher_one(project: Path) -> None:
    checked = lint(project)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        ("app/foundation/clock.py", "import app.web.turn"),
        ("app/people/service.py", "from app.stations import models"),
        ("app/helpdesk/rules.py", "from app.foundation import database"),
        ("app/checkins/service.py", "from app.wechat import client"),
    ],
)
def test_a_planted_import_against_the_directions_is_found(copy: Path, module: str, planted: str) -> None:
    file = copy / module
    file.write_text(f"{file.read_text()}\n\n{planted}\n")
    checked = lint(copy)
    assert checked.returncode != 0, checked.stdout
    assert "BROKEN" in checked.stdout


def test_every_room_stands_in_the_contract(project: Path) -> None:
    """A new room that nobody wrote into the layers would be under no rule at all."""
    contract = (project / "pyproject.toml").read_text()
    rooms = {f"app.{folder.parent.name}" for folder in (project / "app").glob("*/__init__.py")}
    assert {room for room in rooms if room not in contract} == set()
