"""scripts/run makes its environment once, anywhere, and says in one sentence what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.programs import missing

ROOT = Path(__file__).parents[2]
STUB = "import os, sys; print('launched', sys.argv[1:], os.getcwd(), sys.prefix)"


def _lay_out(tree: Path) -> None:
    shutil.copytree(ROOT / "scripts", tree / "scripts")
    (tree / "app" / "launcher").mkdir(parents=True)
    (tree / "app" / "launcher" / "__main__.py").write_text(STUB)
    (tree / "requirements.txt").write_text("# nothing\n")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tree with our scripts, no packages to install, and a launcher that only says what it was given."""
    _lay_out(tree := tmp_path / "a checkout")
    return tree


@pytest.fixture(scope="module")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("made") / "checkout"
    _lay_out(tree)
    assert start(tree).returncode == 0
    return tree


@pytest.fixture
def made(_made_once: Path, tmp_path: Path) -> Path:
    """A tree whose environment is there already; it was moved since, which must not matter."""
    shutil.copytree(_made_once, tmp_path / "made", symlinks=True)
    return tmp_path / "made"


def start(tree: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tree / "scripts" / "run", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
        env={**os.environ, **environment},
    )


def tools_without_python(folder: Path, python3: str) -> str:
    """A PATH with what the scripts use and one `python3`, the given shell script."""
    folder.mkdir()
    for tool in ("sh", "dirname", "readlink"):
        (folder / tool).symlink_to(shutil.which(tool) or "")
    (folder / "python3").write_text(f"#!/bin/sh\n{python3}\n")
    (folder / "python3").chmod(0o755)
    return str(folder)


def test_the_second_start_installs_nothing(checkout: Path) -> None:
    first = start(checkout, "--port", "9")
    assert first.returncode == 0, first.stderr
    assert f"launched ['--from', '/', '--port', '9'] {checkout} {checkout}/.venv" in first.stdout
    assert "正在准备" in first.stderr
    second = start(checkout)
    assert second.stderr == "", "whatever is installed is told there"


def test_changed_pins_are_installed_and_a_failure_is_one_sentence(made: Path) -> None:
    (made / "requirements.txt").write_text("./no-such-package\n")
    failed = start(made, PIP_NO_INDEX="1")
    assert failed.returncode != 0
    assert failed.stderr.count("\n") == 2
    assert "Installing failed" in failed.stderr
    (made / "requirements.txt").write_text("# nothing again\n")
    assert start(made).returncode == 0


def test_a_tree_that_was_moved_starts_as_before(made: Path) -> None:
    moved = start(made)
    assert (moved.returncode, moved.stderr) == (0, "")
    assert f"{made}/.venv" in moved.stdout


def test_an_installation_that_was_killed_half_way_is_begun_again(made: Path) -> None:
    (made / ".venv" / ".unfinished").touch()
    (made / ".venv" / "half").touch()
    assert "正在准备" in start(made).stderr
    assert not (made / ".venv" / "half").exists()
    (made / ".venv" / "bin" / "python").unlink()
    assert start(made).returncode == 0


def test_two_first_starts_at_once_make_one_environment(checkout: Path) -> None:
    both = [
        subprocess.Popen(
            [checkout / "scripts" / "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("正在准备" in errors for _, errors in told) == 1


def test_a_link_to_the_script_works(made: Path, tmp_path: Path) -> None:
    (tmp_path / "home").symlink_to(made / "scripts" / "run")
    done = subprocess.run([tmp_path / "home"], capture_output=True, text=True, timeout=120)
    assert str(made) in done.stdout


def test_an_old_python_is_one_sentence(checkout: Path, tmp_path: Path) -> None:
    path = tools_without_python(tmp_path / "bin", 'case "$2" in *print*) echo 3.9;; *) exit 1;; esac')
    said = start(checkout, PATH=path)
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert "3.11" in said.stderr
    assert "3.9" in said.stderr


def test_a_python_without_venv_names_the_package(checkout: Path, tmp_path: Path) -> None:
    path = tools_without_python(tmp_path / "bin", 'case "$2" in *ensurepip*|*pip*) exit 1;; esac')
    said = start(checkout, PATH=path)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "apt-get install python3-venv" in said.stderr


def test_a_checkout_that_may_not_be_written_is_one_sentence(open_folder: Path) -> None:
    """Root may write everywhere, so the question is asked as nobody, with a Python that nobody can reach."""
    python = next((p for p in ("/usr/bin/python3", "/usr/local/bin/python3") if Path(p).exists()), None)
    if os.geteuid() == 0 and (python is None or not shutil.which("setpriv")):
        missing("no Python outside root's home, or no setpriv to become nobody")
    _lay_out(tree := open_folder / "checkout")
    tree.chmod(0o555)
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    said = subprocess.run(
        [*as_nobody, tree / "scripts" / "run"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        env={**os.environ, "PYTHON": python or "python3"},
    )
    tree.chmod(0o755)
    assert said.returncode == 1
    assert "cannot be used (Permission denied)" in said.stderr
    assert "Traceback" not in said.stderr
