"""Plans one mailing in a process of its own, as the jobs do; tells how long it took, how much it held."""

import json
import resource
import sys
import time
import uuid

from sqlalchemy import select

from app.foundation.home import open_home
from app.notices import mailings
from app.notices.service import Message
from app.notices.templates import use_templates
from app.people.models import Person
from app.settings import load_settings

_MESSAGE = Message("bulletin", {"title": "道路封闭", "text": "详见公告"}, "pages/bulletin/index?id=1")


def plan(bound: str) -> dict[str, float | int | str]:
    """Everybody up to that id; seconds from the mailing's birth to the last commit, and memory in MB."""
    settings = load_settings()
    home = open_home(settings)
    use_templates(settings)
    everybody = select(Person.id).where(Person.id <= uuid.UUID(bound))
    home.database.alive()
    before = _peak_mb()
    began = time.perf_counter()
    with home.database.transaction() as session:
        mailing = mailings.create(
            session, home.clock.now(), kind="bulletin", title="道路封闭", text="G30", message=_MESSAGE
        )
    people = batch = -1
    while batch:
        with home.database.transaction() as session:
            batch = mailings.plan_batch(session, home.clock.now(), mailing, everybody)
        people += batch
    took = time.perf_counter() - began
    with home.database.transaction() as session:
        queued = mailings.tally(session, mailing).queued
    home.close()
    return {
        "seconds": took,
        "people": people + 1,
        "queued": queued,
        "before_mb": before,
        "peak_mb": _peak_mb(),
        "mailing": str(mailing),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(plan(sys.argv[1])))
