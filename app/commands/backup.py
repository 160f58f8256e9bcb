"""What an operator keeps for the day the disk dies: database and uploads in one file, and the way back.

The keys are not in it: what is private is sealed in the database and on disk, and whoever finds a backup must
not find the keys beside it. A restored database is of use only with the `secrets` that it was made with.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click
import psycopg
import structlog
from sqlalchemy import func, select

from app.content.workbench import uploads_folder
from app.foundation import migrate
from app.foundation.clock import iso
from app.foundation.columns import blind_index
from app.foundation.home import Home
from app.launcher.accounts import CLEAN_ENVIRONMENT
from app.launcher.binaries import client_programs
from app.people.models import Person

OpenHome = Callable[[], AbstractContextManager[Home]]
log = structlog.get_logger()

# Everything that is there, also tables of a newer release that the backup does not know.
_EMPTY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE %I CASCADE', one.tablename);
  END LOOP;
  FOR one IN SELECT oid::regprocedure AS routine FROM pg_proc p
    WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP ROUTINE %s', one.routine);
  END LOOP;
END $$;
"""
_DUMP, _ABOUT, _UPLOADS = "database.dump", "about.json", "uploads"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="写到这个文件；默认在数据目录的 backups 里"
)
@click.pass_obj
def backup(open_home: OpenHome, out: Path | None) -> None:
    """把数据库和上传的文件备份成一个文件，打印它的路径。密钥不在里面，请另外保管。"""
    with open_home() as home:
        target = out or _next_name(home)
        if target.exists():
            raise click.ClickException(f"{target} 已经存在，不覆盖。")
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target, then renamed: a disk that fills up half-way leaves no file that looks whole.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            made = Path(folder) / "whole.tar"
            try:
                _pack(home, made)
                made.rename(target)
            except OSError as trouble:
                raise click.ClickException(f"写不进 {target.parent}：{trouble.strerror}") from None
    log.info("backup.made", file=str(target), bytes=target.stat().st_size)
    click.echo(target)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="数据库里已有数据时也恢复：现有的数据全部换成备份里的")
@click.pass_obj
def restore(open_home: OpenHome, file: Path, replace: bool) -> None:
    """从备份文件恢复数据库和上传的文件。先停掉服务和后台任务。"""
    with open_home() as home, tempfile.TemporaryDirectory() as folder:
        about = _unpack(file, Path(folder))
        if about["migration"] not in migrate.revisions():
            raise click.ClickException("这个备份来自更新的版本，请先升级程序。")
        if about["keys"] != _keys():
            raise click.ClickException(
                "这里的密钥和备份时用的不是同一套，恢复了也读不出来。"
                "请先放回当时的密钥（数据目录的 secrets.toml，或 APP__SECRETS__*）。"
            )
        if not replace and _has_people(home):
            raise click.ClickException("数据库里已有数据。确定要用备份换掉它，请加 --replace。")
        url = _plain(home)
        home.database.close()
        _bring_database(url, Path(folder))
        migrate.upgrade(url)
        _bring_uploads(Path(folder) / _UPLOADS, uploads_folder(home.settings))
    click.echo(f"已恢复到 {about['made_at']} 的样子")


def _bring_database(url: str, folder: Path) -> None:
    """Out with what is there and in with the backup: one transaction, so that it is either the one or the
    other."""
    script, whole = folder / "database.sql", folder / "whole.sql"
    _run(url, "pg_restore", "--no-owner", "--no-privileges", "--file", str(script), str(folder / _DUMP))
    with whole.open("wb") as out:
        out.write(_EMPTY.encode())
        with script.open("rb") as read:
            shutil.copyfileobj(read, out)
    options = "--no-psqlrc --quiet --single-transaction --set=ON_ERROR_STOP=1".split()
    _run(url, "psql", *options, "--file", str(whole), "--dbname", _bare(url))


def _next_name(home: Home) -> Path:
    stamp = home.clock.now().strftime("%Y%m%dT%H%M%SZ")
    return home.settings.data_dir / "backups" / f"drivers-home-{stamp}.tar"


def _pack(home: Home, target: Path) -> None:
    """Database first: a file that is uploaded meanwhile is then too many in the backup, never missing."""
    dump = target.with_name(_DUMP)
    url = _plain(home)
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(dump), _bare(url))
    about = {
        "made_at": iso(home.clock.now()),
        "migration": migrate.current(home.database.engine),
        "keys": _keys(),
    }
    noted = target.with_name(_ABOUT)
    noted.write_text(json.dumps(about))
    target.touch(0o600)
    with tarfile.open(target, mode="w") as archive:
        archive.add(noted, _ABOUT)
        archive.add(dump, _DUMP)
        uploads = uploads_folder(home.settings)
        for file in sorted(uploads.rglob("*")) if uploads.is_dir() else ():
            if file.is_file() and "incoming" not in file.relative_to(uploads).parts:
                archive.add(file, f"{_UPLOADS}/{file.relative_to(uploads)}")


def _unpack(file: Path, folder: Path) -> dict[str, str]:
    try:
        if not _is_whole(file):
            raise ValueError(file)
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        about: dict[str, str] = json.loads((folder / _ABOUT).read_text())
        if not (folder / _DUMP).is_file() or not {"made_at", "migration", "keys"} <= about.keys():
            raise ValueError(_DUMP)
    except (tarfile.TarError, ValueError, KeyError, OSError):
        raise click.ClickException(f"{file} 不是完整的备份文件。") from None
    return about


def _is_whole(file: Path) -> bool:
    """Whether a tar ends as one does, with two empty blocks, and in full records.

    What is cut between two files would else be read as an archive of fewer.
    """
    with file.open("rb") as tail:
        size = tail.seek(0, os.SEEK_END)
        tail.seek(max(0, size - 2 * tarfile.BLOCKSIZE))
        return size > 0 and size % tarfile.RECORDSIZE == 0 and not any(tail.read())


def _keys() -> str:
    """Which keys these are, without telling them."""
    return blind_index("backup").hex()


def _has_people(home: Home) -> bool:
    if migrate.current(home.database.engine) is None:
        return False
    with home.database.transaction() as session:
        return bool(session.scalar(select(func.count()).select_from(Person)))


def _bring_uploads(source: Path, target: Path) -> None:
    """Files are named by chance and never changed: one that is there already is the same one. Each is put in
    its place whole, whatever ends us."""
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        place = target / file.relative_to(source)
        if file.is_file() and not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = place.with_name(f".{place.name}.new")
            beside.touch(0o600)
            shutil.copyfile(file, beside)
            beside.rename(place)


def _plain(home: Home) -> str:
    """As PostgreSQL's own programs read it, whatever driver the operator named."""
    return "postgresql://" + home.settings.database.url.partition("://")[2]


def _bare(url: str) -> str:
    """The address without its password, which does not belong on a command line that others can read."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    return psycopg.conninfo.make_conninfo(**{name: str(parts[name]) for name in parts if name != "password"})


def _run(url: str, program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, of the server's own version."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10000
    password = psycopg.conninfo.conninfo_to_dict(url).get("password")
    more = {"PGPASSWORD": str(password)} if password else {}
    done = subprocess.run(  # noqa: S603 - argv is ours, no shell
        [str(client_programs(major)[program]), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=CLEAN_ENVIRONMENT | more,
    )
    if done.returncode:
        log.error("backup.failed", program=program, said=done.stderr[-2000:])
        raise click.ClickException(f"{program} 没有成功，什么都没有改变；原因见日志。")


COMMANDS: list[click.Command] = [backup, restore]
