"""Steps that the tests of the insurance companion take again and again."""

from typing import Any

from werkzeug.test import TestResponse

from tests.content.conftest import picture, sent
from tests.support.clients import Somebody
from tests.support.days import DAY

AT = f"{DAY}T08:00:00+08:00"


def claim(driver: Somebody, what: str | None = "货物丢失", **more: Any) -> str:
    """A claim of this driver's at GS001; its id."""
    details = {"what": what} if what else {}
    body = {"kind": "insurance", "station": "GS001", "side": "A", "text": "示例", "details": details, **more}
    made = driver.post("/requests", body)
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def consent(somebody: Somebody, granted: bool = True) -> None:
    """To papers of a claim."""
    said = somebody.put("/me/consents/documents", {"granted": granted})
    assert said.status_code == 200, said.text


def paper(
    somebody: Somebody, number: str, kind: str = "identity", content: bytes | None = None
) -> TestResponse:
    """Upload a picture as a document and hang it on the case."""
    upload = sent(somebody, picture(size=(640, 400)) if content is None else content, purpose="document")
    return somebody.post(f"/requests/{number}/documents", {"upload_id": upload["id"], "kind": kind})


def join(driver: Somebody, other: Somebody, number: str) -> TestResponse:
    """The driver reads a code out, the other joins by it."""
    code = driver.post(f"/requests/{number}/co-driver-code").json["code"]
    return other.post("/claims/join", {"code": code})


def ok(answer: TestResponse) -> Any:
    """The body of a success."""
    assert answer.status_code < 300, answer.text
    return answer.get_json(silent=True)
