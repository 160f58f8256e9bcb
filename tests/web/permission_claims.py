"""Claims with papers and co-drivers, and watched lorries, for the permission matrix, whoever's they are."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from app.claims import codrivers, documents, links, store
from app.claims.models import ClaimCoDriver
from app.claims.schemas import ClaimDocumentIn
from app.content.pictures import Size
from app.content.uploads import keep
from app.content.workbench import Made, Workbench
from app.foundation.columns import vault
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.people import consents
from app.settings import UploadSettings
from app.web.callers import Caller
from tests.content.conftest import picture
from tests.support.clients import Somebody

CLAIM = {"kind": "insurance", "station": "GS001", "text": "示例", "details": {"what": "货物丢失"}}


class ClaimRoom:
    """Makes what the rules of claims are about."""

    def __init__(self, home: Home, stranger: Somebody) -> None:
        """`stranger`: somebody who is not tried himself, with a case of his own."""
        self.home = home
        self.stranger = stranger
        self.looked_at: dict[str, str] = {}

    def case(self, owner: Somebody) -> str:
        """A claim of this person's."""
        made = owner.post("/requests", CLAIM)
        assert made.status_code == 201, made.text
        return str(made.json["id"])

    def upload(self, owner: Somebody) -> uuid.UUID:
        """A picture that may be hung on a case, sent before the day's count began; its owner has agreed."""
        person, now = uuid.UUID(owner.user["id"]), self.home.clock.now() - timedelta(days=2)
        content = picture()
        place = self.home.part(Workbench).shelf.put(content)
        made = Made(place, "image", "image/jpeg", len(content), Size(64, 48))
        with self.home.database.transaction() as session:
            consents.say(session, now, person, "documents", granted=True)
            return uuid.UUID(keep(session, person, made, "document", now, UploadSettings()).id)

    def body(self, owner: Somebody) -> dict[str, Any]:
        """What hangs a fresh picture of this person's on a case."""
        return {"upload_id": str(self.upload(owner)), "kind": "identity"}

    def object(self, rule: str, owner: Somebody) -> str:
        """What the rule is about."""
        if "/co-drivers/" in rule:
            return self._co_driver(owner)
        if "/documents/" in rule:
            return self.document(owner)
        return self.case(owner)

    def document(self, owner: Somebody) -> str:
        """A paper of this person's on a case of his."""
        body = ClaimDocumentIn.model_validate(self.body(owner))
        caller = Caller(uuid.UUID(owner.user["id"]), "示例")
        request_id = uuid.UUID(self.case(owner))
        with self.home.database.transaction() as session:
            return documents.add(session, caller, request_id, body, self.home.clock.now()).id

    def _co_driver(self, owner: Somebody) -> str:
        """The stranger has joined a case of this person's."""
        request_id, now = uuid.UUID(self.case(owner)), self.home.clock.now()
        caller = Caller(uuid.UUID(owner.user["id"]), "示例")
        joining = Caller(uuid.UUID(self.stranger.user["id"]), "示例")
        with self.home.database.transaction() as session:
            case = store.load_own(session, caller.person_id, request_id, now)
            if case.request.person_id == joining.person_id:
                row = ClaimCoDriver(**case.key, person_id=joining.person_id, id=new_id(), joined_at=now)
                session.add(row)
                session.flush()
                return str(row.id)
            code = codrivers.make_code(session, caller, request_id, now).code
            return next(one.id for one in codrivers.join(session, joining, code, now).co_drivers)

    def address(self, rule: str, thing: str) -> str:
        """Of a paper or a 情况说明 of the stranger's, for himself; changed; or of yesterday."""
        what = "documents" if "/documents/" in rule else "statements"
        if what not in self.looked_at:
            self.looked_at[what] = self.object(rule, self.stranger)
        thing_id = uuid.UUID(self.looked_at[what])
        now = self.home.clock.now() - timedelta(days=1 if thing == "old address" else 0)
        person = uuid.UUID(self.stranger.user["id"])
        url = "/c/" + links.address(what, thing_id, person, now).split("/c/", 1)[1]
        return url.replace("&p=", f"&p={uuid.uuid4()}&x=") if thing == "changed address" else url


class WatchRoom:
    """Medical calls whose lorry is watched, in the state from which a rule goes on."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def object(self, method: str, rule: str, owner: Somebody, place: str = "GS001") -> str:
        """A call of this person's at a place."""
        about = {"kind": "medical", "station": place, "text": "示例", "for_other_person": True}
        made = owner.post("/requests", about)
        assert made.status_code == 201, made.text
        request_id = str(made.json["id"])
        if not (method == "POST" and rule.endswith(("/watch", "/watch/begin"))):  # there it only begins
            with self.home.database.transaction() as session:
                words = vault().seal("示例".encode())
                session.execute(text(_WATCHED), {"id": request_id, "words": words})
                if rule.endswith("/received"):
                    session.execute(text(_HANDED), {"id": request_id})
        return request_id


_WATCHED = """
    INSERT INTO cargo_watch (origin, request_id, state, place, watcher, keys, began_at, until_at)
    SELECT origin, id, 'watching', :words, :words, 'desk', now(), now() + interval '1 hour'
    FROM help_request WHERE id = :id
"""
_HANDED = """
    UPDATE cargo_watch SET state = 'handed_back', handed_at = now(), handed_to = 'driver'
    WHERE request_id = :id
"""
