"""What keeps the embedded database from starting is one clear sentence, never a trace."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.launcher import binaries, embedded, place
from app.launcher.problems import LaunchProblem

ROOT = Path(__file__).parents[2]


def sentence(data_dir: Path) -> str:
    with pytest.raises(LaunchProblem) as caught:
        embedded.ensure(data_dir)
    said = str(caught.value)
    assert "\n" not in said
    assert "Traceback" not in said
    return said


def test_a_data_folder_that_is_a_file(open_folder: Path) -> None:
    (open_folder / "var").write_text("")
    assert "是文件" in sentence(open_folder / "var")
    assert "is a file" in sentence(open_folder / "var" / "deeper")


def test_a_folder_that_may_not_be_written(open_folder: Path) -> None:
    """Root may write everywhere, so the question is asked as nobody."""
    folder = open_folder / "var"
    folder.mkdir(mode=0o555)
    code = (
        "import os, pathlib\nfrom app.launcher import embedded\n"
        "from app.launcher.problems import LaunchProblem\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"try: embedded.ensure(pathlib.Path({str(folder)!r}))\n"
        "except LaunchProblem as problem: print(problem)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert f"No permission to write {folder}" in done.stdout


def test_a_full_disk_met_by_initdb() -> None:
    said = "initdb: error: could not write file: No space left on device"
    assert "磁盘已满" in str(place.failed(said, Path("/data")))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_met_by_us(data_dir: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_room(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(place.Place, "initialise", no_room)
    assert "磁盘已满" in sentence(data_dir)


def test_a_disk_with_too_little_room_for_a_new_database(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**6))
    assert "磁盘已满" in sentence(data_dir)


def test_no_programs_at_all(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_candidates", lambda _: iter(()))
    assert "请安装 postgresql" in sentence(data_dir)


def test_files_of_another_major_version(data_dir: Path) -> None:
    cluster = embedded.ensure(data_dir, durable=False)
    cluster.stop_if_unused()
    version = cluster.place.data / "PG_VERSION"
    right = version.read_text()
    version.write_text("9.6\n")
    said = sentence(data_dir)
    assert "PostgreSQL 9" in said
    assert f"只有 {right.strip()}" in said or "15、18" in said
    version.write_text(right)


def test_files_that_the_server_refuses(data_dir: Path) -> None:
    cluster = embedded.ensure(data_dir, durable=False)
    cluster.stop_if_unused()
    (cluster.place.data / "global" / "pg_control").unlink()
    assert "The database did not start" in sentence(data_dir)


def test_programs_that_do_not_run_here_are_passed_over(open_folder: Path) -> None:
    broken = open_folder / "bin"
    broken.mkdir()
    for name in ("postgres", "initdb"):
        (broken / name).write_text("not a program")
        (broken / name).chmod(0o755)
    account = place.account_for(open_folder / "none")
    assert binaries._major_of(broken, account) is None
    assert binaries._major_of(open_folder, account) is None


def test_installed_programs_stand_in_for_the_wheel(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel_bin", lambda: None)
    account = place.account_for(data_dir)
    if not any(binaries._major_of(found, account) for found in binaries._installed()):
        from tests.support.programs import missing

        missing("no PostgreSQL server is installed beside the wheel")
    cluster = embedded.ensure(data_dir, durable=False)
    assert cluster.bin_dir.is_relative_to("/usr")
    assert cluster.stop_if_unused()
