"""The folder of figures is in memory, ours alone, and forgets processes that are gone."""

import os
import subprocess
from pathlib import Path

import pytest

from app.launcher import metrics_folder


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (folder := tmp_path / "shm").mkdir()
    monkeypatch.setattr(metrics_folder, "_MEMORY", folder)
    return folder


def gone() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_what_processes_that_are_gone_counted_is_forgotten(tmp_path: Path, memory: Path) -> None:
    folder = metrics_folder.prepare(tmp_path)
    assert folder.parent == memory
    assert folder.stat().st_mode & 0o777 == 0o700
    for number in (gone(), os.getpid()):
        (folder / f"counter_{number}.db").touch()
    assert metrics_folder.prepare(tmp_path) == folder
    assert [file.name for file in folder.iterdir()] == [f"counter_{os.getpid()}.db"]


def test_two_data_folders_do_not_mix(tmp_path: Path, memory: Path) -> None:
    assert metrics_folder.prepare(tmp_path / "a") != metrics_folder.prepare(tmp_path / "b")


def test_a_folder_that_others_may_write_or_no_memory_at_all_means_the_data_folder(
    tmp_path: Path, memory: Path
) -> None:
    metrics_folder.prepare(tmp_path).chmod(0o777)
    assert metrics_folder.prepare(tmp_path) == tmp_path / "metrics"
    for folder in memory.iterdir():
        folder.rmdir()
    memory.rmdir()
    assert metrics_folder.prepare(tmp_path) == tmp_path / "metrics"


def test_it_is_cleared_away_unless_somebody_still_counts(tmp_path: Path, memory: Path) -> None:
    folder = metrics_folder.prepare(tmp_path)
    (folder / f"counter_{os.getpid()}.db").touch()
    metrics_folder.clear_away(folder)
    assert folder.is_dir()
    (folder / f"counter_{os.getpid()}.db").rename(folder / f"counter_{gone()}.db")
    metrics_folder.clear_away(folder)
    assert not folder.exists()


def test_what_killed_houses_left_is_cleared_away_after_an_hour(tmp_path: Path, memory: Path) -> None:
    old, new, busy = (metrics_folder.prepare(tmp_path / name) for name in ("old", "new", "busy"))
    (old / f"counter_{gone()}.db").touch()
    (busy / f"counter_{os.getpid()}.db").touch()
    for folder in (old, busy):
        os.utime(folder, (1, 1))
    mine = metrics_folder.prepare(tmp_path)
    assert sorted(memory.iterdir()) == sorted([new, busy, mine])


def test_only_the_gauges_of_a_worker_that_ended_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metrics_folder.VARIABLE, str(tmp_path))
    for name in ("gauge_livesum_7.db", "gauge_max_7.db", "counter_7.db", "gauge_livesum_77.db"):
        (tmp_path / name).touch()
    metrics_folder.forget(7)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "counter_7.db",
        "gauge_livesum_77.db",
        "gauge_max_7.db",
    ]
