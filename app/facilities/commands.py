"""`facilities …` on the command line: an operator's table of beds, machines and bays."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.facilities.csvfile import FacilityRow, read_facilities
from app.facilities.models import Facility
from app.foundation import audit
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.stations.models import Station

OpenHome = Callable[[], AbstractContextManager[Home]]


@click.group("facilities")
def facilities() -> None:
    """设施：胶囊仓、洗衣机、烘干机、淋浴、无障碍车位、AED。"""


COMMANDS = [facilities]


@facilities.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_file(open_home: OpenHome, file: Path) -> None:
    """从 CSV 新增或更新设施，列见手册 docs/zh/facilities.md；有一行不对就一行也不导入。"""
    with open_home() as home, home.database.transaction() as session:
        rows, faults = read_facilities(file.read_bytes(), set(session.scalars(select(Station.code))))
        if faults:
            for fault in faults:
                click.echo(str(fault), err=True)
            click.echo(f"共 {len(faults)} 处有误，一行也没有导入。", err=True)
            sys.exit(1)
        now = home.clock.now()
        new = sum(_save(session, row, now) for row in rows)
        audit.record(session, now, None, "facility.imported", "facility", len(rows))
    click.echo(f"新增 {new} 个，更新 {len(rows) - new} 个。")


def _save(session: Session, row: FacilityRow, now: datetime) -> bool:
    """Whether it is new; of one that is known only place and women's hours change, never its state."""
    about = {"place": row.place, "women_from": row.women_from, "women_until": row.women_until}
    key = {"station": row.station, "side": row.side, "kind": row.kind, "name": row.name}
    made = insert(Facility).values(id=new_id(), created_at=now, **key, **about)
    known = made.on_conflict_do_update(
        index_elements=[*key], index_where=Facility.retired_at.is_(None), set_=about
    )
    return bool(session.scalar(known.returning(literal_column("xmax = 0"))))
