"""What happens to a nickname that WeChat objects to: it goes, and its owner is told why."""

import uuid
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.content import checks
from app.content.profile import NICKNAME
from app.foundation.database import rows_changed
from app.notices.service import tell
from app.people.models import Person

_TITLE = "昵称已清空"
_TEXT = "您的昵称没有通过微信的内容检查，已经清空，请换一个。其他功能不受影响。"


def judged(session: Session, person_id: uuid.UUID, suggest: str, now: datetime) -> None:
    """A risky one is emptied; one that is merely doubtful stays."""
    if suggest != "risky":
        return
    emptied = update(Person).where(Person.id == person_id, Person.name != "").values(name="")
    emptied = emptied.execution_options(synchronize_session=False)
    if rows_changed(session.execute(emptied)) == 1:
        tell(session, now, person_id, kind="request", title=_TITLE, text=_TEXT, ref={"kind": "me"})


def listen() -> None:
    """Be told of WeChat's verdicts on nicknames."""
    checks.on_verdict(NICKNAME, judged)
