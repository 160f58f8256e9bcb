"""Stations in and out of the database, and their keys."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.audit import AuditEntry
from app.foundation.database import Database
from app.foundation.refusals import Refused
from app.stations.csvfile import read_stations, write_stations
from app.stations.demo import SHIPPED, seed, shipped_stations
from app.stations.exchange import ImportReport, export_stations, import_stations, list_codes
from app.stations.models import QrKey, Station
from app.stations.rules import is_example_phone
from app.stations.service import FoundKey, find_key, make_key, revoke_key
from tests.support.meeting import Meeting

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def codes_of(database: Database) -> dict[tuple[str, str], str]:
    with database.transaction() as session:
        return {(code.station, code.side): code.key for code in list_codes(session)}


def test_the_55_come_in_with_a_key_a_side_and_go_out_as_they_came(database: Database) -> None:
    with database.transaction() as session:
        report = import_stations(session, shipped_stations(), NOW)
    assert report == ImportReport(made=55, changed=0, unchanged=0, keys_made=110)
    with database.transaction() as session:
        assert write_stations(export_stations(session)) == SHIPPED.read_text("utf-8")
        assert len({code.key for code in list_codes(session)}) == 110
        assert session.scalars(select(Station.status).distinct()).all() == ["open"]


def test_importing_again_changes_nothing_and_keeps_the_keys(database: Database) -> None:
    with database.transaction() as session:
        import_stations(session, shipped_stations(), NOW)
    before = codes_of(database)
    with database.transaction() as session:
        rows, faults = read_stations(write_stations(export_stations(session)).encode())
        assert not faults
        assert import_stations(session, rows, LATER) == ImportReport(0, 0, 55, 0)
        assert session.scalars(select(Station.updated_at).distinct()).all() == [NOW]
    assert codes_of(database) == before


def test_a_changed_line_changes_its_station_alone_and_counts_its_revision(database: Database) -> None:
    stations = shipped_stations()
    with database.transaction() as session:
        import_stations(session, stations, NOW)
    moved = replace(stations[1], name="兰州北站服务区", heading_a="往武威")
    with database.transaction() as session:
        assert import_stations(session, [moved], LATER) == ImportReport(0, 1, 0, 0)
    with database.transaction() as session:
        assert export_stations(session) == [stations[0], moved, *stations[2:]]
        revisions = dict(list(session.execute(select(Station.code, Station.revision))))
    assert revisions.pop("GS002") == 2
    assert set(revisions.values()) == {1}


def test_an_import_that_fails_half_way_leaves_nothing(database: Database) -> None:
    bad = replace(shipped_stations()[1], road="")
    with pytest.raises(IntegrityError), database.transaction() as session:
        import_stations(session, [shipped_stations()[0], bad], NOW)
    with database.transaction() as session:
        assert export_stations(session) == []


def test_a_torn_poster_keeps_its_key_and_a_revoked_one_gets_the_next_version(seeded: Database) -> None:
    before = codes_of(seeded)
    old = before["GS001", "A"]
    with seeded.transaction() as session:
        fresh = revoke_key(session, old, LATER, reason="被人冒用")
    with seeded.transaction() as session:
        found, new = find_key(session, old), find_key(session, fresh.key)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "qr_key.revoke")).one()
    assert found == FoundKey(old, "GS001", "A", 1, "revoked")
    assert new == fresh == FoundKey(fresh.key, "GS001", "A", 2, "active")
    assert (entry.object_id, entry.station, entry.reason) == (old, "GS001", "被人冒用")
    assert codes_of(seeded) == before | {("GS001", "A"): fresh.key}


def test_a_key_unknown_or_already_revoked_cannot_be_revoked(seeded: Database) -> None:
    key = codes_of(seeded)["GS001", "B"]
    with seeded.transaction() as session:
        revoke_key(session, key, NOW)
    for gone in (key, "ABCDEFGH"):
        with pytest.raises(Refused) as refused, seeded.transaction() as session:
            revoke_key(session, gone, NOW)
        assert refused.value.refusal.code == "station.key_not_active"


def test_a_key_is_found_in_one_statement(seeded: Database, count_statements: Callable[..., int]) -> None:
    key = codes_of(seeded)["GS007", "B"]
    with seeded.transaction() as session:
        assert count_statements(lambda: find_key(session, key)) == 1
        assert find_key(session, "ABCDEFGH") is None


Revoke = Callable[[Session, str], object]


def careless_revoke(session: Session, key: str, meeting: Meeting) -> object:
    """Negative control: looks, decides, writes, with nothing that makes the write depend on the look."""
    found = find_key(session, key)
    if found is None or found.state != "active":
        return None
    meeting.come()
    session.execute(update(QrKey).where(QrKey.key == key).values(state="revoked", revoked_at=NOW))
    return make_key(session, found.station, found.side, NOW)


def keys_after_a_race(database: Database, revoke: Revoke) -> int:
    """How many active keys a side has after 16 threads revoked its key at once."""
    key = codes_of(database)["GS001", "A"]
    gate = threading.Barrier(16)

    def attempt() -> None:
        with database.session() as session:
            session.execute(text("SELECT 1"))
            gate.wait()
            try:
                revoke(session, key)
                session.commit()
            except (Refused, IntegrityError):
                session.rollback()

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as session:
        active = select(QrKey.key).where(QrKey.station == "GS001", QrKey.side == "A", QrKey.state == "active")
        return len(session.scalars(active).all())


def test_of_many_revocations_at_once_one_makes_a_new_key(seeded: Database) -> None:
    assert keys_after_a_race(seeded, lambda session, key: revoke_key(session, key, NOW)) == 1


def test_without_the_conditional_update_and_the_index_the_race_is_lost(seeded: Database) -> None:
    with seeded.transaction() as session:
        session.execute(text("DROP INDEX uq_qr_key_active"))
        session.execute(text("ALTER TABLE qr_key DROP CONSTRAINT uq_qr_key_station_side_version"))
    assert keys_after_a_race(seeded, partial(careless_revoke, meeting=Meeting())) > 1


def test_two_imports_at_once_follow_one_another(database: Database) -> None:
    gate = threading.Barrier(4)
    reports: list[ImportReport] = []

    def attempt() -> None:
        with database.transaction() as session:
            gate.wait()
            reports.append(import_stations(session, shipped_stations(), NOW))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.made for report in reports) == [0, 0, 0, 55]
    assert sum(report.keys_made for report in reports) == 110


NONSENSE = (
    "UPDATE station SET code = 'X1'",
    "UPDATE station SET name = ''",
    "UPDATE station SET lat = 91",
    "UPDATE station SET position_confidence = 'sure'",
    "UPDATE station SET status = 'gone'",
    "UPDATE station SET duty_phone = 'ring me'",
    "UPDATE station_side SET side = 'C'",
    "UPDATE station_side SET heading = ''",
    "UPDATE station_basic SET state = 'ok'",
    "UPDATE qr_key SET key = lower(key)",
    "UPDATE qr_key SET key = '7KQ9M2X0'",
    "UPDATE qr_key SET state = 'revoked'",
    "UPDATE qr_key SET version = 0",
    "INSERT INTO qr_key SELECT 'ABCDEFGH', station, side, 2, 'active', made_at FROM qr_key LIMIT 1",
    "INSERT INTO qr_key SELECT 'ABCDEFGH', station, side, 1, 'revoked', now(), now() FROM qr_key LIMIT 1",
    "INSERT INTO qr_key VALUES ('ABCDEFGH', 'GS999', 'A', 1, 'active', now())",
)


def test_the_database_itself_refuses_what_makes_no_sense(seeded: Database) -> None:
    for change in NONSENSE:
        with pytest.raises(IntegrityError), seeded.transaction() as session:
            session.execute(text(change))


def test_demonstration_stations_have_telephones_that_reach_nobody_and_keep_real_ones(
    database: Database,
) -> None:
    with database.transaction() as session:
        seed(session, NOW)
        phones = session.execute(select(Station.duty_phone, Station.medical_phone)).all()
        assert all(is_example_phone(duty) and is_example_phone(medical) for duty, medical in phones)
        session.execute(update(Station).where(Station.code == "GS001").values(duty_phone="0931-8765432"))
        seed(session, LATER)
        assert session.scalar(select(Station.duty_phone).where(Station.code == "GS001")) == "0931-8765432"
