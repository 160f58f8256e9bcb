"""What the clockwork calls: ask WeChat, wait for it no longer than is sensible, and tidy up."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice
from typing import TypeVar

import structlog
from sqlalchemy import delete, select, tuple_

from app.content import checks, uploads, verdicts
from app.content.checks import Question
from app.content.links import links
from app.content.models import Upload
from app.content.rules import part_of_the_minute
from app.content.verdicts import Picture
from app.content.workbench import Workbench
from app.foundation.home import Home
from app.web import metrics
from app.wechat import Sort, WeChat

log = structlog.get_logger()
T = TypeVar("T")

_AT_ONCE = 4
_LEASE = timedelta(seconds=60)
_REMOVED_AT_ONCE = 200
_LOOKED_UP_AT_ONCE = 500
_ORPHANED_AFTER_S = 3600
_ASIDE_FOR_S = 7 * 86400


def check_texts(home: Home) -> int:
    """Ask about every text that is due; answers how many were asked about."""
    platform = home.part(WeChat)
    return _work_off(lambda: _claim_texts(home), lambda question: _check_text(home, platform, question))


def _claim_texts(home: Home) -> list[Question]:
    with home.database.transaction() as session:
        return checks.claim(session, home.clock.now(), _LEASE, _AT_ONCE)


def _check_text(home: Home, platform: WeChat, question: Question) -> bool:
    said = platform.check_text(question.openid or "", question.text or "", scene=question.scene)
    now, sort = home.clock.now(), said.outcome.sort
    with home.database.transaction() as session:
        if _answered(sort):
            suggest = said.suggest if sort is Sort.DONE else None
            checks.settle(session, now, question, suggest, said.label)
        else:
            checks.put_off(session, now, question)
    metrics.EVENTS.labels("content", f"text {said.suggest if sort is Sort.DONE else sort}").inc()
    return _answered(sort)


def check_pictures(home: Home) -> int:
    """Ask about every attached public picture that is due; answers how many were asked about."""
    platform = home.part(WeChat)
    return _work_off(lambda: _claim_pictures(home), lambda picture: _check_picture(home, platform, picture))


def _claim_pictures(home: Home) -> list[Picture]:
    with home.database.transaction() as session:
        return verdicts.claim(session, home.clock.now(), _LEASE, _AT_ONCE)


def _check_picture(home: Home, platform: WeChat, picture: Picture) -> bool:
    """Whoever WeChat does not know, or a house that it cannot reach: people decide, at once."""
    address = links().for_wechat(picture.id, home.clock.now())
    if address is None or picture.openid is None:
        with home.database.transaction() as session:
            verdicts.leave_to_people(session, picture)
        return True
    said = platform.check_picture(picture.openid, address, scene=picture.scene)
    now, sort = home.clock.now(), said.outcome.sort
    with home.database.transaction() as session:
        if sort is Sort.DONE and said.trace_id:
            verdicts.asked(session, now, picture, said.trace_id)
        elif _answered(sort):
            verdicts.leave_to_people(session, picture)
        else:
            verdicts.put_off(session, now, picture)
    metrics.EVENTS.labels("content", f"picture {sort}").inc()
    return _answered(sort)


def _answered(sort: Sort) -> bool:
    """Whether asking again would bring nothing new. A question that may have been lost is asked again: no
    harm is done by a check that is made twice."""
    return sort in (Sort.DONE, Sort.FAILED, Sort.REFUSED)


def _work_off(claim: Callable[[], Sequence[T]], work: Callable[[T], bool]) -> int:
    """A few at a time until nothing is due; while WeChat is in trouble, one round a tick."""
    done, well = 0, True
    with ThreadPoolExecutor(_AT_ONCE, "checks") as threads:
        while well and (claimed := claim()):
            well = all(list(threads.map(work, claimed)))
            done += len(claimed)
    return done


def time_out(home: Home) -> int:
    """End what WeChat will no longer answer: texts stay unchecked, pictures are for people to decide."""
    now = home.clock.now()
    after = timedelta(minutes=home.settings.uploads.review_after_minutes)
    with home.database.transaction() as session:
        late = verdicts.time_out(session, now, after)
        ended = checks.give_up(session, now)
    if late:
        metrics.EVENTS.labels("content", "picture to review").inc(late)
        log.warning("pictures.to_review", count=late)
    return late + ended


def remove_gone(home: Home) -> int:
    """Destroy the files of rows that are on their way out, then the rows; answers how many."""
    shelf = home.part(Workbench).shelf
    with home.database.transaction() as session:
        gone = session.execute(
            select(Upload.person_id, Upload.id, Upload.place)
            .where(Upload.state == "gone")
            .limit(_REMOVED_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for row in gone:
            shelf.remove(row.place)
        keys = [(row.person_id, row.id) for row in gone]
        if keys:
            session.execute(delete(Upload).where(tuple_(Upload.person_id, Upload.id).in_(keys)))
    return len(gone)


def sweep(home: Home, parts: Iterable[int] | None = None) -> int:
    """Let go what was never used, and set aside files without a row; one part of the shelf a minute."""
    now = home.clock.now()
    with home.database.transaction() as session:
        loose = uploads.forget_loose(session, now, timedelta(hours=home.settings.uploads.loose_hours))
        verdicts.sweep(session, now)
        checks.sweep(session, now)
    if parts is None:
        parts = [part_of_the_minute(now)]
    orphans = sum(_set_orphans_aside(home, part) for part in parts)
    if orphans:
        metrics.EVENTS.labels("content", "orphan").inc(orphans)
        log.warning("uploads.orphans", count=orphans)
    home.part(Workbench).shelf.clear_aside(_ASIDE_FOR_S)
    return loose + orphans


def _set_orphans_aside(home: Home, part: int) -> int:
    """A crash between the file and its row leaves one; so does a database taken from yesterday's backup,
    which is why nothing is destroyed for a week."""
    shelf, found = home.part(Workbench).shelf, 0
    names = shelf.names(part, _ORPHANED_AFTER_S)
    while batch := list(islice(names, _LOOKED_UP_AT_ONCE)):
        with home.database.transaction() as session:
            known = set(session.scalars(select(Upload.place).where(Upload.place.in_(batch))))
        for name in set(batch) - known:
            shelf.set_aside(name)
            found += 1
    return found
